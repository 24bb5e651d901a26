"""The dev stack's program against hand-written Pulumi of the same resources."""

from statistics import median
from typing import Final

from rich.console import Console

from benchmarks.processes import CannotMeasureError, module, paired, report_of
from benchmarks.report import Row, seconds

COLD_PAIRS: Final = 11
WARM_PAIRS: Final = 7
WARM_RECORDINGS: Final = 5
"""In each process, after a first one that loads all modules; their median counts."""
AIM: Final = 1.1


def measure(console: Console) -> list[Row]:
    """Rows for the table of ratios, once both programs are shown to register the same."""
    count = _proven()
    console.print(f"The dev stack and its hand-written twin register the same {count} resources.\n")
    ours, theirs, ratio = paired(_recording("ours", 0), _recording("handwritten", 0), COLD_PAIRS)
    cold = Row.at_most("dev stack / by hand, process", seconds(ours), seconds(theirs), ratio, aim=AIM, n=COLD_PAIRS)
    return [cold, _warm()]


def _proven() -> int:
    count, differences = report_of(module("record_dev_stack", "compare"))
    if differences:
        raise CannotMeasureError(
            "the dev stack and benchmarks/handwritten_dev.py differ (ours / hand-written):\n  "
            + "\n  ".join(differences)
        )
    return int(count)


def _warm() -> Row:
    taken: list[tuple[float, float]] = []
    for turn in range(WARM_PAIRS):
        programs = ["ours", "handwritten"] if turn % 2 else ["handwritten", "ours"]
        by_name = {which: median(report_of(_recording(which, WARM_RECORDINGS))) for which in programs}
        taken.append((by_name["ours"], by_name["handwritten"]))
    return Row.at_most(
        "dev stack / by hand, program",
        seconds(median(ours for ours, _ in taken)),
        seconds(median(theirs for _, theirs in taken)),
        median(ours / theirs for ours, theirs in taken),
        aim=AIM,
        n=WARM_PAIRS,
    )


def _recording(which: str, more: int) -> list[str]:
    return module("record_dev_stack", which, str(more))
