"""Find or build what the tests on Lambda need: ``python -m tests.lambda_runtime``."""

import sys

from tests.engine.toolchain.build import BuildError
from tests.lambda_runtime.toolchain import adapter, emulator
from tests.support.found import tell

sys.exit(tell(lambda: f"found {emulator()} and {adapter()}", BuildError))
