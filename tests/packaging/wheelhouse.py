"""Wheels made on the spot, so that pip needs no index."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def wheel(
    folder: Path,
    name: str,
    *,
    version: str = "1.0",
    tag: str = "py3-none-any",
    needs: Sequence[str] = (),
    files: Mapping[str, bytes] | None = None,
) -> None:
    """Write a wheel that has a module of its name, or these files."""
    info = f"{name}-{version}.dist-info"
    content = {f"{name}/__init__.py": f"NAME = {name!r}\n".encode()} if files is None else dict(files)
    requires = "".join(f"Requires-Dist: {need}\n" for need in needs)
    content[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}\n".encode()
    content[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    content[f"{info}/RECORD"] = "".join(f'"{each}",,\n' for each in [*content, f"{info}/RECORD"]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as archive:
        for each, text in content.items():
            archive.writestr(each, text)
