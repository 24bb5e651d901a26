"""The schema that editors check stack files with."""

import dataclasses
import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from jsonschema import Draft202012Validator

from fastapi_on_aws.coerce import shape_of
from stack_settings import StackSettings
from stack_settings.reference import reference
from stack_settings.schema import field_docs, stack_file_schema
from tests.support.recorded import ROOT, STACK_FILES, STACKS

VALIDATOR = Draft202012Validator(stack_file_schema())


def errors(config: dict[str, Any]) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors({"config": config})]


def test_the_checked_in_schema_is_that_of_the_code() -> None:
    written = json.loads((STACKS / "stack.schema.json").read_text())
    assert written == stack_file_schema(), "run `make schema`"


def test_the_checked_in_reference_is_that_of_the_code() -> None:
    assert (ROOT / "docs" / "stack-file.md").read_text() == reference(), "run `make schema`"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(stack_file_schema())


@pytest.mark.parametrize("path", STACK_FILES, ids=lambda path: path.name)
def test_every_stack_file_follows_it(path: Path) -> None:
    config = yaml.safe_load(path.read_text())["config"]
    assert errors(config) == []


@pytest.mark.parametrize(
    "config",
    [
        {"aws:region": "eu-west-9"},
        {"aws:region": "eu-west-1", "fastapi-on-aws:patern": "monolith"},
        {"aws:region": "eu-west-1", "fastapi-on-aws:app": {"scaling": {"min": -1}}},
        {"aws:region": "eu-west-1", "fastapi-on-aws:app": {"health": {"live": "livez"}}},
        {"aws:region": "eu-west-1", "fastapi-on-aws:app": "word"},
        {"aws:region": "eu-west-1", "fastapi-on-aws:services": {}},
        {"aws:region": "eu-west-1", "fastapi-on-aws:network": {"nat": "two"}},
        {"aws:region": "eu-west-1", "fastapi-on-aws:front_door": {"domain": {"name": "a.example.com"}}},
        {"aws:region": "eu-west-1", "fastapi-on-aws:ecs": {"log_retention_days": 8}},
        {"fastapi-on-aws:pattern": "monolith"},
    ],
    ids=str,
)
def test_an_editor_marks_what_the_program_would_refuse(config: dict[str, Any]) -> None:
    assert errors(config)


def test_other_namespaces_are_none_of_its_business() -> None:
    assert errors({"aws:region": "eu-west-1", "aws:profile": "me", "datadog:apiKey": {"secure": "x"}}) == []


def test_every_setting_is_described() -> None:
    def undescribed(schema: dict[str, Any], path: str) -> list[str]:
        own = [path] if "description" not in schema else []
        inner = {**schema.get("properties", {})}
        return own + [found for name, sub in inner.items() for found in undescribed(sub, f"{path}.{name}")]

    config = stack_file_schema()["properties"]["config"]["properties"]
    assert [found for key, schema in config.items() for found in undescribed(schema, key)] == []


def test_every_word_that_can_be_left_out_says_what_then_holds() -> None:
    left: list[type] = [StackSettings]
    silent = []
    for cls in left:
        for field in dataclasses.fields(cls):
            shape = shape_of(cast(Hashable, field.type))
            inner = shape.items or shape
            if dataclasses.is_dataclass(inner.type) and inner.type not in left:
                left.append(cast(type, inner.type))
            required = field.default is field.default_factory is dataclasses.MISSING
            if not (required or dataclasses.is_dataclass(shape.type)) and "efault" not in field_docs(cls)[field.name]:
                silent.append(f"{cls.__name__}.{field.name}")
    assert len(left) > 20
    assert silent == [], "a block has its words; the default of all else is a fact to look up"
