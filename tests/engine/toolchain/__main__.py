"""Build what the engine tests need: ``python -m tests.engine.toolchain``."""

import sys

from tests.engine.toolchain import BuildError, ensure, node_modules
from tests.support.found import tell


def find() -> str:
    toolchain = ensure()
    node_modules()
    return f"{'built' if toolchain.built else 'found'} {toolchain.cli}"


sys.exit(tell(find, BuildError))
