"""Values in the shape that a resource's class declares, when nobody knows the real ones."""

import enum
import functools
import hashlib
import inspect
import sys
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import pulumi
from pulumi import _types

from .graph import Mode, Resource, plain

NOT_MINE: Final = object()
"""What a provider's shapes return for a property that they have no rule for."""
_DEEPEST: Final = 4


@dataclass(frozen=True)
class Asked:
    """One resource that needs outputs."""

    resource: Resource
    resources: Mapping[str, Resource]
    """All resources registered so far, this one included."""

    def input(self, *names: str) -> str | None:
        """The first of these inputs that is a known text."""
        for name in names:
            value = plain(self.resource.inputs.get(name))
            if isinstance(value, str) and value:
                return value
        return None

    def hex(self, length: int, salt: str = "") -> str:
        """Hexadecimal digits that depend on nothing but the URN."""
        return hashlib.sha256(f"{self.resource.urn}|{salt}".encode()).hexdigest()[:length]


class Shapes(Protocol):
    """What one provider's ids and outputs look like."""

    def id(self, asked: Asked) -> str: ...

    def value(self, asked: Asked, prop: str) -> Any:
        """An invented output, ``NOT_MINE`` to have it invented by its type."""

    def adjust(self, asked: Asked, outputs: dict[str, Any], mode: Mode) -> None:
        """Complete what follows from other inputs, such as tags from the provider's defaults."""


@dataclass(frozen=True)
class Declared:
    """An output property as the resource's class declares it."""

    type: Any
    optional: bool
    also_input: bool


def invent(shapes: Shapes, asked: Asked, prop: str, declared: Declared) -> Any:
    """An output of one resource: as its provider's shapes have it, else by its declared type."""
    found = shapes.value(asked, prop)
    if found is not NOT_MINE:
        return found
    if declared.also_input and typing.get_origin(declared.type) in _LISTS:
        # Blocks that a user could have written must not appear from nowhere: policies read them.
        return []
    return _by_type(shapes, asked, prop, declared.type, 0)


@functools.cache
def declared_outputs(cls: type) -> Mapping[str, Declared]:
    """The output properties of a resource class, by wire name, without ``id`` and ``urn``."""
    hints = {**_annotated(cls), **_types._raw_return_hints(cls)}
    python_names = _types.resource_pulumi_to_py_names(cls)
    init = getattr(cls, "_internal_init", None)
    inputs = set(inspect.signature(init).parameters) if init is not None else set()
    declared = {}
    for name, hint in hints.items():
        if name in ("id", "urn"):
            continue
        inner = typing.get_args(hint)[0] if typing.get_origin(hint) is pulumi.Output else hint
        optional = type(None) in typing.get_args(inner)
        declared[name] = Declared(_without_none(inner), optional, python_names.get(name, name) in inputs)
    return declared


def _annotated(cls: type) -> dict[str, Any]:
    """Properties of hand-written classes: annotations ``name: pulumi.Output[T]``."""
    names = _types.resource_py_to_pulumi_names(cls)
    found = {}
    for base in reversed(cls.__mro__):
        if base.__module__.partition(".")[0] in ("pulumi", "builtins"):
            continue  # The SDK's own classes, whose annotations name what only type checkers import.
        alone = type(base.__name__, (), {"__annotations__": inspect.get_annotations(base)})
        try:
            hints = typing.get_type_hints(alone, globalns=vars(sys.modules[base.__module__]))
        except (NameError, AttributeError, KeyError):
            continue
        found.update({names.get(name, name): hint for name, hint in hints.items() if name[0] != "_"})
    return {name: hint for name, hint in found.items() if typing.get_origin(hint) is pulumi.Output}


_LISTS: Final = (list, Sequence, typing.get_origin(Sequence[str]))
_MAPS: Final = (dict, Mapping, typing.get_origin(Mapping[str, str]))


def _without_none(hint: Any) -> Any:
    members = [arg for arg in typing.get_args(hint) if arg is not type(None)]
    return members[0] if type(None) in typing.get_args(hint) and members else hint


def _by_type(shapes: Shapes, asked: Asked, prop: str, hint: Any, depth: int) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in _LISTS:
        return [_by_type(shapes, asked, prop, args[0], depth)] if depth < _DEEPEST else []
    if origin in _MAPS:
        return {}
    if args:  # A union of scalars, or of an enum and its text.
        return _by_type(shapes, asked, prop, args[0], depth)
    if isinstance(hint, type) and _types.is_output_type(hint):
        return _object(shapes, asked, hint, depth + 1) if depth < _DEEPEST else {}
    return _scalar(shapes, asked, prop, hint)


def _object(shapes: Shapes, asked: Asked, cls: type, depth: int) -> dict[str, Any]:
    # Providers mark all of a computed object's fields optional, so then all of them are given.
    declared = declared_outputs(cls)
    wanted = {k: d for k, d in declared.items() if not d.optional} or declared
    found = {}
    for name, shape in wanted.items():
        value = shapes.value(asked, name) if shape.type is str else NOT_MINE
        found[name] = _by_type(shapes, asked, name, shape.type, depth) if value is NOT_MINE else value
    return found


def _scalar(shapes: Shapes, asked: Asked, prop: str, hint: Any) -> Any:
    if hint is str:
        return shapes.id(asked) if prop == "id" else _text(asked, prop)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint)).value
    return {bool: False, int: 1, float: 1}.get(hint)


def _text(asked: Asked, prop: str) -> str:
    name = asked.resource.name
    length = asked.resource.inputs.get("length")
    if prop == "result" and isinstance(length, int):  # random.RandomPassword and its kin
        return (asked.hex(64) * (length // 64 + 1))[:length]
    if prop in ("ref", "repoDigest"):
        return f"{_image(asked)}@sha256:{asked.hex(64)}"
    if prop.lower().endswith("digest"):
        return f"sha256:{asked.hex(64)}"
    if prop.lower().endswith(("url", "uri", "endpoint")):
        return f"https://{name}-{asked.hex(8)}.example"
    return f"{name}-{asked.hex(7)}" if prop == "name" else f"{name}-{prop}-{asked.hex(8, prop)}"


def _image(asked: Asked) -> str:
    """The name under which an image was built."""
    tags = plain(asked.resource.inputs.get("tags"))
    tag = tags[0] if isinstance(tags, list) and tags else None
    return tag if isinstance(tag, str) else asked.input("imageName", "name") or asked.resource.name


class PlainShapes:
    """A provider that nothing is known about."""

    def id(self, asked: Asked) -> str:
        digits = asked.hex(32)
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def value(self, asked: Asked, prop: str) -> Any:  # noqa: ARG002  # the shape of every provider's
        return NOT_MINE

    def adjust(self, asked: Asked, outputs: dict[str, Any], mode: Mode) -> None:
        """Nothing follows from other inputs."""
