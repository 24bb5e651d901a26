"""A PostgreSQL server of the tests' own: real, empty, on a socket in a temporary folder, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from pydantic import SecretStr

# Where Debian, Fedora and Homebrew put the programs that are not meant for everybody's PATH.
_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_PATIENCE_SECONDS = 60


class Server:
    """Where the server listens."""

    def __init__(self, folder: Path, psql: list[str]) -> None:
        self._folder = folder
        self._psql = psql
        self._numbers = count()

    def new_database(self) -> SecretStr:
        """The URL of an empty database: to be exact, of a user who sees an empty schema, which is there sooner."""
        user = f"shop_{next(self._numbers)}"
        _run([*self._psql, "--command", f"CREATE USER {user}; CREATE SCHEMA AUTHORIZATION {user}"])
        return SecretStr(f"postgresql+asyncpg://{user}@/postgres?host={self._folder}")


@contextmanager
def server() -> Iterator[Server]:
    """A running server. It refuses to be root's, so root starts it as somebody else."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="pg") as name:  # A socket's path has to be short.
        folder = Path(name)
        as_user: list[str | Path] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            os.chown(folder, user.pw_uid, user.pw_gid)
            as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        data, log = folder / "data", folder / "log"
        _run([*as_user, programs / "initdb", "--username=shop", "--auth=trust", "--no-sync", "--encoding=UTF8", data])
        # Neither on the network nor on the disk: what is lost in a crash is a test's.
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=200"
        control = [*as_user, programs / "pg_ctl", f"--pgdata={data}", "--wait"]
        _run([*control, f"--log={log}", f"--options={options}", "start"])
        try:
            yield Server(folder, [str(programs / "psql"), f"--host={folder}", "--username=shop", "--quiet", "postgres"])
        finally:
            _run([*control, "--mode=immediate", "stop"])


def _programs() -> Path:
    """The folder of PostgreSQL's programs; of several versions, the newest."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    installed = sorted(folder for pattern in _FOLDERS for folder in Path("/").glob(pattern[1:]))
    found = [folder for folder in [*on_path, *reversed(installed)] if (folder / "initdb").exists()]
    assert found, "These tests need PostgreSQL's server: install the package postgresql (Debian, Ubuntu, Homebrew)."
    return found[0]


def _run(command: list[str | Path]) -> None:
    # In a folder that every user may enter; the tests' own may not be.
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=_PATIENCE_SECONDS, check=False)
    assert done.returncode == 0, f"{command} failed: {done.stdout}{done.stderr}"
