"""The zip for Lambda: its size over what pip and zip give, and how long it takes."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final
from unittest import mock

from rich.console import Console

from benchmarks.processes import ROOT, CannotMeasureError, python
from benchmarks.report import Row, seconds
from fastapi_on_aws import UsageError
from fastapi_on_aws.packaging import Package, PackageSource, build_package
from fastapi_on_aws.packaging.targets import platforms

REQUIREMENTS: Final = "requirements/lambda.txt"
SIZE_AIM: Final = 1.0
UNCHANGED_AIM: Final = 1.0
"""Seconds."""
SOURCE: Final = PackageSource(
    root=ROOT,
    requirements=REQUIREMENTS,
    include=["sample_app"],
    handler="sample_app.entrypoints.aws_lambda.handler",
    python="3.13",
    architecture="arm64",
)


def measure(console: Console) -> list[Row]:
    """Rows for the table of ratios."""
    with tempfile.TemporaryDirectory() as scratch, mock.patch.dict(os.environ, {"XDG_CACHE_HOME": scratch}):
        try:
            ours, cold = _built()
            _, unchanged = _built()
        except UsageError as error:
            raise CannotMeasureError(str(error)) from error
        theirs = _by_hand(Path(scratch))
    console.print(f"the package: {ours.zip_bytes / 2**20:.1f} MB zipped, {ours.unpacked_bytes / 2**20:.1f} MB unpacked")
    size = ours.zip_bytes / theirs
    mb = "{:.1f} MB".format
    return [
        Row.at_most(
            "our zip / pip install --target and zip",
            mb(ours.zip_bytes / 2**20),
            mb(theirs / 2**20),
            size,
            aim=SIZE_AIM,
            n=1,
        ),
        Row(
            "a package that is not changed / built anew",
            seconds(unchanged),
            seconds(cold),
            f"{unchanged / cold:.3f}",
            f"≤ {UNCHANGED_AIM:g} s",
            unchanged <= UNCHANGED_AIM,
            1,
        ),
    ]


def _built() -> tuple[Package, float]:
    begun = time.perf_counter()
    return build_package(SOURCE, "lambda.zip"), time.perf_counter() - begun


def _by_hand(scratch: Path) -> int:
    """Bytes of the zip that the usual two commands give."""
    folder = scratch / "by-hand"
    tags = [f"--platform={tag}" for tag in platforms(SOURCE.python, SOURCE.architecture)]
    command = ["-m", "pip", "install", "--quiet", "--target", str(folder), "--only-binary=:all:", *tags]
    command += ["--python-version", SOURCE.python, "--requirement", str(ROOT / REQUIREMENTS)]
    done = subprocess.run(python(*command), capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise CannotMeasureError(f"pip install --target ended with {done.returncode}")
    shutil.copytree(ROOT / "sample_app", folder / "sample_app")
    return Path(shutil.make_archive(str(scratch / "by-hand"), "zip", folder)).stat().st_size
