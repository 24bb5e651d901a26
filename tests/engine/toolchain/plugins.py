"""Puts the stand-in into a PULUMI_HOME, once for each provider SDK that is installed."""

import json
import shlex
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
"""The checkout: what ``tests`` is imported from."""
_SCRIPT: Final = """#!/bin/sh
exec {python} -c 'import sys
sys.path[:] = [sys.argv.pop(1), *filter(None, sys.path)]
from tests.engine.standin.main import main
main(sys.argv.pop(1))' {root} {package} "$@"
"""


def install_plugins(home: Path) -> dict[str, str]:
    """Write the plugins' scripts and tell which version each package has: that of its SDK, which asks for it."""
    versions = {}
    for entry in dict.fromkeys(sys.path):
        for manifest in sorted(Path(entry or ".").glob("pulumi_*/pulumi-plugin.json")):
            row = json.loads(manifest.read_text())
            if row["resource"] and row["name"] not in versions:
                versions[row["name"]] = str(row["version"])
    for package, version in versions.items():
        folder = home / "plugins" / f"resource-{package}-v{version}"
        folder.mkdir(parents=True, exist_ok=True)
        script = folder / f"pulumi-resource-{package}"
        words = {"python": sys.executable, "root": str(ROOT), "package": package}
        script.write_text(_SCRIPT.format(**{key: shlex.quote(word) for key, word in words.items()}))
        script.chmod(0o755)
    return versions
