"""AWS's Lambda Runtime Interface Emulator and the Lambda Web Adapter, got once and kept in the user's cache."""

import platform
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Final

from tests.engine.toolchain.build import BuildError, cached, run

SAM_CLI: Final = "aws-sam-cli==1.170.0"
"""Its wheel carries the emulator. Pinned here alone."""
ADAPTER_VERSION: Final = "1.0.0-rc1"
"""As in the Dockerfile; a test compares them."""
_MACHINES: Final = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def emulator() -> Path:
    """The emulator's program."""
    folder, _ = cached(f"lambda-emulator-{SAM_CLI.partition('==')[2]}-{_machine()}", _get_emulator)
    return folder / "aws-lambda-rie"


def adapter() -> Path:
    """The adapter's program; the first call compiles it with cargo, in about two minutes."""
    folder, _ = cached(f"lambda-adapter-{ADAPTER_VERSION}-{_machine()}", _build_adapter)
    return folder / "bin" / "lambda-adapter"


def _machine() -> str:
    machine = _MACHINES.get(platform.machine().lower())
    if platform.system() != "Linux" or machine is None:
        raise BuildError(f"Lambda's emulator runs on Linux, on x86_64 or arm64; this is {platform.platform()}")
    return machine


def _get_emulator(scratch: Path) -> Path:
    tool = "Lambda's emulator"
    download = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "-d", str(scratch), SAM_CLI]
    run(tool, [sys.executable, *download], scratch, {})
    (wheel,) = scratch.glob("*.whl")
    folder = scratch / "emulator"
    folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        program = folder / "aws-lambda-rie"
        program.write_bytes(archive.read(f"samcli/local/rapid/aws-lambda-rie-{_machine()}"))
    program.chmod(0o755)
    return folder


def _build_adapter(scratch: Path) -> Path:
    if shutil.which("cargo") is None:
        raise BuildError("the Lambda Web Adapter: `cargo` is not on PATH; install Rust")
    folder = scratch / "adapter"
    install = ["cargo", "install", "lambda_web_adapter", "--version", ADAPTER_VERSION, "--locked", "--quiet"]
    run(
        "the Lambda Web Adapter",
        [*install, "--root", str(folder)],
        scratch,
        {"CARGO_TARGET_DIR": str(scratch / "target")},
    )
    return folder
