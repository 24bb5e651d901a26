"""Copies of Pulumi projects: what a test runs is never the checkout, since the CLI writes into stack files."""

import importlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_yaml: Any = importlib.import_module("yaml")  # has no types of its own

_LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", ".*", "node_modules")
_ENCRYPTION: Final = ("encryptionsalt", "encryptedkey", "secretsprovider")


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi.yaml, which the rig may write into."""

    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        return _read(self.folder / "Pulumi.yaml")

    @property
    def name(self) -> str:
        return str(self.manifest["name"])

    def stack_file(self, stack: str) -> Path:
        return self.folder / str(self.manifest.get("stackConfigDir", ".")) / f"Pulumi.{stack}.yaml"

    def configure(self, stack: str, base: Path | None, values: Mapping[str, Any], otherwise: Mapping[str, Any]) -> None:
        """Lay down a stack file: that of the project or ``base``, or ``otherwise``, with ``values`` on top.

        Its encryption is dropped: it belongs to another passphrase or key than the rig's.
        """
        path = self.stack_file(stack)
        source = base or path
        content = _read(source) if source.exists() else {"config": dict(otherwise)}
        for key in _ENCRYPTION:
            content.pop(key, None)
        content["config"] = {**content.get("config", {}), **values}
        path.write_text(_yaml.safe_dump(content, sort_keys=False))

    def set_config(self, stack: str, values: Mapping[str, Any]) -> None:
        """Change a stack file that the CLI uses already; None removes a key."""
        path = self.stack_file(stack)
        content = _read(path)
        config = {**content.get("config", {}), **values}
        content["config"] = {key: value for key, value in config.items() if value is not None}
        path.write_text(_yaml.safe_dump(content, sort_keys=False))


def copy(source: Path, folder: Path, include: Iterable[str]) -> Project:
    """Copy the project's manifest, program and stack files, and the further folders or files that it reads.

    A virtualenv that the manifest names is left behind: programs run with the interpreter that runs the tests.
    """
    manifest = _read(source / "Pulumi.yaml")
    wanted = {manifest.get("main", "."), manifest.get("stackConfigDir", "."), *include}
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(wanted):
        if (source / name).is_dir():
            shutil.copytree(source / name, folder / name, ignore=_LEFT_OUT, dirs_exist_ok=True)
        else:
            shutil.copy(source / name, folder / name)
    manifest["runtime"] = "python"
    (folder / "Pulumi.yaml").write_text(_yaml.safe_dump(manifest, sort_keys=False))
    return Project(folder)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = _yaml.safe_load(path.read_text()) or {}
    return content
