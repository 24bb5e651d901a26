"""The event loop of a recording: everything on one thread, in one order, and nothing left behind."""

import asyncio
import contextlib
import selectors
from collections.abc import Callable, Coroutine
from types import CoroutineType
from typing import Any, TypeVar

from .errors import RecordingError
from .failures import close_dropped

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that an idle program may wait for a thread of its own before it counts as stuck."""


class RecordingLoop(asyncio.SelectorEventLoop):
    """Runs the SDK's requests to the engine at once, on the loop's own thread.

    The SDK hands each request to a pool of threads, because a real engine answers over a socket. Here the engine is an
    object: no threads means that resources come in the same order every time, and about a third less time.
    """

    # Attributes of asyncio that typeshed leaves out; the SDK's own way of waiting uses them, too.
    _ready: "list[asyncio.Handle]"
    _scheduled: "list[asyncio.TimerHandle]"
    _selector: selectors.BaseSelector

    def __init__(self) -> None:
        super().__init__()
        self._threads = 0

    def run_in_executor(  # type: ignore[override]  # typeshed's signature has type variables of its own
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> "asyncio.Future[Any]":
        if func.__module__ != "pulumi.runtime._context":
            return self._in_thread(executor, func, *args)
        future = self.create_future()
        try:
            result = func(*args)
        except Exception as error:  # Whoever awaits the future gets it.
            future.set_exception(error)
            return future
        if asyncio.iscoroutine(result):
            return self.create_task(result)
        if isinstance(result, tuple) and asyncio.iscoroutine(result[0]):  # An invoke: the response and its error.
            return self.create_task(_with_rest(result[0], result[1:]))
        future.set_result(result)
        return future

    def _in_thread(self, executor: Any, func: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_ended)
        return future

    def _thread_ended(self, _future: "asyncio.Future[Any]") -> None:
        self._threads -= 1

    def _run_once(self) -> None:
        # Nothing to do, no timer, and nothing of asyncio's that could change that (its one socket wakes the loop).
        if not (self._ready or self._scheduled or self._threads or len(self._selector.get_map()) > 1):
            events = self._selector.select(PATIENCE)
            if not events:
                raise RecordingError(f"the program waits for something that never happens{self._waiting()}")
        super()._run_once()  # type: ignore[misc]  # typeshed leaves it out

    def _waiting(self) -> str:
        """Which resources would have been registered."""
        names = []
        for task in asyncio.all_tasks(self):
            coroutine = task.get_coro()
            if isinstance(coroutine, CoroutineType) and coroutine.__name__ in ("do_register", "do_read"):
                known = coroutine.cr_frame.f_locals if coroutine.cr_frame is not None else {}
                names.append(f"{known.get('ty')} {known.get('name')!r}")
        return f" before it can register {', '.join(sorted(names))}" if names else ""


async def _with_rest(first: Coroutine[Any, Any, Any], rest: tuple[Any, ...]) -> tuple[Any, ...]:
    return (await first, *rest)


def run_loop(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a loop of this thread's own; leaves no task, thread or open loop behind."""
    loop = RecordingLoop()
    # One failure fails every Output that depends on it, and asyncio would print each; the first one is raised anyway.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(_then_settle(main))
    except BaseException:
        close_dropped(loop)
        raise
    finally:
        try:
            _cancel_all(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


async def _then_settle(main: Coroutine[Any, Any, T]) -> T:
    result = await main
    # Log messages about a resource are tasks that nobody waits for; they need a few turns, not time.
    for _ in range(100):
        if len(asyncio.all_tasks()) == 1:
            break
        await asyncio.sleep(0)
    return result


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
