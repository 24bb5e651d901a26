"""What a program waits for at its end."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    Work: TypeAlias = "asyncio.Future[Any]"
    _Set: TypeAlias = set[Work]
else:
    _Set = set


class Pending(_Set):
    """The SDK's outputs that are not computed yet; whoever goes through them gets what ends next, and no more.

    The SDK waits for the first of all of them, puts the others back and begins anew, until there are none. Each turn
    costs it as much as there are outputs, so a program of twice the size would take four times as long. It takes what
    failed, which it raises; else one future that is done when any of them is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._failed: list[Work] = []
        self._next: Work | None = None

    def __iter__(self) -> "Iterator[Work]":
        if self._failed:
            return iter([*self._failed])
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        return iter([self._next])

    def add(self, work: "Work") -> None:
        if work in self:
            return
        super().add(work)
        work.add_done_callback(self._ended)

    def discard(self, work: object) -> None:
        super().discard(work)
        if not self:
            self._wake()

    def clear(self) -> None:
        """What was handed out is somebody else's now; the rest stays."""
        self.difference_update(self._failed)
        self._failed.clear()

    def _ended(self, work: "Work") -> None:
        if work in self and (work.cancelled() or work.exception() is not None):
            self._failed.append(work)
        self._wake()

    def _wake(self) -> None:
        if self._next is not None and not self._next.done():
            self._next.set_result(None)
        self._next = None
