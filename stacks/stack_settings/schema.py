"""The JSON Schema of a stack file, made from the settings: ``python -m stack_settings.schema`` prints it.

Editors complete and check stack files with it; the program's own checks go further.
"""

import ast
import dataclasses
import inspect
import json
import textwrap
from collections.abc import Hashable
from enum import Enum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, cast

import yaml

from fastapi_on_aws.args import CHECKS
from fastapi_on_aws.coerce import Shape, shape_of, word
from fastapi_on_aws.regions import ZONE_LETTERS
from stack_settings.settings import StackSettings

PROJECT: Final[str] = yaml.safe_load((Path(__file__).parents[2] / "Pulumi.yaml").read_text())["name"]

_SCALARS: Final[dict[Any, str]] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def stack_file_schema() -> dict[str, Any]:
    """Of the whole file: our keys and the region are checked, other namespaces pass."""
    ours = {f"{PROJECT}:{name}": schema for name, schema in _properties(StackSettings).items()}
    region = {"enum": sorted(ZONE_LETTERS), "description": "AWS region."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Stack file of {PROJECT}",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": ["aws:region"],
                "properties": {"aws:region": region, **ours},
                "patternProperties": {f"^(?!{PROJECT}:)": {}},
                "additionalProperties": False,
            }
        },
    }


def _properties(cls: type) -> dict[str, Any]:
    docs = field_docs(cls)
    return {word(field.name): _property(field, docs[field.name]) for field in dataclasses.fields(cls)}


def _property(field: "dataclasses.Field[Any]", description: str) -> dict[str, Any]:
    shape = shape_of(cast(Hashable, field.type))
    schema = {**_type(shape), "description": description}
    for check in field.metadata.get(CHECKS, ()):
        schema.update({key: value for key, value in check.schema.items() if _applies(key, shape)})
    if isinstance(field.default, str | int | float) and not dataclasses.is_dataclass(shape.type):
        schema["default"] = field.default
    return schema


def _type(shape: Shape) -> dict[str, Any]:
    if isinstance(shape.type, type) and dataclasses.is_dataclass(shape.type):
        required = [word(f.name) for f in dataclasses.fields(shape.type) if _is_required(f)]
        block = {"type": "object", "properties": _properties(shape.type), "additionalProperties": False}
        return {**block, "required": required} if required else block
    if shape.type is dict and shape.items:
        return {"type": "object", "additionalProperties": _type(shape.items)}
    if shape.type is list and shape.items:
        return {"type": "array", "items": _type(shape.items)}
    if isinstance(shape.type, type) and issubclass(shape.type, Enum):
        return {"enum": [member.value for member in shape.type]}
    if shape.type in (Any, object):
        return {}  # another's words
    return {"type": _SCALARS[shape.type]}


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _applies(key: str, shape: Shape) -> bool:
    """``not_empty`` speaks of texts, lists and maps at once."""
    meant_for = {"minLength": str, "minItems": list, "minProperties": dict}
    return meant_for.get(key, shape.type) is shape.type


@cache
def field_docs(cls: type) -> dict[str, str]:
    """The docstring under each field of an args class, bases first."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        body = cast(ast.ClassDef, ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]).body
        for field, doc in pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant):
                docs[cast(ast.Name, field.target).id] = inspect.cleandoc(str(doc.value.value))
    return docs


if __name__ == "__main__":
    print(json.dumps(stack_file_schema(), indent=2))  # noqa: T201  # this is its output
