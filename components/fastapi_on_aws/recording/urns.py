"""URNs and former URNs (aliases), put together as the engine does it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .graph import STACK_TYPE

if TYPE_CHECKING:
    from pulumi.runtime.proto import alias_pb2


def qualified_type(urn: str) -> str:
    """The types of all parents and of the resource itself, joined by ``$``."""
    return urn.split("::", 3)[2]


def name_of(urn: str) -> str:
    """The logical name, which is the last part and may itself contain ``::``."""
    return urn.split("::", 3)[3]


def type_of(urn: str) -> str:
    """The resource's own type."""
    return qualified_type(urn).rpartition("$")[2]


@dataclass(frozen=True)
class Naming:
    """How resources of one stack get their URNs."""

    project: str
    stack: str

    def urn(self, parent: str, type_: str, name: str, *, project: str = "", stack: str = "") -> str:
        """The URN of a resource; the stack's own type never appears in those of its children."""
        above = qualified_type(parent) if parent else STACK_TYPE
        full = type_ if above == STACK_TYPE else f"{above}${type_}"
        return f"urn:pulumi:{stack or self.stack}::{project or self.project}::{full}::{name}"

    def aliases(
        self,
        wanted: Iterable["alias_pb2.Alias"],
        *,
        parent: str,
        type_: str,
        name: str,
        former: Mapping[str, Sequence[str]],
    ) -> tuple[str, ...]:
        """All former URNs of a resource: its own aliases, then those that follow from its parent's.

        ``former`` has the aliases of the resources registered so far. The engine knows from the state which alias of
        a parent was in use; without a state every one of them counts.
        """
        own = [self._resolve(alias, parent, type_, name) for alias in wanted]
        inherited = [
            self._inherit(above, type_of(urn), name_of(urn), name_of(parent))
            for above in former.get(parent, ())
            for urn in [self.urn(parent, type_, name), *own]
        ]
        return tuple(dict.fromkeys([*own, *inherited]))

    def _resolve(self, alias: "alias_pb2.Alias", parent: str, type_: str, name: str) -> str:
        if not alias.HasField("spec"):
            return alias.urn
        spec = alias.spec
        above = "" if spec.noParent else spec.parentUrn or parent
        return self.urn(above, spec.type or type_, spec.name or name, project=spec.project, stack=spec.stack)

    def _inherit(self, parent_alias: str, type_: str, name: str, parent_name: str) -> str:
        # A child named `<parent>-x` was named after the former parent, too.
        if name.startswith(parent_name):
            name = name_of(parent_alias) + name[len(parent_name) :]
        return self.urn(parent_alias, type_, name)
