"""Finds HAProxy, or unpacks the distribution's own package of it, once and without being root."""

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tests.engine.toolchain.build import cache_folder

_SYSTEM_FOLDERS: Final = ("/usr/local/sbin", "/usr/sbin")
"""Where packages put it, and what is not on everybody's PATH."""
_INSTALL: Final = "install HAProxy 2.6 or newer, so that `haproxy` is on PATH"
_DOWNLOAD_SECONDS: Final = 300
_LAST_LINES: Final = 15
_SCRIPT: Final = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here"/{libraries}
exec "$here"/usr/sbin/haproxy "$@"
"""


class ProxyError(RuntimeError):
    """HAProxy is not there, or does not do what it was told; the message says what and shows the end of its output."""


def ensure_haproxy() -> Path:
    """The program, unpacked if need be. Safe to call from several processes at once."""
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS))
    if found := shutil.which("haproxy", path=places):
        return Path(found)
    folder = cache_folder() / f"haproxy-{_release()}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as scratch:
            unpacked = _unpack(Path(scratch))
            try:
                unpacked.rename(folder)
            except OSError:
                if not folder.is_dir():  # else another process was faster
                    raise
    return folder / "haproxy"


def _release() -> str:
    """Of the distribution: it decides the version of HAProxy, and which libraries fit it."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise ProxyError(f"there is no `haproxy`, and no apt-get to fetch it: {_INSTALL}")
    told = platform.freedesktop_os_release()
    return f"{told['ID']}-{told.get('VERSION_ID', 'rolling')}-{platform.machine()}"


def _unpack(scratch: Path) -> Path:
    """What apt-get would install on this machine, in a folder of its own."""
    lists, cache, unpacked = scratch / "lists", scratch / "cache", scratch / "haproxy"
    archives = cache / "archives"
    for folder in (lists, archives / "partial", unpacked):
        folder.mkdir(parents=True)
    # The machine's own list of what is installed stays in use: only what is missing is fetched.
    own = ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={cache}", "-o", "Debug::NoLocking=1", "-qq"]
    _run("apt-get", "update", *own)
    _run("apt-get", "install", *own, "--yes", "--no-install-recommends", "--download-only", "haproxy")
    for package in sorted(archives.glob("*.deb")):
        _run("dpkg-deb", "-x", str(package), str(unpacked))
    libraries = ":$here/".join(str(path.relative_to(unpacked)) for path in sorted(unpacked.glob("usr/lib/*-linux-*")))
    script = unpacked / "haproxy"
    script.write_text(_SCRIPT.format(libraries=libraries))
    script.chmod(0o755)
    _run(str(script), "-v")
    return unpacked


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_DOWNLOAD_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ProxyError(f"`{command[0]} {command[1]}` took more than {_DOWNLOAD_SECONDS} s; {_INSTALL}") from error
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-_LAST_LINES:])
        raise ProxyError(f"`{command[0]} {command[1]}` failed with {done.returncode}; {_INSTALL}:\n{last}")
