"""Values of a graph as text on one line; what is unknown or secret never turns into its value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from fastapi_on_aws.recording.graph import UNKNOWN, Secret, Unknown

UNKNOWN_TEXT: Final = "known after up"
SECRET_TEXT: Final = "[secret]"  # noqa: S105  # what is printed instead of one
LONGEST: Final = 100
"""Longer texts are cut: a plan is read line by line, the JSON document has everything."""


class Knowledge(StrEnum):
    """How much of a value may and can be shown."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    SECRET = "secret"  # noqa: S105  # a kind of value, not one


@dataclass(frozen=True)
class Shown:
    """A value as text."""

    text: str
    knowledge: Knowledge = Knowledge.KNOWN


def show(value: Any) -> Shown:
    """A value as one short line."""
    knowledge = Knowledge.KNOWN
    if value is UNKNOWN:
        knowledge = Knowledge.UNKNOWN
    elif isinstance(value, Secret):
        knowledge = Knowledge.SECRET
    return Shown(shorten(as_text(value)), knowledge)


def as_text(value: Any) -> str:
    """A value as text: lists as ``[a, b]``, maps as ``{key: value}``, numbers and booleans as JSON has them."""
    match value:
        case Unknown():
            text = UNKNOWN_TEXT
        case Secret():
            text = SECRET_TEXT
        case str():
            text = one_line(value)
        case Mapping():
            text = "{" + ", ".join(f"{one_line(str(key))}: {as_text(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            text = "[" + ", ".join(as_text(item) for item in value) + "]"
        case float() if value.is_integer():
            text = str(int(value))
        case None | bool() | int() | float():
            text = json.dumps(value)
        case _:
            text = f"<{type(value).__name__}>"
    return text


def one_line(text: str) -> str:
    """Text without line breaks and control characters, which could move the cursor or colour the terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def shorten(text: str) -> str:
    """The beginning of a text that is too long for a line."""
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def look_up(value: Any, path: str) -> Any:
    """The value at a dotted path; None where there is none.

    What lies beneath an unknown or a secret is unknown or secret too.
    """
    for step in path.split("."):
        if value is UNKNOWN or isinstance(value, Secret):
            return value
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def knowledge_of(value: Any) -> Knowledge:
    """What a text computed from this value would be: one secret or unknown part, at any depth, makes it all so."""
    if isinstance(value, Secret):
        return Knowledge.SECRET
    if value is UNKNOWN:
        return Knowledge.UNKNOWN
    parts: list[Any] = []
    if isinstance(value, Mapping):
        parts = list(value.values())
    elif isinstance(value, list | tuple):
        parts = list(value)
    found = {knowledge_of(part) for part in parts}
    for knowledge in (Knowledge.SECRET, Knowledge.UNKNOWN):
        if knowledge in found:
            return knowledge
    return Knowledge.KNOWN
