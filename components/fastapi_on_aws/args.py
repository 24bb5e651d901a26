"""How an args class is declared.

An args class is a frozen, keyword-only dataclass with a docstring under each field. Its annotations are also read by
Pulumi's schema analyzer, which knows no ``Union``, ``Literal`` or ``Annotated`` and calls optional what is
``Optional``, whatever default the field has; hence ``Defaulted``.
"""

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Optional, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Defaulted = Annotated[T, "optional to give, always there to read"]
else:
    Defaulted = Optional

CHECKS: Final = "checks"


@dataclass(frozen=True)
class Check:
    """A rule for one value: in code, in words, and as JSON Schema keywords for editors."""

    holds: Callable[[Any], bool]
    demand: str
    """Completes the sentence "<path> is <value>; it ...", such as "must be 1 or more"."""
    schema: Mapping[str, object] = dataclasses.field(default_factory=dict)
    of_each: bool = False
    """Whether it is for each item of a list."""


def between(low: float, high: float) -> Check:
    """A number within bounds, both included."""
    return Check(lambda v: low <= v <= high, f"must be {low} to {high}", {"minimum": low, "maximum": high})


def matching(pattern: str, demand: str) -> Check:
    """A text that matches the whole of a regular expression, which ``demand`` explains."""
    return Check(lambda v: re.fullmatch(pattern, v) is not None, demand, {"pattern": f"^(?:{pattern})$"})


def not_empty(demand: str = "must have something in it, or be left out for its default") -> Check:
    """A text, list or map with something in it."""
    return Check(bool, demand, {"minLength": 1, "minItems": 1, "minProperties": 1})


def each(check: Check) -> Check:
    """A rule for each item of a list, whose place is then told."""
    return Check(check.holds, check.demand, of_each=True)


def at_most(items: int) -> Check:
    """A list that is no longer."""
    return Check(lambda v: len(v) <= items, f"must have {items} items or fewer", {"maxItems": items})


def arg(*checks: Check, default: Any = dataclasses.MISSING, factory: Any = dataclasses.MISSING) -> Any:
    """Declare a field of an args class and its checks; without ``default`` and ``factory`` it is required."""
    return dataclasses.field(default=default, default_factory=factory, metadata={CHECKS: checks})


def given(args: "DataclassInstance", *, but: Collection[str] = ()) -> list[str]:
    """The fields of args, all of which have defaults, that somebody has set to something else."""
    default = type(args)()
    names = [field.name for field in dataclasses.fields(args) if field.name not in but]
    return [name for name in names if getattr(args, name) != getattr(default, name)]
