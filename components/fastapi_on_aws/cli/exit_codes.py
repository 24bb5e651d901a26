"""How the command ends."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of ``fastapi-on-aws``."""

    FINE = 0
    FAILED = 1
    """The program failed, or its plan could not be written."""
    BAD_INPUT = 2
    """What was given cannot work."""
    INTERRUPTED = 130
    """By Ctrl-C."""
    BROKEN_PIPE = 141
    """What a shell reports for a program that died of SIGPIPE."""
