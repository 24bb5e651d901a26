"""Settings of the process that a recording needs, shared by recordings that overlap."""

import contextlib
import gc
import os
import warnings
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, cast

from .shared import Shared

ERROR_OUTPUT_STRING = "PULUMI_ERROR_OUTPUT_STRING"

# When a program fails, the SDK drops coroutines that it meant to await: no news to whoever gets the failure.
_DROPPED = r"coroutine '(Output|StackReference)\.[\w.<>]*' was never awaited"


@dataclass
class _Before:
    """What the process had before the first of the running recordings."""

    collects: bool = True
    variable: str | None = None
    ignored: Any = None


_before = _Before()


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


_shared = Shared(_change, _restore)


def guard() -> AbstractContextManager[None]:
    """While any recording runs: no cyclic garbage collection, and an ``Output`` in an f-string is an error.

    The collector costs half of the time of a large recording (it walks a graph that only grows). Pulumi reads the
    f-string setting from the environment only.
    """
    return _shared.held()
