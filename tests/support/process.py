"""Commands that run for a test, and end with it."""

import random
import shlex
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.support.dockerfile import ROOT

PATIENCE_SECONDS: Final = 60


def free_port() -> int:
    """Below those that the system gives to clients, so that no connection takes it in between."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("0.0.0.0", port))
            return port


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Return when `happened` is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"{what} within {PATIENCE_SECONDS} s"
        time.sleep(0.02)


class Process:
    """A command with this environment alone and its log in `folder`; it ends with the block."""

    def __init__(self, folder: Path, command: Sequence[str], environment: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._command = command
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

    @property
    def log(self) -> str:
        """All that it has said so far."""
        return self._log.read_text()

    def wait_for_start(self, started: Callable[[], bool]) -> None:
        """Return when `started` is true; fail with what the command said when it ends before, or takes too long."""
        try:
            wait_until(lambda: self.process.poll() is not None or started(), "a start")
            assert self.process.poll() is None, f"it ended with {self.process.returncode}"
        except AssertionError as error:
            raise AssertionError(f"{shlex.join(self._command)} did not start: {error}\n{self.log}") from error
