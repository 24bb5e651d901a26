"""Find or build what the tests on Lambda need: ``python -m tests.lambda_runtime``."""

import sys
import time

from tests.engine.toolchain.build import BuildError
from tests.lambda_runtime.toolchain import adapter, emulator


def main() -> int:
    started = time.monotonic()
    try:
        found = [emulator(), adapter()]
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"found {' and '.join(map(str, found))} in {time.monotonic() - started:.1f} s\n")
    return 0


sys.exit(main())
