"""Pulumi projects on disk and the real command to run on them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

COMPONENTS = Path(__file__).resolve().parents[2] / "components"

QUEUE = """
import pulumi
import pulumi_aws as aws

queue = aws.sqs.Queue("jobs", visibility_timeout_seconds=60)
pulumi.export("url", queue.url)
"""


def write_project(
    folder: Path, program: str = QUEUE, *, stacks: Mapping[str, str] | None = None, name: str = "shop"
) -> Path:
    """A project with a program and stack files, by stack name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n", encoding="utf-8")
    (folder / "__main__.py").write_text(program, encoding="utf-8")
    for stack, content in (stacks or {}).items():
        (folder / f"Pulumi.{stack}.yaml").write_text(content, encoding="utf-8")
    return folder


def environment(**variables: str) -> dict[str, str]:
    """The environment of a pipe in a plain UTF-8 locale, without what a developer's shell may have set."""
    unset = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "PYTHONIOENCODING")
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return kept | {"PYTHONPATH": str(COMPONENTS), "PYTHONUTF8": "1"} | variables


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ``fastapi-on-aws`` in a folder, as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "fastapi_on_aws.cli", *arguments],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
