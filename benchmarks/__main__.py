"""Measure everything and print one table; exit code 1 only when a measurement could not be made."""

import sys
import time
from collections.abc import Callable
from typing import Final

from rich.console import Console

from benchmarks import app_under_load, by_hand, config_size, growth, on_lambda, startup, zip_package
from benchmarks.processes import CannotMeasureError
from benchmarks.report import Row, table

MEASUREMENTS: Final[dict[str, Callable[[Console], list[Row]]]] = {
    "start-up": startup.measure,
    "stacks against hand-written Pulumi": by_hand.measure,
    "the size of config": config_size.measure,
    "growth with services": growth.measure,
    "the sample app against a bare FastAPI app": app_under_load.measure,
    "the sample app on Lambda": on_lambda.measure,
    "the zip for Lambda": zip_package.measure,
}

# A file has no width, and 80 columns would cut the numbers off.
_WIDTH_IN_A_FILE: Final = 120


def main() -> int:
    """Being over an aim is a result, not an error."""
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_IN_A_FILE)
    start = time.perf_counter()
    rows: list[Row] = []
    failed = []
    for name, measure in MEASUREMENTS.items():
        with console.status(f"measuring {name}"):
            try:
                rows += measure(console)
            except CannotMeasureError as error:
                failed.append(f"could not measure {name}: {error}")
    console.print(table(rows))
    console.print(f"{time.perf_counter() - start:.0f} s")
    for sentence in failed:
        print(f"error: {sentence}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
