"""Find a Pulumi project, its stacks, and what a plan's heading says about the chosen one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fastapi_on_aws.errors import UsageError

_MANIFESTS = ("Pulumi.yaml", "Pulumi.yml")


@dataclass(frozen=True, kw_only=True)
class Project:
    """A Pulumi project on disk."""

    folder: Path
    name: str
    config: Mapping[str, Any]
    """The project's own config, with its defaults."""
    stack_files: Mapping[str, Path]
    """By stack name, sorted."""


def find_project(start: Path) -> Project:
    """The project whose ``Pulumi.yaml`` is in this folder or the nearest one above it."""
    if not start.is_dir():
        raise UsageError(f"{start} is not a folder")
    for folder in (start, *start.parents):
        for name in _MANIFESTS:
            if (folder / name).is_file():
                return _load(folder / name)
    raise UsageError(
        f"there is no Pulumi.yaml in {start} or above it; run this in a Pulumi project, or name one with --project"
    )


def choose_stack(project: Project, stack: str | None, stack_file: Path | None) -> tuple[str | None, Path | None]:
    """The stack to plan and its config file; either may be absent, not both."""
    if stack is not None and stack_file is not None:
        raise UsageError("--stack and --stack-file name the same thing; give one of them")
    if stack_file is not None:
        return None, stack_file.absolute()
    there = project.stack_files
    if stack is None:
        stack = next(iter(there)) if len(there) == 1 else "dev"
        if there and stack not in there:
            raise UsageError(f"which stack? name one with --stack; there are: {', '.join(there)}")
        return stack, there.get(stack)
    short = stack.rpartition("/")[2]
    if there and short not in there:
        raise UsageError(f"--stack {stack}: there is no such stack; there are: {', '.join(there)}")
    return short, there.get(short)


def configured(project: Project, stack_file: Path | None, overrides: Mapping[str, str], key: str) -> str | None:
    """The plain text that a config key has on a stack; None for what is not set, not text or encrypted."""
    namespace, _, name = key.rpartition(":")
    spellings = (key, name) if namespace == project.name else (key,)
    stack_config = _mapping(_mapping(load_yaml(stack_file)).get("config")) if stack_file else {}
    for layer in (overrides, stack_config, project.config):
        for spelling in spellings:
            value = layer.get(spelling)
            if isinstance(value, Mapping):
                value = value.get("value", value.get("default"))
            if isinstance(value, str):
                return value
    return None


def load_yaml(path: Path) -> Any:
    """The content of a YAML file; one sentence when it cannot be read."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{path} cannot be read: {reason}") from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UsageError(f"{path} is not valid YAML{line}: {error.problem}") from None
    except yaml.YAMLError:
        raise UsageError(f"{path} is not valid YAML") from None


def _load(manifest: Path) -> Project:
    content = load_yaml(manifest)
    name = content.get("name") if isinstance(content, Mapping) else None
    if not isinstance(name, str):
        raise UsageError(f"{manifest} has no project name; add `name: ...`")
    config = content.get("config")
    # Pulumi's older spelling of stackConfigDir is a text under `config`.
    config_folder = content.get("stackConfigDir", config)
    folder = manifest.parent / config_folder if isinstance(config_folder, str) else manifest.parent
    stack_files = {path.stem.removeprefix("Pulumi."): path for path in folder.glob(f"Pulumi.?*{manifest.suffix}")}
    return Project(
        folder=manifest.parent,
        name=name,
        config=_mapping(config),
        stack_files=dict(sorted(stack_files.items())),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
