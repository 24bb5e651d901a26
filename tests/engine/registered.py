"""Resources as the engine knows them: from a preview, or from the state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.engine.standin.names import DEFAULTS
from tests.engine.standin.wire import SIGNATURE, UNKNOWN

SECRET_MARK: Final = {"$secret": True}
UNKNOWN_MARK: Final = {"$unknown": True}
_SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"
_SECRET_IN_PREVIEW: Final = "[secret]"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource. Secrets read ``{"$secret": true}``, values not known yet ``{"$unknown": true}``."""

    urn: str
    type: str
    name: str
    parent: str | None
    custom: bool
    id: str | None
    inputs: Mapping[str, Any]
    """What the program gave: what the provider filled in (names) is left out."""
    outputs: Mapping[str, Any]
    dependencies: tuple[str, ...]
    property_dependencies: Mapping[str, tuple[str, ...]]
    provider: str | None
    """The provider's URN, without its id."""
    protect: bool
    retain_on_delete: bool
    deleted_with: str | None
    aliases: tuple[str, ...]
    external: bool
    """Only read (``.get(...)``)."""


def registered(row: Mapping[str, Any]) -> Registered:
    """A resource from the engine's own JSON."""
    given = row.get("inputs") or {}
    filled_in = {key for key in given.get(DEFAULTS) or [] if isinstance(key, str)}
    return Registered(
        urn=row["urn"],
        type=row["type"],
        name=row["urn"].split("::", 3)[3],
        parent=row.get("parent") or None,
        custom=bool(row.get("custom")),
        id=row.get("id"),
        inputs={
            key: marked(value) for key, value in given.items() if key not in filled_in and not key.startswith("__")
        },
        outputs={key: marked(value) for key, value in (row.get("outputs") or {}).items()},
        dependencies=tuple(row.get("dependencies") or ()),
        property_dependencies={
            key: tuple(urns or ()) for key, urns in (row.get("propertyDependencies") or {}).items() if urns
        },
        provider=(row.get("provider") or "").rpartition("::")[0] or None,
        protect=bool(row.get("protect")),
        retain_on_delete=bool(row.get("retainOnDelete")),
        deleted_with=row.get("deletedWith") or None,
        aliases=tuple(row.get("aliases") or ()),
        external=bool(row.get("external")),
    )


def marked(value: Any) -> Any:
    """A value with the engine's secrets and unknowns replaced by marks."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == _SECRET_SIGNATURE:
            return SECRET_MARK
        return {key: marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item) for item in value]
    return (
        {UNKNOWN: UNKNOWN_MARK, _SECRET_IN_PREVIEW: SECRET_MARK}.get(value, value) if isinstance(value, str) else value
    )
