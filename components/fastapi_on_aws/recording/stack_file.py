"""``Pulumi.<stack>.yaml``: a stack's config, checked against what the project declares."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi_on_aws.errors import UsageError

from .config import Config, as_text, contains_secret, full_key
from .encrypted import PLACEHOLDER
from .graph import Secret, plain
from .project import Declaration, Project, matches, type_name
from .yaml_file import YamlMap, kind, read_yaml


def stack_name(file: Path) -> str:
    """``dev`` for ``Pulumi.dev.yaml``; the stem of any other file."""
    stem = file.stem
    return stem.removeprefix("Pulumi.") or stem


def read_config(project: Project, file: Path | None, overrides: Mapping[str, Any] | None) -> Config:
    """All config of a stack: the overrides, then its file's values, then the project's.

    Raises ``UsageError`` with file and line when a declared key has the wrong type or no value at all.
    """
    data = read_yaml(file) if file is not None else YamlMap(1)
    given = _stack_values(project, file, data)
    overridden = {full_key(key, project.name): value for key, value in (overrides or {}).items()}
    lines = {key: line for key, (_, line) in given.items()}
    values = {**{key: value for key, (value, _) in given.items()}, **overridden}
    missing = []
    for full, declared in project.config.items():
        if full in values:
            continue
        if declared.value is None:
            missing.append(declared)
        else:
            values[full] = declared.value
    if missing:
        raise UsageError(_missing(project, file, data, missing))
    for full, declared in project.config.items():
        where = (
            f"{file}:{lines[full]}" if full in lines and full not in overridden else f"{project.file}:{declared.line}"
        )
        _check(where, full, declared, values[full])
    return Config(
        values={key: PLACEHOLDER if _is_encrypted(value) else _text(file, key, value) for key, value in values.items()},
        secrets=frozenset(key for key, value in values.items() if contains_secret(value)),
        encrypted=frozenset(key for key, value in values.items() if _is_encrypted(value)),
        source=str(file or project.file),
    )


def _stack_values(project: Project, file: Path | None, data: YamlMap) -> dict[str, tuple[Any, int]]:
    for key in data:
        if ":" in str(key):
            raise UsageError(f"{file}:{data.line_of(key)}: {key!r} stands beside config, unread; indent it below that")
    config = data.get("config")
    if config is None:
        return {}
    if not isinstance(config, YamlMap):
        raise UsageError(f"{file}:{data.line_of('config')}: config must be a map of keys, not {kind(config)}")
    values: dict[str, tuple[Any, int]] = {}
    for key, value in config.items():
        full = full_key(key, project.name)
        parts = full.split(":")
        if len(parts) == 3 and parts[1] == "config":
            full = f"{parts[0]}:{parts[2]}"
        elif len(parts) != 2:
            raise UsageError(f"{file}:{config.line_of(key)}: {key!r} is no config key; keys look like `namespace:name`")
        if full in values:
            raise UsageError(
                f"{file}:{config.line_of(key)}: the key {full!r} is there twice, first in line {values[full][1]}"
            )
        values[full] = value, config.line_of(key)
    return values


def _missing(project: Project, file: Path | None, data: YamlMap, missing: list[Declaration]) -> str:
    keys = ", ".join(declared.key for declared in missing)
    where = f"{file}" if file is not None else f"the stack, which has no file in {project.stack_folder},"
    hint = " (its `environment` cannot be opened offline)" if "environment" in data else ""
    return (
        f"{where} gives no value for {keys}, which {project.file}:{missing[0].line} declares without a default{hint}; "
        f"add it under `config:` as {missing[0].key if ':' in missing[0].key else f'{project.name}:{missing[0].key}'}"
    )


def _check(where: str, key: str, declared: Declaration, value: Any) -> None:
    if declared.type is None:
        return
    if declared.secret and not (_is_encrypted(value) or contains_secret(value)):
        raise UsageError(f"{where}: config {key} is declared secret and must be encrypted")
    if _is_encrypted(value):
        return
    # The engine keeps scalars as texts, so `size: 3` is a string, too.
    known = plain(value)
    content = known if isinstance(known, Mapping | list) or known is None else as_text(known, where)
    if not matches(declared.type, declared.items, content):
        expected = type_name(declared.type, declared.items)
        raise UsageError(f"{where}: config {key} must be of type {expected}, this is {kind(known)}")


def _text(file: Path | None, key: str, value: Any) -> str:
    return "" if value is None else as_text(plain(value), f"{file}: config {key}")


def _is_encrypted(value: Any) -> bool:
    """Whether a value is, or contains, ``secure: <ciphertext>``."""
    if isinstance(value, Secret):
        return False
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get("secure"), str):
            return True
        return any(_is_encrypted(item) for item in value.values())
    return isinstance(value, list) and any(_is_encrypted(item) for item in value)
