"""A package for Lambda: what is in it, that it is the same each time, and that it is not built twice."""

import os
import shutil
import stat
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastapi_on_aws import UsageError
from fastapi_on_aws.packaging import archive, build
from fastapi_on_aws.packaging.wheels import loose_requirements
from tests.packaging.conftest import Project
from tests.packaging.wheelhouse import wheel


def content(path: Path) -> dict[str, bytes]:
    """What is in a zip file."""
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_it_has_the_app_and_what_that_requires_and_nothing_else(project: Project) -> None:
    project.write("shop/__pycache__/x.pyc", "")
    project.write("shop/.env", "PASSWORD=1")
    project.write("shop/data/prices.csv", "tea,450")
    package = project.build()
    assert set(content(package.path)) == {
        "shop/__init__.py",
        "shop/lambda_handler.py",
        "shop/data/prices.csv",
        "tea/__init__.py",
        "tea-1.0.dist-info/METADATA",
        "tea-1.0.dist-info/WHEEL",
    }, "no compiled or hidden files, and nothing that tells of one installation"
    assert package.zip_bytes == package.path.stat().st_size
    assert package.unpacked_bytes == sum(map(len, content(package.path).values()))


def test_two_checkouts_give_the_same_bytes(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = project.build()
    elsewhere = tmp_path / "a ü other place"
    shutil.copytree(project.root, elsewhere)
    for file in elsewhere.rglob("*"):
        os.utime(file, (1, 1))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another cache"))
    second = project.build(root=elsewhere)
    assert second.path != first.path, "it was built anew"
    assert second.path.read_bytes() == first.path.read_bytes(), "for Lambda another byte is another version"
    assert second.sha256 == first.sha256


def test_nothing_changed_is_not_built_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first = project.build()
    monkeypatch.setattr(build, "install", lambda *_: pytest.fail("pip was called"))
    monkeypatch.setattr(build, "write_archive", lambda *_: pytest.fail("it was zipped"))
    begun = time.monotonic()
    assert project.build() == first
    assert time.monotonic() - begun < 1, "an `up` that changes nothing does not wait for it"


def test_another_line_of_the_app_takes_the_wheels_as_they_are(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = project.build()
    monkeypatch.setattr(build, "install", lambda *_: pytest.fail("pip was called"))
    project.write("shop/__init__.py", "VERSION = 2\n")
    assert project.build().sha256 != first.sha256


@pytest.mark.parametrize("change", ["requirements", "nested", "python", "architecture", "exclude", "mode"])
def test_whatever_decides_what_is_in_it_makes_another_package(project: Project, change: str) -> None:
    wheel(project.wheels, "tea", version="2.0")
    project.write("pins.txt", "tea==1.0\n")
    if change == "nested":
        project.write("requirements.txt", "-r pins.txt\n")
    first = project.build()
    if change == "requirements":
        project.write("requirements.txt", "tea==2.0\n")
    if change == "nested":
        project.write("pins.txt", "tea==2.0\n")
    if change == "mode":
        (project.root / "shop/lambda_handler.py").chmod(0o755)
    words: dict[str, dict[str, Any]] = {
        "python": {"python": "3.12"},
        "architecture": {"architecture": "amd64"},
        "exclude": {"exclude": ["tea"]},
    }
    second = project.build(**words.get(change, {}))
    assert second.path != first.path, "it has a place of its own in the cache"


def test_a_package_that_stays_out_is_gone_whole(project: Project) -> None:
    assert not [name for name in content(project.build(exclude=["Tea"]).path) if name.startswith("tea")]


def test_comments_and_options_of_pip_are_no_requirements(project: Project) -> None:
    lines = [
        "tea==1.0  # via -r other/app.in",
        "    # via",
        "    #   -r other/app.in",
        "--index-url=https://u:hunter2@example.com",
    ]
    project.write("requirements.txt", "\n".join(lines[:-1]))
    assert project.build().zip_bytes, "as pip-compile writes them"
    project.write("requirements.txt", "\n".join(lines))
    assert project.build().zip_bytes, "where wheels come from is pip's business"


def test_requirements_are_read_as_pip_reads_them(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(project.root / "own", "milk")
    monkeypatch.setenv("TEA_VERSION", "1.0")
    project.write(
        "requirements.txt", "tea==\\\n${TEA_VERSION}  # from the environment\n./own/milk-1.0-py3-none-any.whl\n"
    )
    first = project.build()
    assert {"tea/__init__.py", "milk/__init__.py"} <= set(content(first.path)), "paths are seen from the project's root"
    assert first.loose == (), "both are pinned"
    wheel(project.root / "own", "milk", files={"milk/__init__.py": b"NEW = True\n"})
    assert content(project.build().path)["milk/__init__.py"] == b"NEW = True\n", "another wheel is another package"
    monkeypatch.setenv("TEA_VERSION", "99")
    with pytest.raises(UsageError, match="no wheel of tea==99"):
        project.build()


def test_a_package_with_odd_file_names_is_taken_out_whole(project: Project) -> None:
    wheel(project.wheels, "odd", files={"odd/a,b.txt": b"", "odd/__init__.py": b""})
    project.write("requirements.txt", "tea==1.0\nodd==1.0\n")
    assert not any("odd" in name for name in content(project.build(exclude=["odd"]).path))


def test_versions_left_open_are_named(project: Project) -> None:
    lines = ["tea>=1.0  # any", "tea", "tea==1.*", "tea ; python_version < '4'", "--no-cache-dir"]
    assert project.build().loose == (), "tea==1.0 is pinned"
    for line in ["tea==1.0 --hash=sha256:0", "tea==1.0 # so"]:
        project.write("requirements.txt", line)
        assert loose_requirements(project.source, "") == [], line
    for line in lines[:-1]:
        project.write("requirements.txt", f"{lines[-1]}\n{line}\n")
        assert loose_requirements(project.source, "") == ["tea"], line
    project.write("pins.txt", "Tea==1.0\ncoffee\n")
    project.write("requirements.txt", "-c pins.txt\ntea\n")
    assert loose_requirements(project.source, "") == [], "a constraint pins it, and asks for nothing itself"
    project.write("pins.txt", "Tea==1.0\n-r more.txt\n")
    project.write("more.txt", "milk\n")
    assert loose_requirements(project.source, "") == ["milk"], "pip takes what is required there for a requirement"


def test_code_that_is_named_twice_is_packed_once(project: Project) -> None:
    once = project.build()
    assert project.build(include=["shop", "shop/lambda_handler.py", "shop"]).sha256 == once.sha256


def test_several_builds_at_the_same_time_give_one_package(project: Project) -> None:
    with ThreadPoolExecutor(4) as pool:
        packages = list(pool.map(lambda _: project.build(), range(4)))
    assert len(set(packages)) == 1
    assert not list(build.cache_folder().glob(".*")), "and no half of one is left"


def test_a_build_that_fails_leaves_nothing_and_the_next_one_builds(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(build, "write_archive", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            project.build()
    assert not list(build.cache_folder().glob("package-*"))
    assert project.build().zip_bytes


@pytest.mark.parametrize("file", ["package.zip", "package.json"])
@pytest.mark.parametrize("cut", [True, False])
def test_a_package_that_was_spoilt_in_the_cache_is_built_again(project: Project, file: str, cut: bool) -> None:
    package = project.build()
    spoilt = package.path.with_name(file)
    if cut:
        spoilt.write_bytes(spoilt.read_bytes()[:20])
    else:
        spoilt.unlink()
    assert project.build() == package
    assert package.path.stat().st_size == package.zip_bytes


def test_what_a_killed_build_has_left_goes_a_day_later(project: Project) -> None:
    for name, age_seconds in ((".old", 100_000), (".new", 1000)):
        folder = build.cache_folder() / name
        folder.mkdir()
        os.utime(folder, (time.time() - age_seconds,) * 2)
    project.build()
    assert not (build.cache_folder() / ".old").exists()
    assert (build.cache_folder() / ".new").exists(), "it may be another process's, at work"


def test_old_packages_are_forgotten(project: Project) -> None:
    for number in range(12):
        project.write("shop/__init__.py", f"VERSION = {number}\n")
        newest = project.build()
    kept = list(build.cache_folder().glob("package-*"))
    assert len(kept) == 8
    assert newest.path.parent in kept


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.dictionaries(st.text("abcü_", min_size=1, max_size=8), st.binary(max_size=200), min_size=1, max_size=6),
    shuffled=st.randoms(use_true_random=False),
)
def test_the_bytes_of_an_archive_follow_from_paths_content_and_who_may_run_them(
    tmp_path: Path, files: dict[str, bytes], shuffled: object
) -> None:
    import random

    assert isinstance(shuffled, random.Random)
    written = []
    for turn in range(2):
        rows = []
        for name, data in files.items():
            file = tmp_path / f"{turn}-{name}"
            file.write_bytes(data)
            file.chmod(stat.S_IRUSR | (stat.S_IWUSR if turn else 0))
            os.utime(file, (turn, 10_000 * turn))
            rows.append((name, file))
        shuffled.shuffle(rows)
        archive.write_archive(tmp_path / f"{turn}.zip", rows)
        for _, file in rows:
            file.chmod(0o600)
        written.append((tmp_path / f"{turn}.zip").read_bytes())
    assert written[0] == written[1]
    assert content(tmp_path / "0.zip") == files
