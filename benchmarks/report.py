"""The table of ratios."""

from dataclasses import dataclass

from rich.box import SIMPLE
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One measurement against its aim."""

    what: str
    ours: str
    over: str
    """What it is compared with."""
    ratio: str
    aim: str
    passed: bool
    n: int

    @classmethod
    def at_most(cls, what: str, ours: str, over: str, ratio: float, *, aim: float, n: int) -> "Row":
        """A ratio that should not be above its aim."""
        return cls(what, ours, over, f"{ratio:.2f}", f"≤ {aim:g}", ratio <= aim, n)


def table(rows: list[Row]) -> Table:
    """All measurements of one run."""
    made = Table(
        title="Ratios: medians of n pairs; n = 1 was counted, or measured once",
        title_justify="left",
        box=SIMPLE,
        padding=(0, 1, 0, 0),
    )
    made.add_column("measured / compared with", no_wrap=True)
    for heading in ("this", "other", "ratio", "aim", "", "n"):
        made.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        verdict = "[green]pass[/]" if row.passed else "[red]over[/]"
        made.add_row(row.what, row.ours, row.over, row.ratio, row.aim, verdict, str(row.n))
    return made


def seconds(value: float) -> str:
    """A time for people."""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"
