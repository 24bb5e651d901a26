"""Fresh processes, and what they report."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PATIENCE: Final = 300.0
"""Seconds after which a process counts as stuck."""
_ENVIRONMENT: Final = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As users have it: Python keeps what it has compiled, of this project as of the packages that it is compared with."""
_MIB: Final = 1024**2 if sys.platform == "darwin" else 1024
"""``ru_maxrss`` is in bytes on macOS, in KiB elsewhere."""


class CannotMeasureError(Exception):
    """One sentence: which measurement could not be made, and why."""


def seconds_of(command: Sequence[str]) -> float:
    """Wall time of a process from its start to its end."""
    start = time.perf_counter()
    _finished(command)
    return time.perf_counter() - start


def python(*arguments: str) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, *arguments]


def module(name: str, *arguments: str) -> list[str]:
    """A command that runs one of this package's modules."""
    return python("-m", f"{__package__}.{name}", *arguments)


def report_of(command: Sequence[str]) -> Any:
    """The JSON that a process prints on its last line."""
    return json.loads(_finished(command).splitlines()[-1])


def peak_mib() -> float:
    """The most memory that this process has had: a peak is never forgotten."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB


def paired(first: Sequence[str], second: Sequence[str], pairs: int) -> tuple[float, float, float]:
    """Median seconds of two commands that take turns, and the median ratio of first to second.

    What else the machine does then slows both of a pair. Who begins changes, too.
    """
    taken: list[tuple[float, float]] = []
    for command in (first, second):
        seconds_of(command)  # Fills the caches of the disk.
    for turn in range(pairs):
        if turn % 2:
            later = seconds_of(second)
            taken.append((seconds_of(first), later))
        else:
            taken.append((seconds_of(first), seconds_of(second)))
    return median(a for a, _ in taken), median(b for _, b in taken), median(a / b for a, b in taken)


def _finished(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=_ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotMeasureError(f"{' '.join(command)}: {error}") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
        raise CannotMeasureError(f"{' '.join(command)} ended with {done.returncode}: {said}")
    return done.stdout
