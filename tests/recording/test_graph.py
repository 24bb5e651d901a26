"""The recorded graph itself, without a program."""

import pytest

from fastapi_on_aws.recording import UNKNOWN, Graph, Mode, Resource, Secret, Unknown, plain


def resource(type_: str, name: str, parent: str | None = None) -> Resource:
    return Resource(urn=f"urn::{name}", type=type_, name=name, parent=parent, custom=True, inputs={})


def graph(*resources: Resource) -> Graph:
    return Graph(project="p", stack="s", mode=Mode.PREVIEW, resources={r.urn: r for r in resources}, outputs={})


def test_plain_strips_secrets_at_any_depth_and_keeps_unknowns() -> None:
    value = {"a": Secret({"b": [Secret("x"), UNKNOWN]}), "c": 1}
    assert plain(value) == {"a": {"b": ["x", UNKNOWN]}, "c": 1}


def test_printing_a_secret_does_not_show_it() -> None:
    assert "hunter2" not in repr(Secret("hunter2"))


def test_there_is_one_unknown_and_it_is_false() -> None:
    assert Unknown() is UNKNOWN
    assert not UNKNOWN
    assert repr(UNKNOWN) == "UNKNOWN"


def test_one_finds_the_only_resource_of_a_type_or_of_a_name() -> None:
    found = graph(resource("t:a:A", "one"), resource("t:b:B", "two"), resource("t:b:B", "three"))
    assert found.one("t:a:A").name == "one"
    assert found.one("t:b:B", "three").name == "three"
    assert [r.name for r in found.of_type("t:b:B")] == ["two", "three"]


def test_one_says_what_there_is_when_there_is_not_exactly_one() -> None:
    found = graph(resource("t:b:B", "two"), resource("t:b:B", "three"))
    with pytest.raises(LookupError, match="exactly one t:b:B, found 2; there are: three, two"):
        found.one("t:b:B")
    with pytest.raises(LookupError, match="exactly one t:c:C, found 0; there are: t:b:B"):
        found.one("t:c:C")


def test_children_are_the_resources_with_that_parent() -> None:
    parent = resource("t:a:A", "one")
    child = resource("t:b:B", "two", parent=parent.urn)
    assert graph(parent, child).children(parent.urn) == [child]
