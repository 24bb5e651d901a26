"""Find or build Kubernetes' control plane: ``python -m tests.kubernetes_api``."""

import sys

from tests.engine.toolchain.build import BuildError
from tests.kubernetes_api.toolchain import programs, version
from tests.support.found import tell

sys.exit(tell(lambda: f"found Kubernetes {version()} in {programs()}", BuildError))
