"""How requests move to a new version of a function: the words, and what Pulumi creates for them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pulumi_aws as aws
import pytest
from pulumi import ResourceOptions

from fastapi_on_aws import UsageError
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.recording import Graph, Mode, record
from fastapi_on_aws.serverless import rollout_function
from fastapi_on_aws.serverless.rollout import Rollout, alias_options, check_rollout_names
from fastapi_on_aws.serverless.rollout_args import RolloutArgs, RolloutKind, check_rollout
from tests.support.recorded import FUNCTION, LOG_GROUP, MODES, ROLE, ROLE_POLICY

INVOCATION = "aws:lambda/invocation:Invocation"
ALIAS = "aws:lambda/alias:Alias"
CANARY = RolloutArgs(kind=RolloutKind.CANARY)
LINEAR = RolloutArgs(kind=RolloutKind.LINEAR, percent=25, interval_seconds=120, check="/readyz")
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:shop"


def rollout(
    args: RolloutArgs = CANARY,
    mode: Mode = Mode.UPDATE,
    *,
    alarms: bool = False,
    days: int = 30,
    snapshots: bool = False,
) -> Graph:
    """A function's alias and what moves it."""

    def program() -> None:
        opts = ResourceOptions()
        alias = aws.lambda_.Alias(
            "shop", name="live", function_name="shop", function_version="7", opts=alias_options(args, opts)
        )
        Rollout(
            "shop",
            args,
            function_name="shop",
            function_arn=ARN,
            version="7",
            alias=alias,
            alarms=[errors_alarm().arn] if alarms else [],
            snapshots=snapshots,
            log_retention_days=days,
            opts=opts,
        )

    return record(program, mode=mode, config={"aws:region": "eu-west-1"})


def errors_alarm() -> aws.cloudwatch.MetricAlarm:
    """An alarm of somebody's."""
    return aws.cloudwatch.MetricAlarm(
        "shop-errors", comparison_operator="GreaterThanThreshold", evaluation_periods=1, threshold=1
    )


def sent(graph: Graph) -> dict[str, Any]:
    """What the function is called with."""
    order = json.loads(graph.one(INVOCATION).inputs["input"])
    assert isinstance(order, dict)
    return order


@pytest.mark.parametrize("mode", MODES)
def test_a_canary_needs_a_function_a_role_logs_and_a_call(mode: Mode) -> None:
    graph = rollout(mode=mode)
    types = [ALIAS, LOG_GROUP, ROLE, ROLE_POLICY, FUNCTION, INVOCATION]
    assert sorted(resource.type for resource in graph if resource.type.startswith("aws:")) == sorted(types)
    function = graph.one(FUNCTION).inputs
    assert (function["runtime"], function["architectures"]) == ("python3.13", ["arm64"])
    assert function["timeout"] == 900, "AWS's longest: the steps, and time to put everything back"
    assert function["handler"] == "fastapi_on_aws.serverless.rollout_function.handler"
    assert graph.one(INVOCATION).inputs["triggers"] == {"version": "7"}, "each version is rolled out, once"


def test_the_function_that_is_called_has_a_handler() -> None:
    module, _, name = rollout().one(FUNCTION).inputs["handler"].rpartition(".")
    assert rollout_function.__name__ == module
    assert callable(getattr(rollout_function, name)), "Lambda would answer with an import error"


