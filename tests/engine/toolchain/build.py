"""Folders that are built once and kept in the user's cache."""

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_BUILD_SECONDS: Final = 1800  # seven minutes on two idle cores, from nothing
_LAST_LINES: Final = 15


class BuildError(RuntimeError):
    """A tool could not be built; the message names it and shows the end of its output."""


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "fastapi-on-aws"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fingerprint(*parts: bytes) -> str:
    """What a folder depends on, as a part of its name."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def cached(name: str, make: Callable[[Path], Path]) -> tuple[Path, bool]:
    """The folder of this name, and whether this call built it.

    ``make`` gets a scratch folder and returns the one in it that is kept. Safe to call from several processes at once.
    """
    folder = cache_folder() / name
    if folder.is_dir():
        return folder, False
    with _locked(folder.with_suffix(".lock")):
        if folder.is_dir():  # another process was faster
            return folder, False
        with tempfile.TemporaryDirectory(prefix=f"{name}.", dir=folder.parent) as scratch:
            make(Path(scratch)).rename(folder)
    return folder, True


def run(tool: str, command: list[str], folder: Path, more: Mapping[str, str]) -> str:
    """Run a build step; the tool is what is being built, in words."""
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
