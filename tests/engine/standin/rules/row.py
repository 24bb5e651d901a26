"""What the stand-in knows of one resource type."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Name:
    """How the provider names a resource whose program gave no name: logical name, "-", seven hex digits."""

    limit: int
    """The longest name that the service takes. A longer one is refused, never cut."""
    property: str = "name"
    lower: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A resource type.

    ``id``, ``arn``, ``outputs`` and what is ``within`` are format strings. They may use the inputs, ``name``,
    ``region``, ``account``, ``hex6``, ``hex8``, ``hex16``, ``hex17``, ``uuid`` and ``upper13`` (invented, the same
    through one resource's life), and ``id`` and ``arn`` once these are made.
    """

    source: str
    """Where ``force_new`` comes from."""
    force_new: frozenset[str] = frozenset()
    """Inputs whose change replaces the resource; ``region`` is one everywhere."""
    unless: Mapping[str, str] = field(default_factory=dict)
    """Force-new inputs that are updated in place while another input is true."""
    id: str = "{kind}-{hex17}"
    arn: str = "arn:aws:{service}:{region}:{account}:{kind}/{id}"
    name: Name | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Outputs that the cloud adds inside a block, whether it is an input or an output."""
    unique: tuple[str, ...] = ()
    """Inputs that no two living resources of the type may share."""
    held_by: tuple[str, ...] = ()
    """Types that keep this one from being deleted while they mention its id or ARN."""
    update_while_held: bool = True
    delete_before_replace: bool = False


def inputs(words: str) -> frozenset[str]:
    """Property names, written as one line."""
    return frozenset(words.split())
