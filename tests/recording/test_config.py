"""Config given to ``record``, as the program sees it."""

from typing import Any

import pulumi
import pytest

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.recording import Secret, record


def seen(config: dict[str, Any], *keys: str) -> list[object]:
    """What ``pulumi.Config().get`` returns for each key."""
    found: list[object] = []
    record(lambda: found.extend(pulumi.Config().get(key) for key in keys), config=config)
    return found


def test_values_become_the_texts_that_programs_parse() -> None:
    config = {
        "text": "a",
        "number": 3,
        "yes": True,
        "no": False,
        "ratio": 0.5,
        "list": [1, "b"],
        "map": {"z": 1, "a": []},
    }
    assert seen(config, "text", "number", "yes", "no", "ratio", "list", "map", "missing") == [
        "a",
        "3",
        "true",
        "false",
        "0.5",
        '[1,"b"]',
        '{"a":[],"z":1}',
        None,
    ]


def test_keys_without_a_namespace_get_the_projects() -> None:
    found: list[object] = []

    def program() -> None:
        found.extend(
            [pulumi.Config().get("size"), pulumi.Config("shop").get("size"), pulumi.Config("aws").get("region")]
        )

    record(program, project="shop", config={"size": 1, "aws:region": "eu-west-1"})
    assert found == ["1", "1", "eu-west-1"]


def test_a_key_that_is_there_with_and_without_its_namespace_is_refused() -> None:
    with pytest.raises(UsageError, match="'shop:size' twice"):
        record(lambda: None, project="shop", config={"size": 1, "shop:size": 2})


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(UsageError, match="empty key"):
        record(lambda: None, config={"": 1})


def test_a_value_without_a_text_form_is_refused() -> None:
    with pytest.raises(UsageError, match=r"config\['when'\]"):
        record(lambda: None, config={"when": {"a": object()}})


def test_secret_values_are_secret_keys_at_any_depth() -> None:
    def program() -> None:
        config = pulumi.Config()
        pulumi.export("password", config.require_secret("password"))
        pulumi.export("nested", config.require_secret_object("nested"))
        pulumi.export("plain", config.get("password"))
        pulumi.export(
            "keys", [pulumi.runtime.is_config_secret(f"project:{key}") for key in ("password", "nested", "size")]
        )

    graph = record(program, config={"password": Secret("x"), "nested": {"a": Secret("y")}, "size": 1})
    assert graph.outputs == {
        "password": Secret("x"),
        "nested": Secret({"a": "y"}),
        "plain": "x",
        "keys": [True, True, False],
    }


def test_two_recordings_do_not_share_config() -> None:
    assert seen({"size": 1}, "size") == ["1"]
    assert seen({}, "size") == [None]


def test_a_mode_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'destroy' is not a valid Mode"):
        record(lambda: None, mode="destroy")
