"""Find or build Kubernetes' control plane: ``python -m tests.kubernetes_api``."""

import sys
import time

from tests.engine.toolchain.build import BuildError
from tests.kubernetes_api.toolchain import programs, version


def main() -> int:
    started = time.monotonic()
    try:
        folder = programs()
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"found Kubernetes {version()} in {folder} in {time.monotonic() - started:.1f} s\n")
    return 0


sys.exit(main())
