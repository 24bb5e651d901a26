"""Build what the engine tests need: ``python -m tests.engine.toolchain``."""

import sys
import time

from tests.engine.toolchain import BuildError, ensure, node_modules


def main() -> int:
    started = time.monotonic()
    try:
        toolchain = ensure()
        node_modules()
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    told = "built" if toolchain.built else "found"
    sys.stdout.write(f"{told} {toolchain.cli} in {time.monotonic() - started:.1f} s\n")
    return 0


sys.exit(main())
