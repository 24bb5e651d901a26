"""Finds the official Pulumi CLI, or builds the same version of it from its Go modules, once."""

import os
import platform
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.engine.toolchain.build import BuildError, cached, fingerprint, run

CHOICE: Final = "FASTAPI_ON_AWS_PULUMI"
"""``build``: build even where a CLI is on PATH; anything else: the path of the CLI to use."""
_GO_FILES: Final = Path(__file__).parent / "go"
_SDK: Final = "github.com/pulumi/pulumi/sdk/v3"
_CLI: Final = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_HOSTS: Final = ("pulumi-language-python", "pulumi-language-nodejs")
_RUNNER: Final = "python/cmd/pulumi-language-python-exec"
_GENERATOR: Final = "./cmd/generate-sdk"
_VERSION_VARIABLE: Final = f"{_SDK}/go/common/version.Version"
_RECIPE: Final = "1"
"""Raised when `_build` changes what it leaves in the folder."""
_HOST_SCRIPT: Final = """#!/bin/sh
# Beside the CLI, so that it is taken for the bundled language host. The rig's environment says which Python and
# which checkout; several checkouts share this file.
exec "$ENGINE_RIG_PYTHON" -c 'import os, sys
sys.path[:] = [os.environ["ENGINE_RIG_ROOT"], *filter(None, sys.path)]
from tests.engine.host.main import main
main(sys.argv.pop(1))' "$0" "$@"
"""


@dataclass(frozen=True)
class Toolchain:
    cli: Path
    runner: Path | None
    """Pulumi's script that runs a Python program, for our language host; the official host has its own."""
    built: bool
    """Whether this call built it."""

    @property
    def official(self) -> bool:
        return self.runner is None


def ensure() -> Toolchain:
    """The toolchain, built if need be. Safe to call from several processes at once."""
    choice = os.environ.get(CHOICE, "")
    if choice != "build":
        found = shutil.which(choice or "pulumi")
        if choice and found is None:
            raise BuildError(f"{CHOICE} is {choice!r}, which is no program")
        if found is not None:
            return _existing(Path(found))
    folder, built = cached(f"engine-{key()}", _build)
    return Toolchain(folder / "bin" / "pulumi", folder / "bin" / Path(_RUNNER).name, built=built)


def key() -> str:
    """What the built folder depends on: the pinned modules, our recipe and the kind of machine."""
    parts = [_GO_FILES.joinpath(name).read_bytes() for name in ("go.mod", "go.sum", f"{_GENERATOR}/main.go")]
    parts += [_HOST_SCRIPT.encode(), f"{_RECIPE} {platform.system()}-{platform.machine()}".encode()]
    return fingerprint(*parts)


def version() -> str:
    """The CLI's version, pinned in go.mod alone."""
    found = re.search(r"github\.com/pulumi/pulumi/pkg/v3 (v[\d.]+)", (_GO_FILES / "go.mod").read_text())
    if found is None:
        raise BuildError(f"no version of pulumi/pkg/v3 in {_GO_FILES / 'go.mod'}")
    return found.group(1)


def _existing(cli: Path) -> Toolchain:
    """A CLI that is there already; one that this module built has our host beside it, not the official one."""
    beside = cli.resolve().parent
    host = beside / _HOSTS[0]
    ours = host.is_file() and host.read_bytes() == _HOST_SCRIPT.encode()
    return Toolchain(cli, beside / Path(_RUNNER).name if ours else None, built=False)


def _build(scratch: Path) -> Path:
    if shutil.which("go") is None:
        raise BuildError("the Pulumi CLI: neither `pulumi` nor `go` is on PATH; install either")
    sources, binaries = scratch / "go", scratch / "toolchain" / "bin"
    shutil.copytree(_GO_FILES, sources)
    binaries.mkdir(parents=True)
    # Without the version the CLI prints none, and is refused as too old by everything that asks.
    flags = f"-s -w -X {_VERSION_VARIABLE}={version()}"
    run("the Pulumi CLI", ["go", "install", "-ldflags", flags, _CLI, _GENERATOR], sources, {"GOBIN": str(binaries)})
    module = run("Pulumi's program runner", ["go", "list", "-m", "-f", "{{.Dir}}", _SDK], sources, {})
    runner = binaries / Path(_RUNNER).name
    runner.write_bytes((Path(module.strip()) / _RUNNER).read_bytes())
    for name in _HOSTS:
        host = binaries / name
        host.write_text(_HOST_SCRIPT)
        host.chmod(0o755)
    return binaries.parent
