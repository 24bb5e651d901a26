"""Find a Pulumi project, and the stack of it to plan."""

from pathlib import Path

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.recording.project import MANIFESTS, Project, read_project


def find_project(start: Path) -> Project:
    """The project whose ``Pulumi.yaml`` is in this folder or the nearest one above it."""
    if not start.is_dir():
        raise UsageError(f"{start} is not a folder")
    for folder in (start, *start.parents):
        if any((folder / name).is_file() for name in MANIFESTS):
            return read_project(folder)
    raise UsageError(
        f"there is no Pulumi.yaml in {start} or above it; run this in a Pulumi project, or name one with --project"
    )


def choose_stack(project: Project, stack: str | None, stack_file: Path | None) -> str | None:
    """The stack to plan; None with a stack file, whose name names it."""
    if stack is not None and stack_file is not None:
        raise UsageError("--stack and --stack-file name the same thing; give one of them")
    if stack_file is not None:
        return None
    there = project.stacks()
    if stack is None:
        stack = there[0] if len(there) == 1 else "dev"
        if there and stack not in there:
            raise UsageError(f"which stack? name one with --stack; there are: {', '.join(there)}")
        return stack
    short = stack.rpartition("/")[2]
    if there and short not in there:
        raise UsageError(f"--stack {stack}: there is no such stack; there are: {', '.join(there)}")
    return short
