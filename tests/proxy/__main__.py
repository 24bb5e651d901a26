"""Find HAProxy, or fetch it: ``python -m tests.proxy``."""

import sys
import time

from tests.proxy import ProxyError, ensure_haproxy


def main() -> int:
    started = time.monotonic()
    try:
        program = ensure_haproxy()
    except ProxyError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"found {program} in {time.monotonic() - started:.1f} s\n")
    return 0


sys.exit(main())
