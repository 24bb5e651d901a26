"""An app that is started once and asked many times, on one event loop: the life of a Lambda container.

With SnapStart a container is photographed after its start, and any number of copies go on from there. What must not be
copied is closed before and opened anew after: connections; what a secret was when the picture was taken; the state of
the random numbers.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Generic, TypeVar

from fastapi import FastAPI

S = TypeVar("S")


class Container(Generic[S]):
    """Runs the app that `make` makes of the settings that `read` finds. Start it before it is used."""

    def __init__(self, read: Callable[[], S], make: Callable[[S], FastAPI]) -> None:
        self._read, self._make = read, make
        self._settings = read()
        self.app = make(self._settings)
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._opened = AsyncExitStack()

    def start(self) -> None:
        """Run the app's start-up, once for all requests."""
        lifespan = self.app.router.lifespan_context(self.app)
        self._loop.run_until_complete(self._opened.enter_async_context(lifespan))

    def stop(self) -> None:
        """Run its shutdown: connections are closed. In the middle of a request there is no time for it."""
        if not self._loop.is_running():
            self._loop.run_until_complete(self._opened.aclose())

    def close(self) -> None:
        """Stop, for good."""
        self.stop()
        if not self._loop.is_running():
            self._loop.close()

    def before_snapshot(self) -> None:
        """Close what cannot be copied."""
        self.stop()

    def after_restore(self) -> None:
        """Become another container than the one in the picture."""
        random.seed()
        settings = self._read()
        if settings != self._settings:  # a secret that has changed since
            self._settings, self.app = settings, self._make(settings)
        self.start()
