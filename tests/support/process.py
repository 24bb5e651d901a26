"""Commands that run for a test, and end with it."""

import json
import random
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from tests.support.dockerfile import ROOT

PATIENCE_SECONDS: Final = 60
_RANDOM: Final = random.SystemRandom()
"""Hypothesis seeds the other one, so all who run its tests at a time would have the same numbers."""
_given: Final[set[int]] = set()


def free_port() -> int:
    """Below those that the system gives to clients, so that no connection takes it in between, and each of them once:
    who asks may use it late."""
    while True:
        port = _RANDOM.randrange(20_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("0.0.0.0", port))
            if port not in _given:
                _given.add(port)
                return port


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Return when `happened` is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"{what} within {PATIENCE_SECONDS} s"
        time.sleep(0.02)


def answers(url: str) -> bool:
    """Whether somebody says there that all is well."""
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False


class Process:
    """A command with this environment alone and its log in `folder`; it ends with the block."""

    def __init__(self, folder: Path, command: Sequence[str], environment: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.command, self.environment = command, environment
        self._log = folder / "process.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def terminate(self, patience_seconds: float) -> bool:
        """SIGTERM, and SIGKILL to what is still there after that time; whether it has gone by itself."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True

    @property
    def log(self) -> str:
        """All that it has said so far."""
        return self._log.read_text()

    def log_lines(self) -> list[dict[str, Any]]:
        """What the app has said so far."""
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{") and line.endswith("}")]

    def wait_for_start(self, started: Callable[[], bool]) -> None:
        """Return when `started` is true; fail with what the command said when it ends before, or takes too long."""
        try:
            wait_until(lambda: self.process.poll() is not None or started(), "a start")
            assert self.process.poll() is None, f"it ended with {self.process.returncode}"
        except AssertionError as error:
            raise AssertionError(f"{shlex.join(self.command)} did not start: {error}\n{self.log}") from error
