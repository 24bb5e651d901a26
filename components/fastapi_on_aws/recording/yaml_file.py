"""YAML read as Pulumi reads it, with the line of every key for messages."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from fastapi_on_aws.errors import UsageError


class YamlMap(dict[str, Any]):
    """A YAML mapping that knows where its keys are."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """The line of a key, counted from 1; the mapping's own line for a key that it does not have."""
        return self.lines.get(key, self.line)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's idea of a plain scalar, which is the engine's: ``on``, ``12:30`` and ``2024-01-01`` are texts."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own way)


def _resolve(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_resolve("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_resolve("null", r"^(?:~|null|Null|NULL|)$", "~nN\0")
_resolve("int", r"^[-+]?(?:0|[1-9][0-9_]*|0o?[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+)$", "-+0123456789")
_resolve("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789")
_resolve("merge", r"^(?:<<)$", "<")


def _number(loader: _Loader, node: yaml.ScalarNode) -> int | float:
    # The engine writes whole numbers without a point: an account id `012345678901` without quotes loses its zero.
    number = float(loader.construct_scalar(node))
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> YamlMap:
    found = YamlMap(node.start_mark.line + 1)
    merged = {id(key) for key, _ in node.value if key.tag == "tag:yaml.org,2002:merge"}
    own = [(key, value) for key, value in node.value if id(key) not in merged]
    seen: dict[Hashable, int] = {}
    for key_node, _ in own:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a key must be a text", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} is there twice, first in line {seen[key]}", key_node.start_mark
            )
        seen[key] = line
    loader.flatten_mapping(node)
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = key_node.start_mark.line + 1
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> YamlMap:
    """The mapping in a YAML file, empty for an empty file.

    Raises ``UsageError`` with file and line for what is not YAML, has a key twice or is not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not a text file in UTF-8: {error}") from error
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 (a subclass of SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UsageError(f"{path}:{line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: {error}") from error
    if found is None:
        return YamlMap(1)
    if not isinstance(found, YamlMap):
        raise UsageError(f"{path}:1: the file must hold a mapping of keys, not {kind(found)}")
    return found


def kind(value: Any) -> str:
    """What a YAML value is, in words for messages."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, int):
        return "an integer"
    if isinstance(value, float):
        return "a number"
    return "a list" if isinstance(value, list) else "a map"
