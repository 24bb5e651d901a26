"""Stacks against hand-written Pulumi of the same resources: what their programs take in time and memory."""

from statistics import median
from typing import Final

from rich.console import Console

from benchmarks.processes import CannotMeasureError, module, paired, report_of
from benchmarks.report import Row, seconds

STACKS: Final = {"dev": "the dev stack", "microservices": "ten services on EKS"}
COLD_PAIRS: Final = 11
MEMORY_PAIRS: Final = 3
WARM_PROCESSES: Final = 5
WARM_PAIRS: Final = 7
"""In each process, once both programs have all modules loaded. One process for both: where its memory lies and which
processor it got slows both."""
AIM: Final = 1.1


def measure(console: Console) -> list[Row]:
    """Rows for the table of ratios, once both programs of a stack are shown to register the same."""
    return [row for stack, what in STACKS.items() for row in _of(stack, what, console)]


def _of(stack: str, what: str, console: Console) -> list[Row]:
    count = _proven(stack)
    console.print(f"{what} and its hand-written twin register the same {count} resources.\n".capitalize())
    ours, theirs, ratio = paired(_recording(stack, "ours"), _recording(stack, "handwritten"), COLD_PAIRS)
    cold = Row.at_most(f"{what} / by hand, process", seconds(ours), seconds(theirs), ratio, aim=AIM, n=COLD_PAIRS)
    return [cold, _warm(stack, what), _memory(stack, what)]


def _proven(stack: str) -> int:
    count, differences = report_of(_recording(stack, "compare"))
    if differences:
        raise CannotMeasureError(
            f"the stack {stack} and benchmarks/handwritten_{stack}.py differ (ours / hand-written):\n  "
            + "\n  ".join(differences)
        )
    return int(count)


def _warm(stack: str, what: str) -> Row:
    taken = [pair for _ in range(WARM_PROCESSES) for pair in report_of(_recording(stack, str(WARM_PAIRS)))]
    return Row.at_most(
        f"{what} / by hand, program",
        seconds(median(ours for ours, _ in taken)),
        seconds(median(theirs for _, theirs in taken)),
        median(ours / theirs for ours, theirs in taken),
        aim=AIM,
        n=len(taken),
    )


def _memory(stack: str, what: str) -> Row:
    taken = [(_peak_mib(stack, "ours"), _peak_mib(stack, "handwritten")) for _ in range(MEMORY_PAIRS)]
    return Row.at_most(
        f"{what} / by hand, memory",
        f"{median(ours for ours, _ in taken):.0f} MiB",
        f"{median(theirs for _, theirs in taken):.0f} MiB",
        median(ours / theirs for ours, theirs in taken),
        aim=AIM,
        n=MEMORY_PAIRS,
    )


def _peak_mib(stack: str, which: str) -> float:
    return float(report_of(_recording(stack, which)))


def _recording(stack: str, what: str) -> list[str]:
    return module("record_stack", stack, what)
