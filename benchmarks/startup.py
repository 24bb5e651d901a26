"""What an import and the command's help take, over an interpreter that does nothing."""

import sys
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.processes import paired, python, report_of
from benchmarks.report import Row, seconds

PAIRS: Final = 15
IMPORT_AIM: Final = 3.0
HELP_AIM_SECONDS: Final = 0.3

_NOTHING: Final = python("-c", "pass")
_IMPORT: Final = "import fastapi_on_aws"
_COUNT: Final = f"import sys; {_IMPORT}; print(sum(name.split('.')[0].startswith('pulumi') for name in sys.modules))"


def measure(_console: Console) -> list[Row]:
    """Rows for the table of ratios."""
    loaded = report_of(python("-c", _COUNT))
    imported, bare, import_ratio = paired(python("-c", _IMPORT), _NOTHING, PAIRS)
    command = Path(sys.executable).with_name("fastapi-on-aws")
    helped, bare_again, help_ratio = paired([str(command), "--help"], _NOTHING, PAIRS)
    in_time = helped < HELP_AIM_SECONDS
    return [
        Row("pulumi modules in an import", str(loaded), "", "", "0", loaded == 0, 1),
        Row.at_most(
            "import / bare python",
            seconds(imported),
            seconds(bare),
            import_ratio,
            aim=IMPORT_AIM,
            n=PAIRS,
        ),
        Row(
            "--help / bare python",
            seconds(helped),
            seconds(bare_again),
            f"{help_ratio:.2f}",
            f"< {HELP_AIM_SECONDS} s",
            in_time,
            PAIRS,
        ),
    ]
