"""A change of the whole process that recordings which overlap share."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Shared:
    """Changed by the first that needs it, put back by the last."""

    def __init__(self, change: Callable[[], None], restore: Callable[[], None]) -> None:
        self._change, self._restore = change, restore
        self._lock = threading.Lock()
        self._users = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this is entered, from whichever threads, the change is in place."""
        with self._lock:
            if self._users == 0:
                self._change()
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    self._restore()
