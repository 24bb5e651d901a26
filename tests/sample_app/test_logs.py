"""Logs for people: where they have colours."""

import io
import logging
from contextlib import redirect_stdout

import pytest

from sample_app.kit import logs


class Terminal(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        return True


def written(out: io.StringIO) -> str:
    """A line for people, there."""
    with redirect_stdout(out):
        logs.configure("INFO", logs.LogFormat.CONSOLE)
        logging.getLogger("shop").info("opened")
    return out.getvalue()


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in written(Terminal())
    assert "\x1b[" not in written(io.StringIO()), "a file would keep them as noise"


def test_no_color_takes_them_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    line = written(Terminal())
    assert "opened" in line
    assert "\x1b[" not in line, "https://no-color.org"
