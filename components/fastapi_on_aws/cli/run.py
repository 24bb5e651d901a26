"""Run the command line and turn whatever happens into an exit code and one sentence."""

import sys
from collections.abc import Sequence

import typer

from fastapi_on_aws.cli.app import app
from fastapi_on_aws.cli.failure import complain

FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``fastapi-on-aws`` and return its exit code.

    0: fine. 1: the program failed, or its plan could not be written. 2: bad input. 130: interrupted.
    """
    try:
        return _run(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: list[str]) -> int:
    try:
        # Typer would print its own errors and exit; here all errors look alike.
        code = app(arguments, prog_name="fastapi-on-aws", standalone_mode=False)
    except typer.TyperException as error:
        # Typer's own prefix for a value that is not among the choices says nothing to a person.
        complain(error.format_message().replace("Value error, ", ""))
        return error.exit_code
    except OSError as error:
        complain(str(error))
        return FAILED
    except typer.Abort:
        return INTERRUPTED
    return code if isinstance(code, int) else 0
