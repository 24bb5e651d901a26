"""``fastapi-on-aws plan``: record, then print."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from traceback import print_exception

from fastapi_on_aws.cli.exit_codes import ExitCode
from fastapi_on_aws.cli.failure import complain, describe
from fastapi_on_aws.cli.project import choose_stack, find_project
from fastapi_on_aws.cli.terminal import console_for, is_unicode, write
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.plan import document, notes, table
from fastapi_on_aws.recording import record_project
from fastapi_on_aws.recording.errors import RecordingError
from fastapi_on_aws.recording.graph import Graph
from fastapi_on_aws.recording.project import Project


def plan_project(
    start: Path,
    *,
    stack: str | None,
    stack_file: Path | None,
    pattern: str | None,
    config: Sequence[str],
    as_json: bool,
    traceback: bool,
) -> int:
    """Record the program of the project in or above a folder, print its plan and return the exit code.

    ``config`` has items ``KEY=VALUE``.
    """
    try:
        project = find_project(start)
        stack = choose_stack(project, stack, stack_file)
        overrides = _overrides(pattern, config)
    except (UsageError, OSError, ValueError) as error:
        return _complain(error, str(error), ExitCode.BAD_INPUT, traceback=traceback)
    try:
        graph = _record(project, stack, stack_file, overrides)
    except UsageError as error:
        return _complain(error, str(error), ExitCode.BAD_INPUT, traceback=traceback)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return _complain(error, _failed(error, project), ExitCode.FAILED, traceback=traceback)
    errors = [note.message for note in notes(graph) if note.severity == "error"]
    for message in errors:
        complain(message)
    if errors:
        return ExitCode.FAILED
    return write(_json(graph, project) if as_json else _table(graph))


def _complain(error: BaseException, message: str, code: int, *, traceback: bool) -> int:
    if traceback:
        print_exception(error)
    complain(message)
    return code


def _overrides(pattern: str | None, config: Sequence[str]) -> dict[str, str]:
    overrides = dict(_split(item) for item in config)
    if pattern == "":
        raise UsageError("--pattern is empty; name one, or leave it out for the stack file's")
    if pattern is None:
        return overrides
    if any(key.rpartition(":")[2] == "pattern" for key in overrides):
        raise UsageError("--pattern and --config pattern=... say the same thing; give one of them")
    return {**overrides, "pattern": pattern}


def _split(item: str) -> tuple[str, str]:
    key, equals, value = item.partition("=")
    if not (key and equals):
        raise UsageError(f"--config {item}: expected KEY=VALUE, such as --config aws:region=eu-west-1")
    return key, value


def _record(project: Project, stack: str | None, stack_file: Path | None, overrides: Mapping[str, str]) -> Graph:
    with _prints_on_stderr():
        return record_project(project.folder, stack=stack, stack_file=stack_file, config=overrides)


@contextmanager
def _prints_on_stderr() -> Iterator[None]:
    """Send what the program and its subprocesses print to stderr: stdout is the plan, and may be read as JSON."""
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)


def _failed(error: BaseException, project: Project) -> str:
    if isinstance(error, RecordingError) and error.__cause__ is None:
        return str(error)
    if isinstance(error, SystemExit):
        return f"the program called sys.exit({error.code!r}) before it was done"
    return f"the program failed: {describe(error, project.folder)}"


def _table(graph: Graph) -> str:
    console = console_for(sys.stdout)
    with console.capture() as captured:
        console.print(table(graph))
    return captured.get()


def _json(graph: Graph, project: Project) -> str:
    content = document(graph, project.folder)
    return json.dumps(content, indent=2, ensure_ascii=not is_unicode(sys.stdout)) + "\n"
