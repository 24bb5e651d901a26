"""The one way into an args class: from a stack file, from a dict of another Pulumi language, or from Python.

Written here rather than left to a converter library because those resolve annotations with
``typing.get_type_hints``, which cannot resolve the forward reference inside ``pulumi.Input``, and because a value that
is not known yet has to pass at any depth.
"""

import dataclasses
import difflib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from inspect import isawaitable
from keyword import iskeyword
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    ForwardRef,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

import pulumi

from fastapi_on_aws.args import CHECKS, Check
from fastapi_on_aws.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

A = TypeVar("A", bound="DataclassInstance")

_SCALARS: dict[Any, str] = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True)
class Shape:
    """A field's annotation, taken apart."""

    type: Any
    """``str``, ``int``, ``float``, ``bool``, ``list``, ``dict``, an enum, an args class, or ``object``."""
    items: "Shape | None" = None
    takes_outputs: bool = False


@cache
def shape_of(annotation: Hashable) -> Shape:
    """Take apart ``T``, ``Optional[T]``, ``Input[T]``, and sequences and string-keyed mappings of those."""
    if get_origin(annotation) in (Union, UnionType):
        first, *others = (member for member in get_args(annotation) if member is not type(None))
        return dataclasses.replace(shape_of(first), takes_outputs=any(isinstance(o, ForwardRef) for o in others))
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return Shape(dict, shape_of(get_args(annotation)[1]))
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return Shape(list, shape_of(get_args(annotation)[0]))
    return Shape(annotation if isinstance(annotation, type) else object)


def coerce(cls: type[A], given: object, path: str) -> A:
    """Make an args object of what was given, with every default filled in and every known value checked.

    ``given`` is an instance of ``cls``, a mapping of its field names, or None for all defaults. Values that are not
    known yet (outputs) pass. Raises ``UsageError`` with ``path``, the config path or argument, as its subject.
    """
    if not isinstance(path, str):
        raise UsageError(f"the name of a component is a text, not {_show(path)}")
    if given is None:
        given = {}
    if isinstance(given, cls):
        given = {field.name: getattr(given, field.name) for field in dataclasses.fields(cls)}
    if not isinstance(given, Mapping):
        parts = [part for part in ("ref", "origin") if isinstance(getattr(given, part, None), cls)]
        hint = f"; give its .{parts[0]}" if parts else ""
        raise UsageError(f"{path} must be a map, not {_show(given)}{hint}")
    fields = _fields(cls)
    said = {word(str(key)): value for key, value in given.items()}
    for key in said:
        if key not in fields:
            raise UsageError(f"{join(path, key)} is not a setting{_elsewhere(cls, key) or nearest(key, fields)}")
    found = {f.name: _field(f, shape, said.get(name), join(path, name)) for name, (f, shape) in fields.items()}
    made = cls(**found)
    # An args class whose fields limit each other has a method that raises where their known values cannot go together.
    check_together = getattr(made, "check_together", None)
    if check_together is not None:
        check_together(path)
    return made


@cache
def _fields(cls: "type[DataclassInstance]") -> Mapping[str, "tuple[dataclasses.Field[Any], Shape]"]:
    """By the word of a stack file. Every component asks, and no class changes."""
    return {word(field.name): (field, shape_of(cast(Hashable, field.type))) for field in dataclasses.fields(cls)}


def word(name: str) -> str:
    """What a field is called in a stack file: its name, less the underscore that keeps a keyword of Python apart.

    >>> word("lambda_")
    'lambda'
    """
    return name[:-1] if name.endswith("_") and iskeyword(name[:-1]) else name


def join(path: str, key: str) -> str:
    """The path of a setting within another, or within a config namespace (``shop:``)."""
    shown = key if key.isprintable() else repr(key)
    return f"{path}{shown}" if path.endswith(":") else f"{path}.{shown}"


def is_known(value: object) -> bool:
    """Whether a value can be looked at while the program runs."""
    return not isinstance(value, pulumi.Output) and not isawaitable(value)


def nearest(given: str, words: Iterable[str]) -> str:
    """The end of an error sentence: the word that was probably meant, else all of them."""
    known = sorted(words)
    close = difflib.get_close_matches(given.lower(), known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are: {', '.join(known)}"


def _elsewhere(cls: type, key: str) -> str | None:
    """What an args class says of a word of others of its kind, by a class method ``elsewhere``."""
    tell: Callable[[str], str | None] | None = getattr(cls, "elsewhere", None)
    return tell(key) if tell else None


def _field(field: "dataclasses.Field[Any]", shape: Shape, value: object, path: str) -> Any:
    if value is None:
        if field.default is not dataclasses.MISSING:
            return field.default
        if field.default_factory is not dataclasses.MISSING:
            return field.default_factory()
        raise UsageError(f"{path} is missing: it has no default")
    value = _value(shape, value, path)
    checks: tuple[Check, ...] = field.metadata.get(CHECKS, ())
    for check in checks:
        items = enumerate(cast(Sequence[object], value)) if check.of_each and is_known(value) else ()
        checked = {f"{path}[{index}]": item for index, item in items} if check.of_each else {path: value}
        for where, item in checked.items():
            if is_known(item) and not check.holds(item):
                raise UsageError(f"{where} is {_show(item)}; it {check.demand}")
    return value


def _value(shape: Shape, value: object, path: str) -> Any:
    if not is_known(value):
        if not shape.takes_outputs:
            raise UsageError(f"{path} decides which resources there are, so it must be known when the program runs")
        return value
    if isinstance(shape.type, type) and dataclasses.is_dataclass(shape.type):
        return coerce(shape.type, value, path)
    if shape.type is dict and shape.items:
        if not isinstance(value, Mapping):
            raise UsageError(f"{path} must be a map, not {_show(value)}")
        return {str(key): _value(shape.items, item, join(path, str(key))) for key, item in value.items()}
    if shape.type is list and shape.items:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise UsageError(f"{path} must be a list, not {_show(value)}")
        return [_value(shape.items, item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(shape.type, type) and issubclass(shape.type, Enum):
        return _choice(shape.type, value, path)
    return _scalar(shape.type, value, path)


def _choice(enum: type[Enum], value: object, path: str) -> Enum:
    try:
        return enum(value)
    except ValueError:
        words = [str(member.value) for member in enum]
        raise UsageError(f"{path} cannot be {_show(value)}{nearest(str(value), words)}") from None


def _scalar(wanted: Any, value: object, path: str) -> object:
    if wanted not in _SCALARS:
        return value
    if isinstance(value, float) and wanted is int and value.is_integer():
        return int(value)  # other Pulumi languages send every number as a float
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        hint = f'; put it in quotes: "{_show(value)}"' if wanted is str and isinstance(value, int | float) else ""
        raise UsageError(f"{path} must be {_SCALARS[wanted]}, not {_show(value)}{hint}")
    return value


def _show(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a map" if value else "an empty map"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return repr(value) if isinstance(value, str | int | float) else type(value).__name__
