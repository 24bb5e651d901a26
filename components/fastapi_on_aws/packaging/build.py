"""From a source to a zip file, as little of it again as can be."""

import base64
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.packaging.archive import write_archive
from fastapi_on_aws.packaging.imports import check_imports
from fastapi_on_aws.packaging.source import PackageSource
from fastapi_on_aws.packaging.wheels import install, loose_requirements, requirements_key

LARGEST_UNPACKED_BYTES: Final = 250 * 1024 * 1024
"""Source: AWS Lambda developer guide, "Lambda quotas"."""
LARGEST_ZIP_BYTES: Final = 50 * 1024 * 1024
"""Of what is sent to Lambda directly, as Pulumi does. Source: the same."""

_RECIPE: Final = "2"
"""Raised when the same source becomes another package."""
_KEPT: Final = 8
_DAY_SECONDS: Final = 86400


@dataclass(frozen=True)
class Package:
    """A zip file for Lambda."""

    path: Path
    sha256: str
    """Of its bytes, in Base64."""
    zip_bytes: int
    unpacked_bytes: int
    loose: Sequence[str] = ()
    """Requirements that leave their version open, so that another machine may build another package."""


def build_package(source: PackageSource, path: str) -> Package:
    """The package of a source; the same source gives the same bytes, and is not built twice.

    Dependencies are installed only when the requirements or the target change. ``path`` is the config path of the
    source's words, the subject of each ``UsageError``.
    """
    source.check(path)
    wheels = requirements_key(source, path)
    key = _digest(_RECIPE, wheels, source.code_key(), source.handler, str(source.imports_from_elsewhere))
    for _ in range(2):  # one that was spoilt in the cache is taken out of it, and built again
        folder = _cached(f"package-{key}", lambda scratch: _zip(source, wheels, scratch, path))
        package = _read(folder)
        if package is not None:
            _check_size(package, path)
            return package
    raise UsageError(f"{cache_folder()} loses what is written to it; empty it, or set XDG_CACHE_HOME")


def _zip(source: PackageSource, wheels: str, scratch: Path, path: str) -> None:
    installed = _cached(f"wheels-{_digest(_RECIPE, wheels)}", lambda folder: install(source, folder, path))
    files = {file.relative_to(installed).as_posix(): file for file in installed.rglob("*") if file.is_file()}
    code = dict(source.files())
    for name in code.keys() & files.keys():
        raise UsageError(f"{path}.include has {name}, and a requirement has a file of that name; rename yours")
    files |= code
    if not source.imports_from_elsewhere:
        check_imports(source.handler, source.python, code, files, path)
    unpacked = write_archive(scratch / "package.zip", files.items())
    about = {
        "sha256": _sha256((scratch / "package.zip").read_bytes()),
        "unpacked_bytes": unpacked,
        "loose": loose_requirements(source, path),
    }
    (scratch / "package.json").write_text(json.dumps(about))


def _read(folder: Path) -> Package | None:
    """A package from the cache; one that is no longer what it was is taken out of it."""
    try:
        content = (folder / "package.zip").read_bytes()
        about = json.loads((folder / "package.json").read_text())
    except (OSError, ValueError):
        content, about = b"", {"sha256": ""}
    if about["sha256"] != _sha256(content):
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return Package(
        folder / "package.zip", about["sha256"], len(content), about["unpacked_bytes"], tuple(about["loose"])
    )


def _check_size(package: Package, path: str) -> None:
    for what, size, largest in (
        ("unpacked", package.unpacked_bytes, LARGEST_UNPACKED_BYTES),
        ("zipped", package.zip_bytes, LARGEST_ZIP_BYTES),
    ):
        if size > largest:
            raise UsageError(
                f"{path}: the package has {size / 2**20:.0f} MB {what}, and Lambda takes {largest // 2**20}; take out"
                " what is not needed, or use package image, which takes 10 GB"
            )


def _cached(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that is made once, whole or not at all, by however many processes at the same time."""
    folder = cache_folder() / name
    if folder.is_dir():
        os.utime(folder)
        return folder
    with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as scratch:
        made = Path(scratch) / name
        made.mkdir()
        make(made)
        try:
            made.rename(folder)
        except OSError:  # another process was faster
            if not folder.is_dir():
                raise
    _forget_oldest(folder.parent, name.partition("-")[0])
    return folder


def _forget_oldest(folder: Path, kind: str) -> None:
    """By when they were last used; and what a killed process has left half made, a day later."""
    for left in folder.glob(".*"):
        if left.stat().st_mtime < time.time() - _DAY_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    for old in sorted(folder.glob(f"{kind}-*"), key=lambda entry: entry.stat().st_mtime)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def cache_folder() -> Path:
    """Where packages and their wheels are kept: below `XDG_CACHE_HOME`."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fastapi-on-aws" / "packages"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{folder} is where packages are kept, and it cannot be made ({error.strerror}); set XDG_CACHE_HOME"
            " to a folder that can"
        ) from None
    return folder


def _sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