def test_what_is_uploaded_runs_without_this_library(tmp_path: Path) -> None:
    """As on Lambda, where boto3 is, and nothing of ours but these files."""
    function = rollout().one(FUNCTION).inputs
    for name, asset in function["code"]["assets"].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(asset["text"])
    module, _, name = function["handler"].rpartition(".")
    program = f"import {module} as it; print(it.__file__); it.{name}"
    path = os.pathsep.join([str(tmp_path), str(Path(boto3.__file__).parents[1])])
    ran = subprocess.run(
        [sys.executable, "-S", "-c", program],  # -S: no path to the library, which is installed as it lies here
        env={"PYTHONPATH": path},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout.startswith(str(tmp_path)), "not the library's own file"


def test_everything_set_is_told_to_the_function() -> None:
    graph = rollout(LINEAR, alarms=True, days=90)
    alarm = graph.one("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert sent(graph) == {
        "function_name": "shop",
        "alias": "live",
        "version": "7",
        "percents": [25, 50, 75],
        "interval_seconds": 120,
        "alarms": [alarm.outputs["name"]],
        "check": "/readyz",
        "kept_versions": 0,
    }
    assert rollout_function.Order(**sent(graph)).version == "7", "the words are those that the function takes"
    assert graph.one(LOG_GROUP).inputs["retentionInDays"] == 90


def test_the_function_may_move_this_alias_watch_alarms_and_nothing_else() -> None:
    graph = rollout(alarms=True)
    logs, alias = graph.one(LOG_GROUP).outputs["arn"], graph.one(ALIAS).outputs["arn"]
    statements = json.loads(graph.one(ROLE_POLICY).inputs["policy"])["Statement"]
    assert [(s["Effect"], s["Action"], s["Resource"]) for s in statements] == [
        ("Allow", ["logs:CreateLogStream", "logs:PutLogEvents"], [f"{logs}:*"]),
        ("Allow", ["lambda:GetAlias", "lambda:UpdateAlias"], [ARN, alias]),
        ("Allow", ["lambda:GetFunctionConfiguration"], [ARN, f"{ARN}:*"]),
        ("Allow", ["cloudwatch:DescribeAlarms"], ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*"]),
    ]


def test_with_snapshots_it_may_delete_versions_and_never_the_function() -> None:
    graph = rollout(RolloutArgs(), snapshots=True)
    statements = {s["Sid"]: s for s in json.loads(graph.one(ROLE_POLICY).inputs["policy"])["Statement"]}
    assert statements["DeleteVersions"]["Resource"] == [f"{ARN}:*"], "the function's own ARN would delete all of it"
    assert (sent(graph)["kept_versions"], sent(graph)["percents"]) == (3, [])


def test_a_version_may_be_asked_only_where_it_is_to_be() -> None:
    actions = {s["Sid"]: s for s in json.loads(rollout(LINEAR).one(ROLE_POLICY).inputs["policy"])["Statement"]}
    assert actions["AskVersions"]["Resource"] == [f"{ARN}:*"]
    assert "AskVersions" not in rollout().one(ROLE_POLICY).inputs["policy"]


def test_without_alarms_none_may_be_read() -> None:
    statements = json.loads(rollout().one(ROLE_POLICY).inputs["policy"])["Statement"]
    assert [s["Sid"] for s in statements] == ["WriteLogs", "MoveAlias", "LookAtVersions"], (
        "AWS refuses a statement without resources"
    )


def test_it_is_called_after_its_role_may_do_its_work_and_the_alias_is_there() -> None:
    graph = rollout()
    function, call = graph.one(FUNCTION), graph.one(INVOCATION)
    assert graph.one(ROLE_POLICY).urn in function.dependencies
    assert {function.urn, graph.one(ALIAS).urn} <= set(call.dependencies)


def test_pulumi_leaves_an_alias_alone_that_a_rollout_moves() -> None:
    assert set(rollout().one(ALIAS).options.ignore_changes) == {"functionVersion", "routingConfig"}
    at_once = alias_options(RolloutArgs(), ResourceOptions())
    assert not at_once.ignore_changes, "all at once is Pulumi's own work, also after a rollout of another kind"


@pytest.mark.parametrize(
    ("args", "steps", "seconds"),
    [
        (CANARY, [10], 300),
        (RolloutArgs(kind=RolloutKind.CANARY, percent=50, interval_seconds=720), [50], 720),
        (RolloutArgs(kind=RolloutKind.LINEAR), [10, 20, 30, 40, 50, 60, 70, 80, 90], 60),
        (RolloutArgs(kind=RolloutKind.LINEAR, percent=30), [30, 60, 90], 60),
        (RolloutArgs(kind=RolloutKind.LINEAR, percent=99), [99], 60),
    ],
)
def test_steps_are_what_the_words_say(args: RolloutArgs, steps: list[int], seconds: int) -> None:
    args.check_together("rollout")
    assert (args.steps, args.step_seconds) == (steps, seconds)
    assert RolloutArgs().steps == [], "all at once has none"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            {"kind": "linear", "percent": 5},
            "rollout takes 1140 seconds (19 steps of 60), and a rollout can take 720; raise rollout.percent or lower"
            " rollout.interval_seconds",
        ),
        ({"percent": 20}, "rollout.percent is of a canary or linear rollout, and rollout.kind is all_at_once"),
        ({"kind": "canary", "percent": 100}, "rollout.percent is 100; it must be 1 to 99"),
        ({"kind": "canary", "interval_seconds": 30}, "rollout.interval_seconds is 30; it must be 60 to 720"),
        ({"kind": "blue_green"}, "rollout.kind"),
    ],
)
def test_words_that_cannot_work_are_refused(words: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        coerce(RolloutArgs, words, "rollout")
    assert sentence in str(refused.value)


def test_weights_and_provisioned_concurrency_are_refused_together() -> None:
    with pytest.raises(UsageError, match="lambda.rollout.kind is canary, and an alias with provisioned concurrency"):
        check_rollout(CANARY, provisioned=True, path="lambda")
    check_rollout(CANARY, provisioned=False, path="lambda")
    check_rollout(RolloutArgs(), provisioned=True, path="lambda")


def test_a_name_without_room_for_the_rollout_is_refused() -> None:
    with pytest.raises(UsageError, match="shorten the name"):
        record(lambda: check_rollout_names("x" * 49), config={"aws:region": "eu-west-1"})
