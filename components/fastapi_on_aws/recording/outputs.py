"""Outputs that only a cloud can tell: unknown in a preview, invented in the declared shape in an update."""

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

from .answers import Answers
from .errors import RecordingError
from .graph import UNKNOWN, Mode, Resource, Secret, Unknown, plain

NOT_MINE: Final = object()
"""What a provider's shapes return for a property that they have no rule for."""
_STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"
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


@dataclass(frozen=True)
class Created:
    """What became of a resource."""

    id: str | Unknown
    outputs: Mapping[str, Any]


class Classes:
    """The Python class of each resource, noted while it is constructed; a request tells only the type token."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, str], type] = {}

    def remember(self, args: "pulumi.ResourceTransformationArgs") -> None:
        """A stack transformation that changes nothing."""
        self._by_name[args.type_, args.name] = type(args.resource)

    def of(self, resource: Resource) -> type | None:
        """The class of a resource; None for what another process constructed."""
        return self._by_name.get((resource.type, resource.name))


@dataclass(frozen=True)
class Cloud:
    """Invents what the cloud would return; the user's answers come first."""

    answers: Answers
    mode: Mode
    classes: Classes
    shapes: Mapping[str, Shapes]
    """By package; other packages get outputs by their types alone."""

    def outputs(self, resource: Resource, resources: Mapping[str, Resource]) -> Created:
        """The id of a resource and all of its outputs that are not merely its inputs."""
        asked = Asked(resource, resources)
        answered = self._answered(resource)
        cls = self.classes.of(resource)
        declared = declared_outputs(cls) if cls is not None else {}
        shapes = self._shapes(resource.type)
        outputs: dict[str, Any]
        if self.mode is Mode.PREVIEW:
            outputs = {key: UNKNOWN for key in declared if key not in resource.inputs}
            id_ = resource.id if resource.read else resource.options.import_id or UNKNOWN
        else:
            self._refuse_reference(resource, answered)
            outputs = {
                key: self._invent(shapes, asked, key, shape)
                for key, shape in declared.items()
                if key not in answered and (not shape.optional and resource.inputs.get(key) is None)
            }
            id_ = resource.id if resource.read else resource.options.import_id or shapes.id(asked)
        shapes.adjust(asked, outputs, self.mode)
        outputs.update(answered)
        return Created(outputs.pop("id", id_) if "id" in answered else id_, outputs)

    def _answered(self, resource: Resource) -> Mapping[str, Any]:
        answer = self.answers.outputs.get(resource.type)
        exists = self.mode is Mode.UPDATE or resource.read
        found = answer(resource, self.mode) if callable(answer) else answer if exists else None
        if found is None:
            return {}
        if resource.type == _STACK_REFERENCE and isinstance(exports := found.get("outputs"), Mapping):
            secret = [name for name, value in exports.items() if isinstance(value, Secret)]
            return {"name": resource.name, "secretOutputNames": secret, **found, "outputs": plain(exports)}
        return found

    def _refuse_reference(self, resource: Resource, answered: Mapping[str, Any]) -> None:
        if resource.type == _STACK_REFERENCE and "outputs" not in answered:
            raise RecordingError(
                f"the program reads outputs of the stack {plain(resource.inputs.get('name'))!r}, which only a state "
                f'can tell; give them: Answers(outputs={{"{_STACK_REFERENCE}": {{"outputs": {{...}}}}}})'
            )

    def _shapes(self, type_: str) -> Shapes:
        return self.shapes.get(type_.partition(":")[0], _PLAIN)

    def _invent(self, shapes: Shapes, asked: Asked, prop: str, declared: Declared) -> Any:
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
    lower = prop.lower()
    name = asked.input("name") or asked.resource.name
    digest = f"sha256:{asked.hex(64)}"
    if lower.endswith("digest"):
        return digest
    if prop == "ref":
        tags = asked.resource.inputs.get("tags")
        tag = plain(tags[0]) if isinstance(tags, list) and tags else name
        return f"{tag}@{digest}" if isinstance(tag, str) else f"{name}@{digest}"
    if lower.endswith(("url", "uri", "endpoint")):
        return f"https://{asked.resource.name}-{asked.hex(8)}.example"
    if prop == "result" and isinstance(length := asked.resource.inputs.get("length"), int):
        return (asked.hex(64) * (length // 64 + 1))[:length]
    if prop == "name":
        return f"{asked.resource.name}-{asked.hex(7)}"
    return f"{asked.resource.name}-{prop}-{asked.hex(8, prop)}"


class _Plain:
    """A provider that nothing is known about."""

    def id(self, asked: Asked) -> str:
        digits = asked.hex(32)
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def value(self, asked: Asked, prop: str) -> Any:  # noqa: ARG002
        return NOT_MINE

    def adjust(self, asked: Asked, outputs: dict[str, Any], mode: Mode) -> None:
        """Nothing follows from other inputs."""


_PLAIN: Final[Shapes] = _Plain()
