from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_on_aws.plan.document import to_json
from fastapi_on_aws.plan.values import Knowledge, as_text, knowledge_of, look_up, show
from fastapi_on_aws.recording.graph import UNKNOWN, Secret
from tests.plan.graphs import PASSWORD

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
LEAVES = SCALARS | st.just(UNKNOWN) | st.just(Secret(PASSWORD)) | st.just(Secret([{"a": PASSWORD}]))
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        (2.0, "2"),
        (0.5, "0.5"),
        (True, "true"),
        (None, "null"),
        (["a", 1], "[a, 1]"),
        ({"a": {"b": [False]}}, "{a: {b: [false]}}"),
        (UNKNOWN, "known after up"),
        (Secret(PASSWORD), "[secret]"),
        ([UNKNOWN, Secret(PASSWORD)], "[known after up, [secret]]"),
        (object(), "<object>"),
    ],
)
def test_a_value_is_one_line_of_text(value: Any, text: str) -> None:
    assert as_text(value) == text


def test_line_breaks_and_escape_sequences_are_spelt_out() -> None:
    assert as_text("a\nb\x1b[31mc") == "a\\nb\\x1b[31mc", "a value must not move the cursor or colour the terminal"


def test_a_long_text_is_cut() -> None:
    assert show("x" * 500).text == "x" * 97 + "...", "one property must not fill the screen"


def test_the_path_to_a_value_ends_at_an_unknown_or_secret() -> None:
    inputs = {"a": {"b": [{"c": 1}]}, "unknown": UNKNOWN, "secret": Secret({"x": PASSWORD})}
    assert look_up(inputs, "a.b.0.c") == 1
    assert look_up(inputs, "unknown.x.y") is UNKNOWN
    assert isinstance(look_up(inputs, "secret.x"), Secret), "a part of a secret is secret"
    for missing in ("z", "a.z", "a.b.1", "a.b.c", "a.b.0.c.d"):
        assert look_up(inputs, missing) is None, f"nothing is at {missing}"


def test_one_secret_part_makes_a_computed_text_secret_even_beside_an_unknown_one() -> None:
    assert knowledge_of([UNKNOWN, {"a": [Secret(1)]}]) is Knowledge.SECRET
    assert knowledge_of([{"a": UNKNOWN}, 1]) is Knowledge.UNKNOWN
    assert knowledge_of([{"a": [1]}, "x"]) is Knowledge.KNOWN


@given(VALUES)
def test_no_secret_leaks_however_deep_it_lies(value: Any) -> None:
    assert PASSWORD not in as_text(value)
    assert PASSWORD not in repr(to_json(value))


@given(VALUES)
def test_text_is_always_one_printable_line(value: Any) -> None:
    assert as_text(value).isprintable()
