"""How the commands that find or build a tool say what they have found."""

import sys
import time
from collections.abc import Callable


def tell(find: Callable[[], str], failure: type[Exception]) -> int:
    """Say what was found and how long it took; the exit code, 1 after a failure in its own words."""
    started = time.monotonic()
    try:
        found = find()
    except failure as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{found} in {time.monotonic() - started:.1f} s\n")
    return 0
