"""Finds the official Pulumi CLI, or builds the same version of it from its Go modules, once."""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHOICE: Final = "FASTAPI_ON_AWS_PULUMI"
"""``build``: build even where a CLI is on PATH; anything else: the path of the CLI to use."""
_GO_FILES: Final = Path(__file__).parent / "go"
_SDK: Final = "github.com/pulumi/pulumi/sdk/v3"
_CLI: Final = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_HOST: Final = "pulumi-language-python"
_RUNNER: Final = "python/cmd/pulumi-language-python-exec"
_VERSION_VARIABLE: Final = f"{_SDK}/go/common/version.Version"
_BUILD_SECONDS: Final = 1800  # seven minutes on two idle cores, from nothing
_LAST_LINES: Final = 15
_RECIPE: Final = "1"
"""Raised when `_build` changes what it leaves in the folder."""
_HOST_SCRIPT: Final = """#!/bin/sh
# Beside the CLI, so that it is taken for the bundled language host. The rig's environment says which Python and
# which checkout; several checkouts share this file.
exec "$ENGINE_RIG_PYTHON" -c 'import os, sys
sys.path[:] = [os.environ["ENGINE_RIG_ROOT"], *filter(None, sys.path)]
from tests.engine.host.main import main
main()' "$@"
"""


class BuildError(RuntimeError):
    """A tool could not be built; the message names it and shows the end of its output."""


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
    folder = cache_folder() / f"engine-{key()}"
    if folder.is_dir():
        return _built(folder, now=False)
    with _locked(folder.with_suffix(".lock")):
        if folder.is_dir():  # another process was faster
            return _built(folder, now=False)
        with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as scratch:
            _build(Path(scratch))
            (Path(scratch) / "toolchain").rename(folder)
    return _built(folder, now=True)


def key() -> str:
    """What the built folder depends on: the pinned modules, our recipe and the kind of machine."""
    parts = [_GO_FILES.joinpath(name).read_bytes() for name in ("go.mod", "go.sum")]
    parts += [_HOST_SCRIPT.encode(), f"{_RECIPE} {platform.system()}-{platform.machine()}".encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "fastapi-on-aws"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def version() -> str:
    """The CLI's version, pinned in go.mod alone."""
    found = re.search(r"github\.com/pulumi/pulumi/pkg/v3 (v[\d.]+)", (_GO_FILES / "go.mod").read_text())
    if found is None:
        raise BuildError(f"no version of pulumi/pkg/v3 in {_GO_FILES / 'go.mod'}")
    return found.group(1)


def _existing(cli: Path) -> Toolchain:
    """A CLI that is there already; one that this module built has our host beside it, not the official one."""
    beside = cli.resolve().parent
    host = beside / _HOST
    ours = host.is_file() and host.read_bytes() == _HOST_SCRIPT.encode()
    return Toolchain(cli, beside / Path(_RUNNER).name if ours else None, built=False)


def _built(folder: Path, *, now: bool) -> Toolchain:
    return Toolchain(folder / "bin" / "pulumi", folder / "bin" / Path(_RUNNER).name, built=now)


def _build(scratch: Path) -> None:
    if shutil.which("go") is None:
        raise BuildError("the Pulumi CLI: neither `pulumi` nor `go` is on PATH; install either")
    sources, binaries = scratch / "go", scratch / "toolchain" / "bin"
    shutil.copytree(_GO_FILES, sources)
    binaries.mkdir(parents=True)
    # Without the version the CLI prints none, and is refused as too old by everything that asks.
    flags = f"-s -w -X {_VERSION_VARIABLE}={version()}"
    _run("the Pulumi CLI", ["go", "install", "-ldflags", flags, _CLI], sources, {"GOBIN": str(binaries)})
    module = _run("Pulumi's program runner", ["go", "list", "-m", "-f", "{{.Dir}}", _SDK], sources, {})
    runner = binaries / Path(_RUNNER).name
    runner.write_bytes((Path(module.strip()) / _RUNNER).read_bytes())
    host = binaries / _HOST
    host.write_text(_HOST_SCRIPT)
    host.chmod(0o755)


def _run(tool: str, command: list[str], folder: Path, more: dict[str, str]) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{tool}: `{command[0]} {command[1]}` took more than {_BUILD_SECONDS} s") from error
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-_LAST_LINES:])
        raise BuildError(f"{tool}: `{command[0]} {command[1]}` failed with {done.returncode}:\n{last}")
    return done.stdout


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time; the lock goes with the process that holds it, however that ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
