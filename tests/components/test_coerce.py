"""From a dict, a stack file or Python to an args class: one way, one kind of error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pulumi
import pytest
from pulumi import Input

from fastapi_on_aws import UsageError
from fastapi_on_aws.args import Defaulted, arg, between, matching, not_empty
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.recording import record


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, kw_only=True)
class Inner:
    size: Defaulted[int] = arg(between(1, 99), default=3)


@dataclass(frozen=True, kw_only=True)
class Outer:
    name: Input[str] = arg(matching("[a-z]+", "must be lower-case letters"))
    count: Defaulted[int] = 2
    ratio: Defaulted[float] = 0.5
    active: Defaulted[bool] = True
    colour: Defaulted[Colour] = Colour.RED
    inner: Defaulted[Inner] = arg(factory=Inner)
    words: Defaulted[Sequence[Input[str]]] = arg(factory=list)
    table: Defaulted[Mapping[str, Inner]] = arg(factory=dict)
    some: Sequence[str] | None = arg(not_empty(), default=None)


def test_only_what_is_required_gives_every_default() -> None:
    made = coerce(Outer, {"name": "a"}, "outer")
    assert made == Outer(name="a"), "a dict and the constructor must mean the same"
    assert (made.count, made.inner.size, made.colour) == (2, 3, Colour.RED)


def test_everything_set_arrives_typed() -> None:
    made = coerce(
        Outer,
        {
            "name": "a",
            "count": 7,
            "ratio": 2,
            "active": False,
            "colour": "green",
            "inner": {"size": 9},
            "words": ["x"],
            "table": {"k": {"size": 4}},
            "some": ["y"],
        },
        "outer",
    )
    assert made == Outer(
        name="a",
        count=7,
        ratio=2.0,
        active=False,
        colour=Colour.GREEN,
        inner=Inner(size=9),
        words=["x"],
        table={"k": Inner(size=4)},
        some=["y"],
    )


def test_an_instance_is_checked_like_a_dict() -> None:
    with pytest.raises(UsageError, match="outer.inner.size is 0; it must be 1 to 99"):
        coerce(Outer, Outer(name="a", inner=Inner(size=0)), "outer")


def test_null_means_the_default() -> None:
    assert coerce(Outer, {"name": "a", "count": None, "inner": None}, "outer") == Outer(name="a")


def test_whole_floats_are_whole_numbers_since_other_languages_send_no_others() -> None:
    assert coerce(Outer, {"name": "a", "count": 3.0}, "outer").count == 3


def test_a_value_that_is_not_known_yet_passes_its_checks() -> None:
    def program() -> None:
        made = coerce(Outer, {"name": pulumi.Output.from_input("NOT lower case")}, "outer")
        assert isinstance(made.name, pulumi.Output)

    record(program)


def test_a_value_that_shapes_the_stack_must_be_known() -> None:
    def program() -> None:
        coerce(Outer, {"name": "a", "count": pulumi.Output.from_input(1)}, "outer")

    with pytest.raises(UsageError, match="outer.count decides which resources there are"):
        record(program)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "outer.name is missing: it has no default"),
        ({"name": "a", "cuont": 1}, "outer.cuont is not a setting; did you mean count?"),
        ({"name": "a", "zzz": 1}, "outer.zzz is not a setting; there are: active, colour, count, inner"),
        ({"name": "a", "count_": 1}, "outer.count_ is not a setting; did you mean count?"),
        ({"name": "a", "inner": {"sise": 1}}, "outer.inner.sise is not a setting; did you mean size?"),
        ({"name": "a", "table": {"k": {"sise": 1}}}, "outer.table.k.sise is not a setting; did you mean size?"),
        ({"name": "A"}, "outer.name is 'A'; it must be lower-case letters"),
        ({"name": 7}, "outer.name must be a text, not 7; put it in quotes"),
        ({"name": "a", "count": "many"}, "outer.count must be a whole number, not 'many'"),
        ({"name": "a", "count": 1.5}, "outer.count must be a whole number, not 1.5"),
        ({"name": "a", "count": True}, "outer.count must be a whole number, not true"),
        ({"name": "a", "active": "yes"}, "outer.active must be true or false, not 'yes'"),
        ({"name": "a", "colour": "gren"}, "outer.colour cannot be 'gren'; did you mean green?"),
        ({"name": "a", "colour": ["red"]}, "outer.colour cannot be a list"),
        ({"name": "a", "inner": "big"}, "outer.inner must be a map, not 'big'"),
        ({"name": "a", "inner": [1]}, "outer.inner must be a map, not a list"),
        ({"name": "a", "table": ["k"]}, "outer.table must be a map, not a list"),
        ({"name": "a", "words": "x"}, "outer.words must be a list, not 'x'"),
        ({"name": "a", "words": {"x": 1}}, "outer.words must be a list, not a map"),
        ({"name": "a", "words": ["x", 1]}, r"outer.words\[1\] must be a text, not 1"),
        ({"name": "a", "some": []}, "outer.some is an empty list; it must have something in it"),
        ("name", "outer must be a map, not 'name'"),
        ([], "outer must be a map, not an empty list"),
    ],
)
def test_what_cannot_work_is_refused_with_its_path(given: Any, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        coerce(Outer, given, "outer")
