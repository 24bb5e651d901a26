"""The Pulumi CLI and the plugins that the engine tests run with: ``python -m tests.engine.toolchain`` builds them."""

from tests.engine.toolchain.build import BuildError
from tests.engine.toolchain.engine import Toolchain, ensure
from tests.engine.toolchain.node import TYPESCRIPT, node_modules
from tests.engine.toolchain.plugins import ROOT, install_plugins

__all__ = ["ROOT", "TYPESCRIPT", "BuildError", "Toolchain", "ensure", "install_plugins", "node_modules"]
