"""The shop, or a part of it, in a process of its own, as the image runs it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sample_app.settings import Settings

ROOT: Final = Path(__file__).parents[2]
COMMAND: Final = ("-m", "sample_app.entrypoints.serve")
PATIENCE_SECONDS: Final = 30
_LISTENING: Final = re.compile(r"running on (http://[\d.]+:(\d+))")


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Return when `happened` is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"{what} within {PATIENCE_SECONDS} s"
        time.sleep(0.02)


class Server:
    """A process that has its database and its log in `folder`; `settings` are its environment."""

    def __init__(self, folder: Path, settings: Mapping[str, str], before_stop: Callable[[int], None] | None = None):
        folder.mkdir(parents=True)
        self._log = folder / "server.log"
        self._before_stop = before_stop
        inherited = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
        own = {"PORT": "0", "ECHO": "true", "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'shop.db'}"}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *COMMAND],
                cwd=ROOT,
                env={**inherited, **own, **settings},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        try:
            wait_until(lambda: self.process.poll() is not None or bool(self._listening()), "a start")
            found = self._listening()
            assert found, f"the server did not start:\n{self._log.read_text()}"
        except BaseException:
            self._kill()
            raise
        self.url, self.port = found[1], int(found[2])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()

    def retire(self) -> None:
        """What a deployment does to the old version: no new requests, then SIGTERM."""
        if self._before_stop:
            self._before_stop(self.port)
        self.process.send_signal(signal.SIGTERM)

    def log_lines(self) -> list[dict[str, Any]]:
        """What it has said so far."""
        return [json.loads(line) for line in self._log.read_text().splitlines() if line.endswith("}")]

    def _listening(self) -> re.Match[str] | None:
        return _LISTENING.search(self._log.read_text())

    def _kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_SECONDS)
