"""What `pip install` of the library brings, and what it does not."""

import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.support.recorded import ROOT

pytestmark = pytest.mark.real_tools  # building needs the package index


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_has_the_library_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    top = {Path(name).parts[0] for name in wheel.namelist()}
    assert {part for part in top if not part.endswith(".dist-info")} == {"fastapi_on_aws"}
    assert {
        "fastapi_on_aws/py.typed",
        "fastapi_on_aws/plan/plan.schema.json",
        "fastapi_on_aws/ingress/viewer_headers.js",
    } <= set(wheel.namelist())


def test_it_needs_what_the_library_needs(wheel: zipfile.ZipFile) -> None:
    (metadata,) = [name for name in wheel.namelist() if name.endswith("METADATA")]
    required = Parser().parsestr(wheel.read(metadata).decode()).get_all("Requires-Dist") or []
    names = {requirement.split(">")[0].split("<")[0].strip() for requirement in required}
    assert names == {
        "packaging",
        "pulumi",
        "pulumi-aws",
        "pulumi-docker-build",
        "pulumi-kubernetes",
        "pyyaml",
        "rich",
        "stdlibs",
        "typer",
    }


def test_it_works_from_an_environment_of_its_own(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True, timeout=120)
    python = environment / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel.filename)]
    subprocess.run(install, check=True, timeout=400)
    listed = subprocess.run([str(python), "-m", "pip", "list"], check=True, capture_output=True, text=True, timeout=60)
    installed = {line.split()[0].lower() for line in listed.stdout.splitlines()[2:]}
    assert not {"fastapi", "sqlalchemy", "uvicorn", "pytest", "hypothesis"} & installed
    plan = [str(environment / "bin" / "fastapi-on-aws"), "--version"]
    done = subprocess.run(plan, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("fastapi-on-aws 0.")
