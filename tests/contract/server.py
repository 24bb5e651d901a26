"""The shop, or a part of it, in a process of its own, as the image runs it."""

import os
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from tests.sample_app.support import sqlite
from tests.support.process import Process

COMMAND: Final = ("sample_app.entrypoints.serve",)
_LISTENING: Final = re.compile(r"running on (http://[\d.]+:(\d+))")


class Server(Process):
    """A process that has its database and its log in `folder`; `settings` are added to its environment."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        *,
        command: Sequence[str] = COMMAND,
        before_stop: Callable[[int], None] | None = None,
    ) -> None:
        own = {"PORT": "0", "ECHO": "true", "DATABASE_URL": sqlite(folder / "shop.db").get_secret_value()}
        super().__init__(folder, [sys.executable, "-m", *command], {**os.environ, **own, **settings})
        self._before_stop = before_stop

    def __enter__(self) -> Self:
        try:
            self.wait_for_start(lambda: bool(self._listening()))
        except BaseException:
            self.__exit__(None, None, None)
            raise
        found = self._listening()
        assert found, "it said so"
        self.url, self.port = found[1], int(found[2])
        return self

    def retire(self) -> None:
        """What a deployment does to the old version: no new requests, then SIGTERM."""
        if self._before_stop:
            self._before_stop(self.port)
        self.process.send_signal(signal.SIGTERM)

    def _listening(self) -> re.Match[str] | None:
        return _LISTENING.search(self.log)
