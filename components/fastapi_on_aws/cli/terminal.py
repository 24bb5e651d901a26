"""Colour, width and encoding as terminals and pipes expect them."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TextIO

from fastapi_on_aws.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST: Final = 40
"""Below this the terminal does the wrapping: the guides of a deep tree would leave no room for names."""
UNLIMITED: Final = 100_000
"""The width of a pipe: lines are for the next program, which cuts as it likes."""


def wants_colour(stream: TextIO, environ: Mapping[str, str] | None = None) -> bool:
    """Whether to colour a stream. ``NO_COLOR`` wins over ``FORCE_COLOR`` and ``CLICOLOR_FORCE``, as in Python."""
    environ = os.environ if environ is None else environ
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0", "false") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if environ.get("FORCE_COLOR") in ("0", "false") or environ.get("CLICOLOR") == "0" or environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def width_of(stream: TextIO, environ: Mapping[str, str] | None = None) -> int:
    """The columns that a stream has: ``COLUMNS``, else the terminal's, else no limit."""
    environ = os.environ if environ is None else environ
    columns = environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return max(int(columns), NARROWEST)
    if stream.isatty():
        with suppress(OSError):
            return max(os.get_terminal_size(stream.fileno()).columns or 80, NARROWEST)
    return UNLIMITED


def console_for(stream: TextIO) -> "Console":
    """A Rich console that draws for a stream, with the terminal's own sixteen colours or none."""
    from rich.console import Console  # noqa: PLC0415 - errors and help are coloured without Rich

    colour = wants_colour(stream)
    return Console(
        file=stream,
        width=width_of(stream),
        height=100,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )


def is_unicode(stream: TextIO) -> bool:
    """Whether a stream can carry every character."""
    return (stream.encoding or "").lower().startswith("utf")


def write(text: str) -> int:
    """Write to stdout and return the exit code.

    A reader that has seen enough (``| head``) is not worth a message; a full disk raises ``OSError``.
    """
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        # Python flushes stdout once more at exit; give it somewhere to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return ExitCode.BROKEN_PIPE
        raise
    return 0
