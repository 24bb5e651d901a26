"""A project to package, with an index that is a folder."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fastapi_on_aws.packaging import Package, PackageSource, build_package
from tests.packaging.wheelhouse import wheel

HANDLER = "def handler(event, context):\n    return {}\n"


class Project:
    """An app of one folder that needs one wheel."""

    def __init__(self, root: Path, wheels: Path) -> None:
        self.root, self.wheels = root, wheels
        self.write("requirements.txt", "tea==1.0\n")
        self.write("shop/__init__.py", "")
        self.write("shop/lambda_handler.py", HANDLER)
        self.source = PackageSource(
            root=root,
            requirements="requirements.txt",
            include=["shop"],
            handler="shop.lambda_handler.handler",
            python="3.13",
            architecture="arm64",
        )

    def write(self, name: str, text: str) -> Path:
        """A file of the project."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def build(self, **words: Any) -> Package:
        """The package, with other words than the usual ones."""
        return build_package(replace(self.source, **words), "shop:lambda.zip")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    wheels = tmp_path / "wheels"
    wheel(wheels, "tea")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Project(tmp_path / "project", wheels)
