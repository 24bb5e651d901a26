"""The Pulumi CLI and the plugins that the engine tests run with: ``python -m tests.engine.toolchain`` builds them."""

from tests.engine.toolchain.build import BuildError, Toolchain, ensure
from tests.engine.toolchain.plugins import ROOT, install_plugins

__all__ = ["ROOT", "BuildError", "Toolchain", "ensure", "install_plugins"]
