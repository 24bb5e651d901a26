import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, ValidationError

from fastapi_on_aws.plan import SCHEMA_VERSION, document, schema
from fastapi_on_aws.recording.graph import UNKNOWN, Mode, Options, Secret
from tests.plan.graphs import PASSWORD, graph, resource, urn, web_shop
from tests.plan.test_values import VALUES

VALIDATOR = Draft202012Validator(schema())


def of(name: str, plan: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in plan["resources"] if item["name"] == name)
    return found


def test_the_schema_is_a_schema_and_has_the_version_of_the_document() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_a_document_is_valid() -> None:
    VALIDATOR.validate(document(web_shop()))


def test_an_empty_program_makes_a_valid_document() -> None:
    VALIDATOR.validate(document(graph()))


@given(VALUES)
def test_whatever_a_program_passes_the_document_is_valid_json_without_secrets(value: Any) -> None:
    plan = document(graph(resource("aws:sqs/queue:Queue", "q", {"tags": value}), outputs={"out": value}))
    VALIDATOR.validate(plan)
    assert PASSWORD not in json.dumps(plan, allow_nan=False)


def test_the_schema_refuses_a_marker_with_anything_beside_it() -> None:
    plan = document(graph(outputs={"x": Secret(PASSWORD)}))
    plan["outputs"]["x"]["value"] = PASSWORD
    with pytest.raises(ValidationError):
        VALIDATOR.validate(plan)


def test_unknown_and_secret_values_are_marked_at_any_depth() -> None:
    outputs = document(web_shop())["outputs"]
    assert outputs == {
        "all": [{"of": {"$secret": True}}, {"$unknown": True}],
        "count": 3,
        "password": {"$secret": True},
        "url": {"$unknown": True},
    }


def test_a_secret_that_is_still_unknown_is_marked_secret() -> None:
    assert document(graph(outputs={"x": Secret(UNKNOWN)}))["outputs"] == {"x": {"$secret": True}}


def test_no_secret_is_anywhere_in_the_document() -> None:
    assert PASSWORD not in json.dumps(document(web_shop()))


def test_resources_keep_the_order_of_registration_and_maps_are_sorted() -> None:
    plan = document(web_shop())
    assert [item["name"] for item in plan["resources"]][:3] == ["shop-dev", "web", "web-network"]
    assert list(of("web-public-a", plan)["inputs"]) == ["availabilityZone", "cidrBlock", "vpcId"]


def test_the_same_graph_makes_the_same_text() -> None:
    assert json.dumps(document(web_shop())) == json.dumps(document(web_shop()))


def test_only_options_that_differ_from_the_defaults_are_listed() -> None:
    plan = document(web_shop())
    service = next(item for item in plan["resources"] if item["type"] == "aws:ecs/service:Service")
    assert service["options"] == {"ignore_changes": ["desiredCount"], "protect": True}
    assert of("web-vpc", plan)["options"] == {}


def test_every_option_is_known_to_the_schema() -> None:
    options = Options(
        protect=True,
        ignore_changes=("a",),
        replace_on_changes=("b",),
        replacement_trigger="t",
        delete_before_replace=False,
        retain_on_delete=True,
        deleted_with=urn("a:b:C", "d"),
        aliases=(urn("a:b:C", "old"),),
        additional_secret_outputs=("s",),
        import_id="i-1",
        custom_timeouts={"create": "5m"},
        version="7.51.1",
    )
    plan = document(graph(resource("aws:sqs/queue:Queue", "q", options=options)))
    VALIDATOR.validate(plan)
    assert set(of("q", plan)["options"]) == {field.name for field in dataclasses.fields(Options)}, (
        "each option is set above, and in the document"
    )


def test_source_positions_are_relative_to_the_project() -> None:
    def source(root: Path | None) -> object:
        services = [r for r in document(web_shop(), root)["resources"] if r["type"] == "aws:ecs/service:Service"]
        return services[0]["source"]

    assert source(Path("/home/me/shop")) == {"line": 12, "path": "stacks/__main__.py"}
    assert source(Path("/elsewhere")) is None, "where a library is installed differs from machine to machine"
    assert source(None) == {"line": 12, "path": "/home/me/shop/stacks/__main__.py"}


def test_whole_numbers_are_integers_and_enums_their_values() -> None:
    inputs = document(graph(resource("a:b:C", "x", {"count": 2.0, "share": 0.5, "mode": Mode.PREVIEW})))
    assert json.dumps(of("x", inputs)["inputs"]) == '{"count": 2, "mode": "preview", "share": 0.5}'


def test_a_value_without_a_json_form_is_named_by_its_type() -> None:
    plan = document(graph(resource("a:b:C", "x", {"what": object()})))
    VALIDATOR.validate(plan)
    assert of("x", plan)["inputs"] == {"what": {"$object": "object"}}
