"""Settings of the process that a recording needs, shared by recordings that overlap."""

import contextlib
import gc
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

ERROR_OUTPUT_STRING = "PULUMI_ERROR_OUTPUT_STRING"

# When a program fails, the SDK drops coroutines that it meant to await: no news to whoever gets the failure.
_DROPPED = r"coroutine '(Output|StackReference)\.[\w.<>]*' was never awaited"

_lock = threading.Lock()
_running = 0


@dataclass
class _Before:
    """What the process had before the first of the running recordings."""

    collects: bool = True
    variable: str | None = None
    ignored: Any = None


_before = _Before()


@contextmanager
def guard() -> Iterator[None]:
    """While any recording runs: no cyclic garbage collection, and an ``Output`` in an f-string is an error.

    The collector costs half of the time of a large recording (it walks a graph that only grows). Pulumi reads the
    f-string setting from the environment only. The last recording to end puts everything back.
    """
    global _running  # noqa: PLW0603 (it mirrors the process)
    with _lock:
        if _running == 0:
            _change()
        _running += 1
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            if _running == 0:
                _restore()


def _change() -> None:
    _before.collects, _before.variable = gc.isenabled(), os.environ.get(ERROR_OUTPUT_STRING)
    gc.disable()
    os.environ[ERROR_OUTPUT_STRING] = "true"
    warnings.filterwarnings("ignore", _DROPPED, RuntimeWarning)
    _before.ignored = warnings.filters[0]


def _restore() -> None:
    with contextlib.suppress(ValueError):  # Somebody put back the filters of an earlier time meanwhile.
        cast("list[Any]", warnings.filters).remove(_before.ignored)
    if _before.variable is None:
        os.environ.pop(ERROR_OUTPUT_STRING, None)
    else:
        os.environ[ERROR_OUTPUT_STRING] = _before.variable
    if _before.collects:
        gc.enable()
