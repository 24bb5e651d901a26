"""``Pulumi.yaml``: where a project's program and stack files are, and which config it declares."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi_on_aws.errors import UsageError

from .yaml_file import YamlMap, kind, read_yaml

MANIFESTS = ("Pulumi.yaml", "Pulumi.yml")
TYPES = ("string", "integer", "boolean", "array", "object")


@dataclass(frozen=True)
class Declaration:
    """One config key of ``Pulumi.yaml``."""

    key: str
    line: int
    type: str | None = None
    """A type in Pulumi's words, None when values are not checked."""
    items: Any = None
    """The declaration of an array's items: ``{type: ..., items: ...}``."""
    secret: bool = False
    value: Any = None
    """What a stack that does not set the key gets; None when it must set it."""


@dataclass(frozen=True)
class Project:
    """A Pulumi project that is written in Python."""

    file: Path
    name: str
    main: Path
    """The program: a folder with a ``__main__.py``, or a file."""
    stack_folder: Path
    config: dict[str, Declaration] = field(default_factory=dict)
    """By full key."""

    @property
    def folder(self) -> Path:
        """Where ``Pulumi.yaml`` is, Pulumi's root directory."""
        return self.file.parent

    def stack_file(self, stack: str) -> Path:
        """Where the config of a stack belongs; the organization is no part of the file's name."""
        return self.stack_folder / f"Pulumi.{stack.rpartition('/')[2]}{self.file.suffix}"

    def stacks(self) -> list[str]:
        """Names of all stacks that have a file."""
        found = self.stack_folder.glob(f"Pulumi.*{self.file.suffix}")
        return sorted(path.name[len("Pulumi.") : -len(self.file.suffix)] for path in found)


def read_project(folder: Path) -> Project:
    """Read the ``Pulumi.yaml`` of a folder; raises ``UsageError`` that names the file and the line."""
    file = next((path for name in MANIFESTS if (path := folder / name).is_file()), None)
    if file is None:
        raise UsageError(f"{folder} holds no Pulumi.yaml, so it is no Pulumi project; give the folder that does")
    data = read_yaml(file)
    name = data.get("name")
    if not isinstance(name, str) or not name:
        raise UsageError(f"{file}:{data.line_of('name')}: a project needs a name, such as `name: shop`")
    _check_runtime(file, data)
    config = data.get("config")
    stack_folder = data.get("stackConfigDir") or (config if isinstance(config, str) else None) or "."
    if not isinstance(stack_folder, str):
        raise UsageError(
            f"{file}:{data.line_of('stackConfigDir')}: stackConfigDir is a folder, not {kind(stack_folder)}"
        )
    declared = {} if isinstance(config, str) else _declarations(file, name, config, data.line_of("config"))
    return Project(file, name, _main(file, data), file.parent / stack_folder, declared)


def _check_runtime(file: Path, data: YamlMap) -> None:
    runtime = data.get("runtime")
    name = runtime.get("name") if isinstance(runtime, dict) else runtime
    if name != "python":
        said = "nothing" if name is None else repr(name)
        raise UsageError(f"{file}:{data.line_of('runtime')}: only `runtime: python` can be recorded, this says {said}")


def _main(file: Path, data: YamlMap) -> Path:
    main = data.get("main") or "."
    line = data.line_of("main")
    if not isinstance(main, str):
        raise UsageError(f"{file}:{line}: main is the program's folder or file, not {kind(main)}")
    program = (file.parent / main).resolve()
    if not program.exists():
        raise UsageError(f"{file}:{line}: the program {program} does not exist")
    if program.is_dir() and not (program / "__main__.py").is_file():
        raise UsageError(f"{file}:{line}: {program} has no __main__.py, so there is no program to run")
    return program


def _declarations(file: Path, project: str, config: Any, line: int) -> dict[str, Declaration]:
    if config is None:
        return {}
    if not isinstance(config, YamlMap):
        raise UsageError(f"{file}:{line}: config must be a map of keys, not {kind(config)}")
    declared = {}
    for key, given in config.items():
        full = key if ":" in key else f"{project}:{key}"
        if full in declared:
            raise UsageError(
                f"{file}:{config.line_of(key)}: config {key} is declared twice, with and without namespace"
            )
        declared[full] = _declaration(file, project, key, given, config.line_of(key))
    return declared


def _declaration(file: Path, project: str, key: str, given: Any, line: int) -> Declaration:
    where = f"{file}:{line}: config {key}"
    own = ":" not in key or key.startswith(f"{project}:")
    if not isinstance(given, YamlMap):
        return Declaration(key, line, value=given)  # The short form: just the value.
    known = {"type", "description", "items", "default", "value", "secret"}
    if unknown := sorted(set(given) - known):
        raise UsageError(f"{where} has {unknown[0]!r}, which is none of {', '.join(sorted(known))}")
    default, value = given.get("default"), given.get("value")
    if default is not None and value is not None:
        raise UsageError(f"{where} cannot have both a default and a value")
    type_ = given.get("type")
    if not own:
        if type_ is not None or default is not None:
            raise UsageError(
                f"{where} is not of the project's namespace, so it may have a value, but no type or default"
            )
        if value is None:
            raise UsageError(f"{where} is not of the project's namespace, so it must have a value")
        return Declaration(key, line, value=value)
    if type_ is not None and type_ not in TYPES:
        raise UsageError(f"{where} has the type {type_!r}; Pulumi knows {', '.join(TYPES)}")
    items = given.get("items")
    if type_ == "array" and not isinstance(items, YamlMap):
        raise UsageError(f"{where} is an array and must say of what: `items: {{type: string}}`")
    if type_ is not None and default is not None and not matches(type_, items, default):
        raise UsageError(
            f"{where} has a default that is not of its type {type_name(type_, items)}, but {kind(default)}"
        )
    return Declaration(key, line, type_, items, given.get("secret") is True, value if default is None else default)


def matches(type_: str, items: Any, value: Any) -> bool:
    """Whether the engine takes a value for a type. Texts of numbers and booleans are numbers and booleans."""
    if type_ == "array":
        return (
            isinstance(value, list)
            and isinstance(items, dict)
            and all(matches(str(items.get("type")), items.get("items"), item) for item in value)
        )
    if type_ == "integer":
        if isinstance(value, str):
            return re.fullmatch(r"[-+]?[0-9]+", value) is not None
        return (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and math.isfinite(value)
            and value == int(value)
        )
    if type_ == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    return isinstance(value, str if type_ == "string" else dict)


def type_name(type_: str, items: Any) -> str:
    """``array<string>`` for an array of texts, as the engine writes it."""
    if type_ == "array" and isinstance(items, dict):
        return f"array<{type_name(str(items.get('type')), items.get('items'))}>"
    return type_
