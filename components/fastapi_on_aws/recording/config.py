"""Stack config as Pulumi programs see it: flat, with namespaced keys and text values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi_on_aws.errors import UsageError

from .graph import UNKNOWN, Secret, plain


@dataclass(frozen=True)
class Config:
    """All config of a stack."""

    values: Mapping[str, str] = field(default_factory=dict)
    """Text by full key. An encrypted key has a placeholder."""
    secrets: frozenset[str] = frozenset()
    """Full keys whose values are secret and known."""
    encrypted: frozenset[str] = frozenset()
    """Full keys whose values nobody can read without the stack's passphrase or key."""
    source: str = "the stack's config"
    """Where the values come from, for messages."""

    def shown(self) -> dict[str, Any]:
        """The values as a graph shows them, with secrets marked."""
        return {key: self._marked(key, value) for key, value in self.values.items()}

    def _marked(self, key: str, value: str) -> Any:
        if key in self.encrypted:
            return Secret(UNKNOWN)
        return Secret(value) if key in self.secrets else value


def full_key(key: str, project: str) -> str:
    """``size`` of project ``shop`` is ``shop:size``; other namespaces stay."""
    return key if ":" in key else f"{project}:{key}"


def config_of(given: Mapping[str, Any] | None, project: str) -> Config:
    """Flatten config given as Python values; raises ``UsageError`` for values that have no text form."""
    values: dict[str, str] = {}
    secrets: set[str] = set()
    for key, value in (given or {}).items():
        if not key:
            raise UsageError("config has an empty key")
        full = full_key(key, project)
        if full in values:
            raise UsageError(f"config has the key {full!r} twice, with and without its namespace")
        values[full] = as_text(plain(value), f"config[{key!r}]")
        if contains_secret(value):
            secrets.add(full)
    return Config(values, frozenset(secrets))


def contains_secret(value: Any) -> bool:
    """Whether a config value is, or contains, a ``Secret``."""
    if isinstance(value, Secret):
        return True
    if isinstance(value, Mapping):
        return any(contains_secret(item) for item in value.values())
    return isinstance(value, Sequence) and not isinstance(value, str) and any(contains_secret(item) for item in value)


def as_text(value: Any, where: str) -> str:
    """The text that ``pulumi.Config.get`` returns for a value of a stack file; ``where`` names it in messages."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    try:
        return json.dumps(value, separators=(",", ":"), sort_keys=True)
    except TypeError as error:
        raise UsageError(f"{where}: {error}; config holds texts, numbers, booleans, lists and maps") from error
