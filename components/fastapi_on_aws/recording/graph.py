"""What a recorded program would create: resources, their edges, the stack's outputs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

STACK_TYPE: Final = "pulumi:pulumi:Stack"


class Mode(StrEnum):
    """How far a recording goes, in the engine's words."""

    PREVIEW = "preview"
    """Nothing exists yet: what only the cloud can tell is unknown, and ``apply`` callbacks on it do not run."""

    UPDATE = "update"
    """Everything was created: outputs are invented in the shape of the real ones, so every ``apply`` runs."""


class Unknown:
    """The type of ``UNKNOWN``: a value that only the cloud can tell."""

    _instance: "Unknown | None" = None

    def __new__(cls) -> "Unknown":
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that Pulumi encrypts in the state. Printing it never shows the value."""

    value: Any = field(repr=False)


def plain(value: Any) -> Any:
    """Strip ``Secret`` marks at any depth; ``UNKNOWN`` stays.

    >>> plain({"password": Secret("x")})
    {'password': 'x'}
    """
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


@dataclass(frozen=True, kw_only=True)
class Options:
    """The resource options that the engine would receive, under Pulumi's own names."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    replacement_trigger: Any = None
    """A value whose change replaces the resource."""
    delete_before_replace: bool | None = None
    retain_on_delete: bool = False
    deleted_with: str | None = None
    aliases: tuple[str, ...] = ()
    """Former URNs, as the engine would resolve them."""
    additional_secret_outputs: tuple[str, ...] = ()
    import_id: str | None = None
    custom_timeouts: Mapping[str, str] = field(default_factory=dict)
    version: str | None = None


@dataclass(frozen=True)
class SourcePosition:
    """Where in the program a resource was constructed."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One registered resource.

    ``inputs`` and ``outputs`` have Pulumi's wire names (camelCase) and plain Python values, in which
    ``UNKNOWN`` stands for what is not known and ``Secret(...)`` wraps what is encrypted. An asset or archive is a
    dict of its ``path``, ``text``, ``uri`` or ``assets``.
    """

    urn: str
    type: str
    name: str
    parent: str | None
    custom: bool
    """False for component resources and the stack."""
    remote: bool = False
    read: bool = False
    """True for an existing resource that the program only reads (``.get(...)``)."""
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    id: str | Unknown = UNKNOWN
    dependencies: tuple[str, ...] = ()
    """URNs of all resources that this one needs, from its inputs and from ``depends_on``."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: str | None = None
    """URN of the explicit provider, None for the default one."""
    options: Options = Options()
    source: SourcePosition | None = None


@dataclass(frozen=True)
class Invoke:
    """A look-up that the program made."""

    token: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Log:
    """A message of ``pulumi.log``; ``info`` messages of components are the notes of a plan."""

    severity: str
    message: str
    urn: str | None = None


@dataclass(frozen=True, kw_only=True)
class Graph:
    """All that one run of a program registered, in the order of registration."""

    project: str
    stack: str
    mode: Mode
    resources: Mapping[str, Resource]
    """By URN. The stack itself is the first."""
    outputs: Mapping[str, Any]
    """The stack's exports."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """Text by full key, such as ``aws:region``; ``Secret(...)`` for secrets, of ``UNKNOWN`` for encrypted ones."""
    invokes: tuple[Invoke, ...] = ()
    logs: tuple[Log, ...] = ()

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())

    def __len__(self) -> int:
        return len(self.resources)

    def of_type(self, type_: str) -> list[Resource]:
        """All resources of a Pulumi type, such as ``aws:ecs/service:Service``."""
        return [resource for resource in self if resource.type == type_]

    def one(self, type_: str, name: str | None = None) -> Resource:
        """The only resource of a type, or the only one of that type and name.

        Raises ``LookupError`` that lists what there is when there is not exactly one.
        """
        found = [resource for resource in self.of_type(type_) if name in (None, resource.name)]
        if len(found) != 1:
            there = sorted(r.name for r in self.of_type(type_)) or sorted({r.type for r in self})
            wanted = type_ if name is None else f"{type_} named {name!r}"
            raise LookupError(f"expected exactly one {wanted}, found {len(found)}; there are: {', '.join(there)}")
        return found[0]

    def children(self, parent: str) -> list[Resource]:
        """The resources whose parent is the resource of this URN."""
        return [resource for resource in self if resource.parent == parent]
