"""The exception that a program raised, freed of what the SDK did to it on the way."""

import asyncio
import gc
import inspect
from types import CoroutineType
from typing import Any, NoReturn

import pulumi

from .errors import RecordingError

_WRAPPED = "While processing "


def raise_failure(error: BaseException, first: BaseException | None) -> NoReturn:
    """Raise what the program raised; ``first`` is the SDK's note of the first request that failed."""
    if first is not None and isinstance(error, Exception):
        # Of several failed requests the SDK raises any one; the first is the reason.
        error = first
    while _is_wrapper(error) and error.__context__ is not None:
        # The SDK turns every kind of ValueError from an `apply` into a plain one, twice.
        error = error.__context__
    if error.__cause__ is error:
        error.__cause__ = None  # The SDK raises the first failure "from" itself.
    if isinstance(error, SystemExit):
        raise RecordingError(f"the program ended itself with sys.exit({error.code!r})") from error
    if isinstance(error, asyncio.CancelledError):
        raise RecordingError("the program cancelled its own task") from error
    raise error


def close_dropped(loop: asyncio.AbstractEventLoop) -> None:
    """Close what the outputs of a failed program would still have to compute.

    The SDK makes a coroutine for each part of an output, and awaits the second only when the first was fine. The rest
    lives as long as the failure's traceback, and would complain when that goes, wherever that may be.
    """
    for found in gc.get_objects():
        if isinstance(found, CoroutineType) and inspect.getcoroutinestate(found) == inspect.CORO_CREATED:
            owner = found.cr_frame.f_locals.get("self") if found.cr_frame is not None else None
            if isinstance(owner, pulumi.Output) and _loop_of(owner) is loop:
                found.close()


def _loop_of(output: "pulumi.Output[Any]") -> asyncio.AbstractEventLoop | None:
    data = vars(output).get("_data")
    return data.get_loop() if isinstance(data, asyncio.Future) else None


def _is_wrapper(error: BaseException) -> bool:
    return type(error) in (ValueError, AssertionError) and str(error).startswith(_WRAPPED)
