"""Time and memory of recordings with more and more services."""

from dataclasses import dataclass
from statistics import median
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.processes import module, report_of
from benchmarks.report import Row, seconds

ROUNDS: Final = 5
SHOWN: Final = (1, 10, 50, 100, 200)
FEW, MANY = 20, 200
PATTERNS: Final = {
    "monolith": "a monolith of workers",
    "microservices": "microservices, one in four behind the load balancer",
}
AIM: Final = 1.2


@dataclass(frozen=True)
class Recording:
    """What one fresh process reports."""

    services: int
    resources: int
    seconds: float
    """CPU time to record them all."""
    seconds_of_one: float
    """To record the same pattern with one service, in the same process."""
    peak_mib: float
    """Of the whole process."""
    mib_of_one: float
    """Its peak before, with one service."""

    @property
    def seconds_each(self) -> float:
        """What each service after the first takes."""
        return (self.seconds - self.seconds_of_one) / (self.services - 1)

    @property
    def mib_each(self) -> float:
        """What each service after the first adds to the peak."""
        return (self.peak_mib - self.mib_of_one) / (self.services - 1)


def measure(console: Console) -> list[Row]:
    """Rows for the table of ratios; each series is printed at once.

    The first service is left out of both sides of a ratio: imports, load balancer and cluster would hide growth.
    """
    return [row for pattern in PATTERNS for row in _of(pattern, console)]


def _of(pattern: str, console: Console) -> list[Row]:
    # The two that are compared follow each other: what else the machine does slows both.
    sizes = [*sorted({*SHOWN} - {FEW, MANY}), FEW, MANY]
    rounds = [{n: _recorded(pattern, n) for n in sizes} for _ in range(ROUNDS)]
    console.print(_series(pattern, rounds))
    few = [(taken[FEW].seconds_each, taken[FEW].mib_each) for taken in rounds]
    many = [(taken[MANY].seconds_each, taken[MANY].mib_each) for taken in rounds]
    time_ratio = median(m[0] / f[0] for m, f in zip(many, few, strict=True))
    memory_ratio = median(m[1] / f[1] for m, f in zip(many, few, strict=True))
    each = f"a service, {MANY} / {FEW}, {pattern}"
    return [
        Row.at_most(
            f"CPU of {each}",
            seconds(median(m[0] for m in many)),
            seconds(median(f[0] for f in few)),
            time_ratio,
            aim=AIM,
            n=ROUNDS,
        ),
        Row.at_most(
            f"memory of {each}",
            f"{median(m[1] for m in many):.2f} MiB",
            f"{median(f[1] for f in few):.2f} MiB",
            memory_ratio,
            aim=AIM,
            n=ROUNDS,
        ),
    ]


def _recorded(pattern: str, services: int) -> Recording:
    return Recording(**report_of(module("record_services", pattern, str(services))))


def _series(pattern: str, rounds: list[dict[int, Recording]]) -> Table:
    table = Table(title=f"Recording {PATTERNS[pattern]} (medians of {ROUNDS})", title_justify="left", box=SIMPLE)
    for heading in ("services", "resources", "CPU", "CPU of each", "peak memory", "memory of each"):
        table.add_column(heading, justify="right")
    for size in SHOWN:
        taken = [by_size[size] for by_size in rounds]
        each = ("", "")
        if size > 1:
            each = (seconds(median(r.seconds_each for r in taken)), f"{median(r.mib_each for r in taken):.2f} MiB")
        whole = seconds(median(r.seconds for r in taken)), f"{median(r.peak_mib for r in taken):.0f} MiB"
        table.add_row(str(size), str(taken[0].resources), whole[0], each[0], whole[1], each[1])
    return table
