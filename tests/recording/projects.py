"""Little Pulumi projects for tests, written to a folder."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

PROJECT = "name: shop\nruntime: python\n"
EXPORTS_CONFIG = """
import pulumi

config = pulumi.Config()
for key in ("size", "name", "on", "list", "map", "time"):
    pulumi.export(key, config.get(key))
pulumi.export("region", pulumi.Config("aws").get("region"))
"""


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files by their path in ``folder`` and return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder
