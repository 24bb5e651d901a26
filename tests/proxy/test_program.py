"""Which HAProxy is used, and what a machine is told on which there is none."""

from pathlib import Path

import pytest

from tests.proxy import ProxyError, ensure_haproxy, program


@pytest.fixture
def nothing_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH, and an empty cache."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(program, "_SYSTEM_FOLDERS", ())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return programs


def _script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_haproxy_on_path_is_used(nothing_there: Path) -> None:
    own = _script(nothing_there, "haproxy", "exit 0")
    assert ensure_haproxy() == own, "what the machine has comes first"


def test_a_machine_without_haproxy_and_apt_get_is_told_so(nothing_there: Path) -> None:
    with pytest.raises(ProxyError, match="no `haproxy`, and no apt-get to fetch it: install HAProxy 2.6 or newer"):
        ensure_haproxy()


def test_a_download_that_fails_shows_the_end_of_its_output_and_leaves_nothing(nothing_there: Path) -> None:
    _script(nothing_there, "apt-get", "echo 'E: no route to the mirror' >&2; exit 100")
    _script(nothing_there, "dpkg-deb", "exit 0")
    with pytest.raises(
        ProxyError, match=r"(?s)`apt-get update` failed with 100; install HAProxy.*no route to the mirro"
    ):
        ensure_haproxy()
    left = list((nothing_there.parent / "cache" / "fastapi-on-aws").iterdir())
    assert left == [], "half a download must not be taken for a whole one"


@pytest.mark.real_tools
def test_a_second_call_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ensure_haproxy()
    monkeypatch.setattr(program, "_run", lambda *command: pytest.fail(f"{command} was run again"))
    assert ensure_haproxy() == found
