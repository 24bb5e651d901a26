"""Run a whole Pulumi project the way Pulumi's Python language host does."""

import importlib
import os
import runpy
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fastapi_on_aws.errors import UsageError

from .answers import Answers, InvokeAnswer, as_answers
from .graph import Graph, Mode
from .guard import ERROR_OUTPUT_STRING
from .modules import fresh_modules
from .project import Project, read_project
from .run import ConfigValue, Run, run
from .stack_file import read_config, stack_name
from .urns import Naming

# Working directory, sys.path, sys.argv and sys.modules belong to the whole process.
_one_at_a_time = threading.Lock()


def record_project(
    folder: Path | str,
    *,
    stack: str | None = None,
    stack_file: Path | str | None = None,
    config: Mapping[str, ConfigValue] | None = None,
    mode: Mode | str = Mode.PREVIEW,
    organization: str = "organization",
    answers: Answers | Mapping[str, InvokeAnswer] | None = None,
) -> Graph:
    """Run the program of a Pulumi project (a folder with a ``Pulumi.yaml``) and return what it would create.

    ``stack`` names the stack; its config comes from ``stack_file``, by default ``Pulumi.<stack>.yaml`` in the project's
    ``stackConfigDir``. With only ``stack_file`` the stack's name comes from the file's. With neither, the project must
    have exactly one stack file. ``config`` wins over the file. Values of declared keys are checked as the engine checks
    them. Values that are encrypted (``secure:``) are unknown secrets to the program.

    The program runs in its own folder, with that folder first on ``sys.path`` and as ``__main__``. Afterwards the
    working directory, ``sys.path``, ``sys.argv``, the environment and the modules that came from the folder are as they
    were. Programs run one at a time, from whichever thread.

    Raises ``UsageError`` for a project or stack file that is missing or wrong, and whatever ``record`` raises.
    """
    project = read_project(Path(folder).resolve())
    name, file = _stack(project, stack, stack_file)
    values = read_config(project, file, config)
    naming = Naming(project.name, name.rpartition("/")[2])
    return _run(project, Run(naming, Mode(mode), values, organization, as_answers(answers), project.folder))


def _stack(project: Project, stack: str | None, stack_file: Path | str | None) -> tuple[str, Path | None]:
    if stack_file is not None:
        file = _existing(stack_file)
        return stack or stack_name(file), file
    stacks = project.stacks()
    if stack is None:
        if len(stacks) != 1:
            there = ", ".join(stacks) if stacks else "none"
            raise UsageError(f"{project.folder} has no single stack to record; name one of its stacks ({there})")
        stack = stacks[0]
    file = project.stack_file(stack)
    if not file.is_file():
        # A stack without config has no file, but a misspelt name has none either.
        if stacks:
            raise UsageError(f"there is no stack file {file}; stacks of this project: {', '.join(stacks)}")
        return stack, None
    return stack, file


def _existing(stack_file: Path | str) -> Path:
    try:
        file = Path(stack_file).resolve()
        if file.is_dir():
            raise UsageError(f"the stack file {file} is a folder; name a file in it")
        if not file.exists():
            raise UsageError(f"the stack file {file} does not exist")
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"the stack file {str(stack_file)[:80]!r} cannot be found: {error}") from error
    return file


def _run(project: Project, how: Run) -> Graph:
    inside = project.main if project.main.is_dir() else project.main.parent

    def program() -> None:
        runpy.run_path(str(project.main), run_name="__main__")

    with _one_at_a_time, _as_language_host(project.main, inside), fresh_modules(inside):
        importlib.invalidate_caches()
        return run(program, how)


@contextmanager
def _as_language_host(main: Path, inside: Path) -> Iterator[None]:
    cwd, path, argv, environment = Path.cwd(), list(sys.path), list(sys.argv), dict(os.environ)
    os.chdir(inside)
    sys.path.insert(0, str(inside))
    sys.argv = [str(main)]
    try:
        yield
    finally:
        os.chdir(cwd)
        sys.path[:] = path
        sys.argv = argv
        # The one variable that recordings which overlap this one may have set or put back meanwhile.
        changed = {key for key in {*os.environ, *environment} if os.environ.get(key) != environment.get(key)}
        for key in changed - {ERROR_OUTPUT_STRING}:
            if key in environment:
                os.environ[key] = environment[key]
            else:
                del os.environ[key]
