"""Who moves the alias of a function over several updates, on the real engine."""

import dataclasses
from typing import Final

import pytest

from tests.engine.command import EngineError
from tests.engine.rig import Rig
from tests.engine.stack import Stack
from tests.engine.standin.faults import Fault

ALIAS: Final = "aws:lambda/alias:Alias"
INVOCATION: Final = "aws:lambda/invocation:Invocation"
_CHANGES: Final = ("create", "update", "delete")
_PROGRAM: Final = """
import pulumi, pulumi_aws as aws
from fastapi_on_aws.serverless.rollout import Rollout, alias_options
from fastapi_on_aws.serverless.rollout_args import RolloutArgs, RolloutKind

config, opts = pulumi.Config(), pulumi.ResourceOptions()
rollout = RolloutArgs(kind=RolloutKind(config.require("kind")))
function = aws.lambda_.Function(
    "shop", name=config.require("name"), package_type="Image", image_uri="shop:" + config.require("image"),
    role="arn:aws:iam::123456789012:role/shop", publish=True,
)
alias = aws.lambda_.Alias(
    "shop", name="live", function_name=function.name, function_version=function.version,
    opts=alias_options(rollout, opts),
)
if rollout.shifts:
    Rollout(
        "shop", rollout, function_name=function.name, function_arn=function.arn, version=function.version, alias=alias,
        alarms=[], snapshots=False, log_retention_days=30, opts=opts,
    )
"""


@pytest.fixture
def stack(rig: Rig) -> Stack:
    """A function, its alias, and what moves it."""
    return rig.stack(rig.program(_PROGRAM))


def _up(rig: Rig, stack: Stack, kind: str, image: str, name: str = "shop") -> list[tuple[str, str]]:
    """An update; what it did with the alias and the calls."""
    stack.set_config({"shop:kind": kind, "shop:image": image, "shop:name": name})
    before = len(rig.log())
    stack.up()
    kinds = {ALIAS: "alias", INVOCATION: "call"}
    done = [(row["op"], row["urn"].split("::")[2]) for row in rig.log()[before:] if row["op"] in _CHANGES]
    return [(op, kinds[type_]) for op, type_ in done if type_ in kinds]


def _alias(rig: Rig) -> str:
    """The version of the alias, as Pulumi has last set it."""
    (alias,) = rig.cloud.all(ALIAS)
    return str(alias.state["functionVersion"])


def _rolled_out(rig: Rig, version: str) -> None:
    """What the function does, of which Pulumi hears nothing."""
    (alias,) = rig.cloud.all(ALIAS)
    moved = {"functionVersion": version}
    rig.cloud.put(dataclasses.replace(alias, inputs={**alias.inputs, **moved}, state={**alias.state, **moved}))


def test_a_new_version_is_rolled_out_by_a_call_and_the_alias_left_alone(rig: Rig, stack: Stack) -> None:
    assert _up(rig, stack, "canary", "1") == [("create", "alias"), ("create", "call")]
    assert _up(rig, stack, "canary", "1") == [], "nothing changed"
    assert _up(rig, stack, "canary", "2") == [("create", "call"), ("delete", "call")], "the call is made anew"
    assert _alias(rig) == "1", "the function moves it, step by step"


def test_the_kind_can_change_both_ways_and_the_alias_stays(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "all_at_once", "1")
    assert _up(rig, stack, "canary", "2") == [("create", "call")], "a shift starts from what serves"
    assert _alias(rig) == "1"
    _rolled_out(rig, "2")
    assert _up(rig, stack, "all_at_once", "2") == [("update", "alias"), ("delete", "call")]
    assert _alias(rig) == "2", "not back on what the state had"
    assert _up(rig, stack, "all_at_once", "3") == [("update", "alias")], "from then on it is Pulumi's again"
    assert _alias(rig) == "3"


def test_a_refresh_changes_nothing(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "canary", "1")
    _up(rig, stack, "canary", "2")
    _rolled_out(rig, "2")
    stack.refresh()
    assert _up(rig, stack, "canary", "2") == []
    assert _alias(rig) == "2", "the state knows what serves, and nobody sends an older version"
    assert _up(rig, stack, "canary", "3") == [("create", "call"), ("delete", "call")]
    assert _alias(rig) == "2"


def test_a_rollout_that_failed_is_tried_again(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "canary", "1")
    sentence = "version 2 was taken back at 10 % of requests: errors in state ALARM; version 1 has all requests again"
    rig.fail(Fault(match=INVOCATION, message=sentence))
    with pytest.raises(EngineError, match=sentence):
        _up(rig, stack, "canary", "2")
    assert _alias(rig) == "1"
    rig.fail()
    assert _up(rig, stack, "canary", "2") == [("create", "call"), ("delete", "call")], "the same version again"
    rig.fail(Fault(match=INVOCATION, message=sentence))
    with pytest.raises(EngineError, match=sentence):
        _up(rig, stack, "canary", "3")
    rig.fail()
    assert _up(rig, stack, "all_at_once", "3") == [("update", "alias"), ("delete", "call")], "or by force"
    assert _alias(rig) == "3"


def test_another_function_gets_an_alias_on_a_version_that_it_has(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "all_at_once", "1")
    _up(rig, stack, "all_at_once", "2")
    _up(rig, stack, "canary", "2", name="other")
    assert _alias(rig) == "1", "a new function begins with version 1, and has no version 2 yet"
