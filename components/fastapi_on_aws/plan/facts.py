"""How one property, or a few together, become a word on a resource's line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi_on_aws.plan.values import SECRET_TEXT, UNKNOWN_TEXT, Knowledge, Shown, knowledge_of, look_up, shorten, show
from fastapi_on_aws.recording.graph import UNKNOWN, Resource


@dataclass(frozen=True)
class Fact:
    """A word on a resource's line: ``label=text``."""

    label: str
    shown: Shown


@dataclass(frozen=True)
class Property:
    """A property shown as it is, found by its dotted path under Pulumi's wire name."""

    path: str
    label: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The properties that are read."""
        return (self.path,)

    def __call__(self, resource: Resource) -> Fact | None:
        """The fact, or None where the property is not set."""
        value = look_up(resource.inputs, self.path)
        return None if value is None else Fact(self.label, show(value))


@dataclass(frozen=True)
class Computed:
    """A text computed from properties. It is only computed when no part of any is unknown or secret."""

    label: str
    text: Callable[..., str | None]
    paths: tuple[str, ...]

    def __call__(self, resource: Resource) -> Fact | None:
        """The fact, or None where there is nothing to say."""
        values = [look_up(resource.inputs, path) for path in self.paths]
        match knowledge_of(values):
            case Knowledge.SECRET:
                return Fact(self.label, Shown(SECRET_TEXT, Knowledge.SECRET))
            case Knowledge.UNKNOWN:
                return Fact(self.label, Shown(UNKNOWN_TEXT, Knowledge.UNKNOWN))
            case _:
                text = self.text(*values)
                return None if text is None else Fact(self.label, Shown(shorten(text)))


@dataclass(frozen=True)
class FirstOf:
    """The first property that is set. An unknown id of a resource of this program is shown as that resource's name."""

    label: str
    paths: tuple[str, ...]

    def __call__(self, resource: Resource) -> Fact | None:
        """The fact, or None where none of the properties is set."""
        for path in self.paths:
            value: Any = resource.inputs.get(path)
            if value is None:
                continue
            sources = resource.property_dependencies.get(path, ())
            if value is UNKNOWN and len(sources) == 1:
                value = sources[0].rpartition("::")[2]
            return Fact(self.label, show(value))
        return None


Highlight = Property | Computed | FirstOf


def prop(path: str, label: str | None = None) -> Property:
    """A property under the last word of its path, or under a label."""
    return Property(path, label or path.rpartition(".")[2])


def computed(label: str, text: Callable[..., str | None], *paths: str) -> Computed:
    """A text computed from the values of these properties, given in this order; None for those not set."""
    return Computed(label, text, paths)


def first_of(label: str, *paths: str) -> FirstOf:
    """The first of these properties that is set."""
    return FirstOf(label, paths)
