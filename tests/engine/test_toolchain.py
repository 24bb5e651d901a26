"""Which CLI the engine tests use, and what a build that fails says."""

from pathlib import Path

import pytest

from tests.engine.toolchain import BuildError, Toolchain, ensure
from tests.engine.toolchain.engine import CHOICE


@pytest.fixture
def nothing_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH, and an empty cache."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(CHOICE, raising=False)
    return programs


def _program(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_second_call_builds_nothing(toolchain: Toolchain) -> None:
    again = ensure()
    assert again.cli == toolchain.cli
    assert not again.built, "the folder in the cache should have been found"


def test_a_pulumi_on_path_is_used_with_its_own_host(nothing_there: Path) -> None:
    cli = _program(nothing_there, "pulumi", "exit 0")
    assert ensure() == Toolchain(cli, runner=None, built=False)


def test_a_cli_of_ours_on_path_keeps_our_host(
    toolchain: Toolchain, nothing_there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if toolchain.official:
        assert toolchain.runner is None
        return
    monkeypatch.setenv(CHOICE, str(toolchain.cli))
    assert ensure().runner == toolchain.runner


def test_a_machine_without_pulumi_and_go_is_told_so(nothing_there: Path) -> None:
    with pytest.raises(BuildError, match="neither `pulumi` nor `go` is on PATH"):
        ensure()


def test_a_build_that_fails_names_the_tool_and_shows_the_end_of_its_output(nothing_there: Path) -> None:
    _program(nothing_there, "go", "echo 'internal compiler error: cosmic ray' >&2; exit 2")
    with pytest.raises(BuildError, match=r"(?s)the Pulumi CLI: `go install` failed with 2:.*cosmic ray"):
        ensure()
    left = [path.name for path in (nothing_there.parent / "cache" / "fastapi-on-aws").iterdir()]
    assert all(name.endswith(".lock") for name in left), f"a failed build left {left}"


def test_a_choice_that_is_no_program_is_refused(nothing_there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, "/nowhere/pulumi")
    with pytest.raises(BuildError, match="which is no program"):
        ensure()
