"""Run the command line and turn whatever happens into an exit code and one sentence."""

import signal
import sys
from collections.abc import Sequence

import typer

from fastapi_on_aws.cli.app import app
from fastapi_on_aws.cli.exit_codes import ExitCode
from fastapi_on_aws.cli.failure import complain


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``fastapi-on-aws`` and return its exit code, an ``ExitCode``."""
    if arguments is None:  # in a process of its own; whatever it has started or half written goes with it
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


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
        return ExitCode.FAILED
    except typer.Abort:
        return ExitCode.INTERRUPTED
    return code if isinstance(code, int) else 0
