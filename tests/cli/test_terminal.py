import io
import os
import pty
import sys

import pytest

from fastapi_on_aws.cli.terminal import UNLIMITED, console_for, is_unicode, wants_colour, width_of, write


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "on_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": ""}, True, False),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"CLICOLOR_FORCE": "0"}, True, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ],
)
def test_colour_follows_the_stream_and_the_usual_variables(
    environ: dict[str, str], on_terminal: bool, in_pipe: bool
) -> None:
    assert wants_colour(Tty(), environ) is on_terminal
    assert wants_colour(io.StringIO(), environ) is in_pipe


@pytest.mark.parametrize(
    ("columns", "width"), [("120", 120), ("10", 40), ("", UNLIMITED), ("0", UNLIMITED), ("wide", UNLIMITED)]
)
def test_columns_sets_the_width_of_a_pipe_which_else_has_no_limit(columns: str, width: int) -> None:
    assert width_of(io.StringIO(), {"COLUMNS": columns}) == width


def test_a_terminal_has_its_own_width() -> None:
    main, secondary = pty.openpty()
    try:
        with open(secondary, "w", closefd=False) as stream:
            assert width_of(stream, {}) == 80, "a terminal that does not know its size is taken for 80 wide"
            assert width_of(stream, {"COLUMNS": "132"}) == 132
    finally:
        os.close(main)
        os.close(secondary)


def test_no_colour_means_no_escape_sequence_of_any_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Tty()
    console_for(stream).print("x", style="bold red")
    assert stream.getvalue() == "x\n", "bold is an escape sequence too"


def test_only_utf_carries_every_character() -> None:
    for encoding, expected in (("utf-8", True), ("UTF-16", True), ("ascii", False), ("iso8859-1", False)):
        assert is_unicode(io.TextIOWrapper(io.BytesIO(), encoding)) is expected


def test_what_the_encoding_cannot_carry_is_spelt_out(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    assert write("naïve\n") == 0
    assert raw.getvalue() == b"na\\xefve\n"
