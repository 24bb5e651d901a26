"""A plan as a JSON document for machines; ``plan.schema.json`` is its contract."""

import json
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any, Final

from fastapi_on_aws.plan.counts import count
from fastapi_on_aws.plan.notes import notes
from fastapi_on_aws.recording.graph import Graph, Options, Resource, Secret, SourcePosition, Unknown

SCHEMA_VERSION: Final = 1
"""Raised when a key goes away or changes its meaning; new keys do not raise it."""

_DEFAULTS: Final = Options()


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("plan.schema.json").read_text(encoding="utf-8"))
    return loaded


def document(graph: Graph, root: Path | None = None) -> dict[str, Any]:
    """The document of a graph.

    With a ``root``, the project's folder, source positions are relative to it, and those outside it (the SDK's, an
    installed library's) are left out: they differ from machine to machine.
    """
    counts = count(graph)
    return {
        "schema_version": SCHEMA_VERSION,
        "project": graph.project,
        "stack": graph.stack,
        "mode": str(graph.mode),
        "resources": [_resource(resource, root) for resource in graph],
        "outputs": to_json(graph.outputs),
        "notes": [
            {"severity": note.severity, "message": note.message, "resources": list(note.resources)}
            for note in notes(graph)
        ],
        "counts": {
            "resources": counts.resources,
            "components": counts.components,
            "providers": counts.providers,
            "read": counts.read,
            "by_type": dict(counts.by_type),
        },
    }


def to_json(value: Any) -> Any:
    """A value as JSON has it, with ``{"$unknown": true}`` and ``{"$secret": true}`` in place of what cannot be told.

    Maps are sorted by key. Whole numbers are integers, however the program or the wire spelt them.
    """
    plain: Any
    match value:
        case Unknown():
            plain = {"$unknown": True}
        case Secret():
            plain = {"$secret": True}
        case Mapping():
            plain = {str(key): to_json(value[key]) for key in sorted(value, key=str)}
        case list() | tuple():
            plain = [to_json(item) for item in value]
        case Enum():
            plain = to_json(value.value)
        case float() if value.is_integer():
            plain = int(value)
        case None | bool() | int() | float() | str():
            plain = value
        case _:
            plain = {"$object": type(value).__name__}
    return plain


def _resource(resource: Resource, root: Path | None) -> dict[str, Any]:
    return {
        "type": resource.type,
        "name": resource.name,
        "urn": resource.urn,
        "parent": resource.parent,
        "custom": resource.custom,
        "read": resource.read,
        "inputs": to_json(resource.inputs),
        "dependencies": sorted(resource.dependencies),
        "provider": resource.provider,
        "options": _options(resource.options),
        "source": _source(resource.source, root),
    }


def _options(options: Options) -> dict[str, Any]:
    """The options that differ from Pulumi's defaults."""
    values = {field.name: getattr(options, field.name) for field in fields(options)}
    return {name: to_json(value) for name, value in sorted(values.items()) if value != getattr(_DEFAULTS, name)}


def _source(position: SourcePosition | None, root: Path | None) -> dict[str, Any] | None:
    if position is None:
        return None
    path = Path(position.path)
    if root is not None:
        if not path.is_relative_to(root) or "site-packages" in path.parts:
            return None
        path = path.relative_to(root)
    return {"path": path.as_posix(), "line": position.line}
