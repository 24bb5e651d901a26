"""The reference of a stack file's keys, made from its schema: ``python -m stack_settings.reference`` prints it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from stack_settings.capabilities import CAPABILITIES
from stack_settings.schema import PROJECT, stack_file_schema

INTRODUCTION: Final = f"""# Stack file

Every key under `config:`. Only `aws:region` is required, and what says so within a map that
is given. Maps nest as the dots say:

```yaml
config:
  aws:region: eu-west-1
  {PROJECT}:app:
    scaling: {{ min: 2, max: 10 }} # {PROJECT}:app.scaling.min and .max
```

A text that a number could be mistaken for goes in quotes. This page is made from the code (`make schema`).
"""

CAPABILITIES_HEAD: Final = """## What each pattern does with a word

A word is honoured; translated, which is the same in the runtime's own terms; noted, when it lies unused and the plan
says so; or refused, with a sentence.

| word | monolith | microservices | serverless | |
|---|---|---|---|---|
"""

_TYPES: Final = {"string": "text", "integer": "number", "boolean": "true or false", "object": "map"}

Row = tuple[str, str, str, str]


def reference() -> str:
    """Markdown: what becomes of the app's words, and one table for each top-level key."""
    keys = stack_file_schema()["properties"]["config"]["properties"]
    sections = [f"## `{key}`\n\n{_table(key, schema)}" for key, schema in keys.items()]
    return "\n".join([INTRODUCTION, _capabilities(), *sections])


def _capabilities() -> str:
    rows = [
        f"| `{row.word}` | {row.monolith} | {row.microservices} | {row.serverless} | {row.how} |\n"
        for row in CAPABILITIES
    ]
    return CAPABILITIES_HEAD + "".join(rows)


def _table(key: str, schema: Mapping[str, Any]) -> str:
    if key == "aws:region":
        return f"{schema['description']} Required. One of {_choices(schema)}.\n"
    rows = list(_rows(key, schema))
    head = ["| key | takes | default | meaning |", "|---|---|---|---|"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _rows(path: str, schema: Mapping[str, Any], *, required: bool = False) -> Iterator[Row]:
    default = "required" if required else f"`{_word(schema['default'])}`" if "default" in schema else ""
    yield f"`{path}`", _takes(schema), default, " ".join(schema["description"].split()).replace("|", "\\|")
    items = schema.get("additionalProperties")
    yield from _inner(path, schema)
    if isinstance(items, Mapping):
        yield from _inner(f"{path}.<name>", items)


def _inner(path: str, schema: Mapping[str, Any]) -> Iterator[Row]:
    required = schema.get("required", [])
    for name, inner in schema.get("properties", {}).items():
        yield from _rows(f"{path}.{name}", inner, required=name in required)


def _takes(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return _choices(schema)
    if schema["type"] == "array":
        return f"list of {_TYPES[schema['items']['type']]}s"
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['minimum']} to {schema['maximum']}"
    return _TYPES[schema["type"]]


def _choices(schema: Mapping[str, Any]) -> str:
    return ", ".join(f"`{choice}`" for choice in schema["enum"])


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201  # this is its output
