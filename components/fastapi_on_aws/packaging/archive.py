"""A zip file whose bytes follow from its content alone."""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fastapi_on_aws.packaging.source import is_executable

_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3


def write_archive(target: Path, files: Iterable[tuple[str, Path]]) -> int:
    """Write (path in the archive, file) in the order of the paths; returns the bytes that they take unpacked."""
    unpacked = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, file in sorted(files):
            content = file.read_bytes()
            unpacked += len(content)
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.create_system = _UNIX
            entry.external_attr = (0o100755 if is_executable(file) else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return unpacked
