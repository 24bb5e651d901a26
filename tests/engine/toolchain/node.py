"""The npm packages that TypeScript programs of the tests are compiled and run with."""

import shutil
from pathlib import Path
from typing import Final

from tests.engine.toolchain.build import BuildError, cached, fingerprint, run

TYPESCRIPT: Final = Path(__file__).parents[1] / "typescript"
_PINS: Final = ("package.json", "package-lock.json")


def node_modules() -> Path:
    """The installed packages, as pinned in ``typescript/package-lock.json``; installed by the first call."""
    pins = fingerprint(*((TYPESCRIPT / name).read_bytes() for name in _PINS))
    folder, _ = cached(f"node-{pins}", _install)
    return folder / "node_modules"


def _install(scratch: Path) -> Path:
    if shutil.which("npm") is None:
        raise BuildError("the packages for TypeScript: `npm` is not on PATH; install Node 20 or newer")
    folder = scratch / "packages"
    folder.mkdir()
    for name in _PINS:
        shutil.copy(TYPESCRIPT / name, folder)
    run("the packages for TypeScript", ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, {})
    return folder
