"""YAML read as Pulumi reads it, with the line of every key for messages."""

import re
from datetime import UTC, datetime
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
    """The engine's idea of a plain scalar: ``on`` and ``12:30`` are texts, ``2012-10-17`` is a point in time."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own way)


def _resolve(tag: str, pattern: str, first: str) -> None:
    """``first`` has the characters that such a scalar can start with; a blank for the scalar that is not there."""
    starts = [character.strip() for character in first]
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), starts)


_resolve("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_resolve("null", r"^(?:~|null|Null|NULL|)$", "~nN ")
_resolve("int", r"^[-+]?(?:0|[1-9][0-9_]*|0o?[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+)$", "-+0123456789")
_resolve("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789")
_resolve("timestamp", r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ][0-9]{1,2}:[0-9:.]+(?:Z|[-+][0-9:]+)?)?$", "0123456789")
_resolve("merge", r"^(?:<<)$", "<")


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    text = str(loader.construct_scalar(node))
    text.encode()  # The engine, too, refuses half a character: "\ud800".
    return text


_Loader.add_constructor("tag:yaml.org,2002:str", _text)


def _number(loader: _Loader, node: yaml.ScalarNode) -> int | float:
    # The engine writes whole numbers without a point: an account id `012345678901` without quotes loses its zero.
    number = float(loader.construct_scalar(node))
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def _time(loader: _Loader, node: yaml.ScalarNode) -> str:
    # Written out as Go does: `version: 2012-10-17` without quotes is no version of a policy any more.
    try:
        found = loader.construct_yaml_timestamp(node)
    except ValueError:  # The 30th of February is a text.
        return str(node.value)
    moment = found if isinstance(found, datetime) else datetime(found.year, found.month, found.day, tzinfo=UTC)
    offset = f"{moment:%z}" or "+0000"
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction} {offset} {'UTC' if offset == '+0000' else offset}"


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _time)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> YamlMap:
    found = YamlMap(node.start_mark.line + 1)
    seen: dict[str, int] = {}
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue
        key, line = _key(loader, key_node), key_node.start_mark.line + 1
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} is there twice, first in line {seen[key]}", key_node.start_mark
            )
        seen[key] = line
    loader.flatten_mapping(node)
    for key_node, value_node in node.value:
        key = _key(loader, key_node)
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = key_node.start_mark.line + 1
    return found


def _key(loader: _Loader, node: yaml.Node) -> str:
    key = loader.construct_object(node, deep=True)
    if isinstance(key, dict | list):
        raise yaml.constructor.ConstructorError(None, None, "a key must be a text", node.start_mark)
    return str(key).lower() if isinstance(key, bool) else str(key)


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
    except (yaml.YAMLError, ValueError, KeyError, AttributeError, TypeError, OverflowError, RecursionError) as error:
        raise UsageError(f"{path}: a value cannot be read: {' '.join(str(error).split())}") from error
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
