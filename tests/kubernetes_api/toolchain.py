"""Kubernetes' control plane and kubectl, built once from their Go modules and kept in the user's cache."""

import platform
import re
import shutil
from pathlib import Path
from typing import Final

from tests.engine.toolchain.build import BuildError, cached, fingerprint, run

COMMANDS: Final = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
_GO_FILES: Final = Path(__file__).parent / "go"
_PROGRAM: Final = "controlplane"
_VERSION_VARIABLES: Final = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
_RECIPE: Final = "1"
"""Raised when `_build` changes what it leaves in the folder."""


def programs() -> Path:
    """The folder that has the `COMMANDS`; the first call compiles them, in about eight minutes on two cores."""
    files = [(_GO_FILES / name).read_bytes() for name in ("go.mod", "go.sum", "main.go")]
    machine = f"{_RECIPE} {platform.system()}-{platform.machine()}".encode()
    folder, _ = cached(f"kubernetes-{fingerprint(*files, machine)}", _build)
    return folder


def version() -> str:
    """Kubernetes' version, pinned in go.mod alone."""
    found = re.search(r"k8s\.io/kubernetes v([\d.]+)", (_GO_FILES / "go.mod").read_text())
    if found is None:
        raise BuildError(f"no version of k8s.io/kubernetes in {_GO_FILES / 'go.mod'}")
    return found.group(1)


def _build(scratch: Path) -> Path:
    if shutil.which("go") is None:
        raise BuildError("Kubernetes' control plane: `go` is not on PATH; install Go 1.26 or newer")
    sources, folder = scratch / "go", scratch / "programs"
    shutil.copytree(_GO_FILES, sources)
    folder.mkdir()
    # Without its version the server reports v0.0.0, and clients take it for older than all they know.
    major, minor, _ = version().split(".")
    told = {"gitVersion": f"v{version()}", "gitMajor": major, "gitMinor": minor}
    names = [f"-X {package}.{name}={value}" for package in _VERSION_VARIABLES for name, value in told.items()]
    flags = " ".join(["-s -w", *names])
    build = ["go", "build", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", str(folder / _PROGRAM), "."]
    run("Kubernetes' control plane", build, sources, {})
    for name in COMMANDS:
        (folder / name).symlink_to(_PROGRAM)
    return folder
