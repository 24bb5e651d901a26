"""A service on EKS that tries a new version with some of its requests first: what it has, and in which order."""

import dataclasses
import json
from typing import Any, Final

import pulumi
import pytest

from fastapi_on_aws import (
    EksRolloutArgs,
    EksRolloutKind,
    EksServiceArgs,
    ImageRef,
    ScalingArgs,
)
from fastapi_on_aws.eks import canary_function
from fastapi_on_aws.recording import UNKNOWN, Graph, Mode, Resource
from tests.components.eks_clusters import waits_for
from tests.components.eks_services import (
    AUTOSCALER,
    BINDING,
    BUDGET,
    DEPLOYMENT,
    EVERYTHING,
    KUBERNETES_SERVICE,
    NAMESPACE,
    NETWORK_POLICY,
    WEB,
    WORKER,
    service,
)
from tests.support.recorded import FUNCTION, LISTENER_RULE, LOG_GROUP, MODES, ROLE, ROLE_POLICY, TARGET_GROUP

ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
INVOCATION: Final = "aws:lambda/invocation:Invocation"
IN_THE_CLUSTER: Final = [DEPLOYMENT, AUTOSCALER, BUDGET, KUBERNETES_SERVICE, BINDING]
CANARY: Final = EksRolloutArgs(kind=EksRolloutKind.CANARY)
TRIED: Final = dataclasses.replace(WEB, rollout=CANARY)
ALL_WORDS: Final = EksRolloutArgs(
    kind=EksRolloutKind.CANARY,
    percent=20,
    interval_seconds=480,
    errors_percent=2.5,
    slowest_seconds=0.5,
    max_surge_percent=50,
    max_unavailable_percent=10,
    ready_seconds=900,
)
LISTENER_ARN: Final = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/lb/1/2"


def pair(graph: Graph, type_: str) -> tuple[Resource, Resource]:
    """Of the pods that serve, and of those that try."""
    assert len(graph.of_type(type_)) == 2
    return graph.one(type_, "shop"), graph.one(type_, "shop-canary")


def order(graph: Graph) -> dict[str, Any]:
    """What the function is told."""
    told = json.loads(graph.one(FUNCTION).inputs["environment"]["variables"]["ORDER"])
    assert isinstance(told, dict)
    return told


def selects(selector: dict[str, str], pods: dict[str, str]) -> bool:
    return selector.items() <= pods.items()


@pytest.mark.parametrize("mode", MODES)
def test_a_canary_adds_pods_a_group_and_a_function_that_moves_requests(mode: Mode) -> None:
    rolling, tried = service(WEB, mode), service(TRIED, mode)
    there = {resource.urn for resource in rolling}
    assert sorted(resource.type for resource in tried if resource.urn not in there) == sorted(
        [*IN_THE_CLUSTER, TARGET_GROUP, ALARM, ALARM, LOG_GROUP, ROLE, ROLE_POLICY, FUNCTION, INVOCATION]
    )
    assert there < {resource.urn for resource in tried}, "all that serves is there as before"


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    graph = service(dataclasses.replace(EVERYTHING, rollout=ALL_WORDS, log_retention_days=90), mode)
    stable, canary = pair(graph, DEPLOYMENT)
    for deployment in (stable, canary):
        spec = deployment.inputs["spec"]
        assert spec["strategy"]["rollingUpdate"] == {"maxSurge": "50%", "maxUnavailable": "10%"}
        assert spec["progressDeadlineSeconds"] == 900
    scaled, few = (one.inputs["spec"] for one in pair(graph, AUTOSCALER))
    assert (scaled["minReplicas"], scaled["maxReplicas"]) == (3, 12)
    assert (few["minReplicas"], few["maxReplicas"]) == (1, 3), "a fifth, rounded up"
    assert few["scaleTargetRef"]["name"] == "shop-canary"
    assert few["metrics"] == scaled["metrics"]
    thresholds = {alarm.name: alarm.inputs["threshold"] for alarm in graph.of_type(ALARM)}
    assert thresholds == {
        "shop-canary-server-errors": 2.5,
        "shop-canary-connection-errors": 2.5,
        "shop-canary-slow": 0.5,
    }
    assert graph.one(LOG_GROUP).inputs["retentionInDays"] == 90
    if mode is Mode.UPDATE:
        told = order(graph)
        assert (told["percent"], told["interval_seconds"], len(told["alarms"])) == (20, 480, 3)


def test_the_words_are_those_that_the_function_takes() -> None:
    graph = service(TRIED)
    stable, canary = (one.outputs["arn"] for one in pair(graph, TARGET_GROUP))
    assert canary_function.Order(**order(graph)) == canary_function.Order(
        service="shop",
        listener=LISTENER_ARN,
        priority=graph.one(LISTENER_RULE, "shop").inputs["priority"],
        stable=stable,
        canary=canary,
        percent=10,
        interval_seconds=300,
        alarms=[alarm.outputs["name"] for alarm in graph.of_type(ALARM)],
    )
    assert graph.one(FUNCTION).inputs["handler"] == f"{canary_function.__name__}.handler"


@pytest.mark.parametrize("args", [WEB, TRIED, WORKER])
def test_no_two_deployments_ask_for_the_same_pods(args: EksServiceArgs) -> None:
    graph = service(args)
    deployments = graph.of_type(DEPLOYMENT)
    for one in deployments:
        spec = one.inputs["spec"]
        wanted, labels = spec["selector"]["matchLabels"], spec["template"]["metadata"]["labels"]
        assert selects(wanted, labels), "Kubernetes refuses it"
        others = [other.inputs["spec"]["template"]["metadata"]["labels"] for other in deployments if other is not one]
        assert not any(selects(wanted, other) for other in others), "they would delete each other's pods"
        assert set(wanted) == {"app.kubernetes.io/name", "track"}, "a selector can never change: from the first day"


def test_switching_to_a_canary_and_back_changes_nothing_of_the_pods_that_serve() -> None:
    before, after = service(WEB), service(TRIED)
    for type_ in (DEPLOYMENT, KUBERNETES_SERVICE, BINDING, BUDGET, AUTOSCALER, TARGET_GROUP):
        assert before.one(type_, "shop").inputs == after.one(type_, "shop").inputs, f"{type_} is touched"
    for type_ in (NAMESPACE, NETWORK_POLICY):
        assert before.one(type_).inputs == after.one(type_).inputs
    rules = [graph.one(LISTENER_RULE, "shop").inputs for graph in (before, after)]
    assert rules[0] == rules[1], "no request is moved by it"


def test_each_service_and_budget_has_the_pods_of_its_track_and_the_policy_all() -> None:
    graph = service(TRIED)
    stable, canary = (one.inputs["spec"]["template"]["metadata"]["labels"] for one in pair(graph, DEPLOYMENT))
    first, second = (one.inputs["spec"]["selector"] for one in pair(graph, KUBERNETES_SERVICE))
    assert (selects(first, stable), selects(first, canary)) == (True, False), "nor do calls reach what is tried"
    assert (selects(second, stable), selects(second, canary)) == (False, True)
    kept, others = (one.inputs["spec"]["selector"]["matchLabels"] for one in pair(graph, BUDGET))
    assert (selects(kept, stable), selects(kept, canary)) == (True, False), "what is broken keeps no other on its node"
    assert (selects(others, stable), selects(others, canary)) == (False, True)
    policy = graph.one(NETWORK_POLICY).inputs["spec"]["podSelector"]["matchLabels"]
    assert selects(policy, stable)
    assert selects(policy, canary), "no pod is without one"


@pytest.mark.parametrize("mode", MODES)
def test_both_run_the_same_and_each_has_a_target_group_of_its_own(mode: Mode) -> None:
    graph = service(dataclasses.replace(EVERYTHING, rollout=CANARY), mode)
    stable, canary = (one.inputs["spec"]["template"]["spec"] for one in pair(graph, DEPLOYMENT))
    assert stable == canary
    groups, bindings = pair(graph, TARGET_GROUP), pair(graph, BINDING)
    for group, binding, name in zip(groups, bindings, ("shop", "shop-canary"), strict=True):
        assert binding.inputs["spec"]["serviceRef"]["name"] == name
        assert binding.inputs["spec"]["targetGroupARN"] == group.outputs.get("arn", UNKNOWN)
    kept = {key: value for key, value in groups[0].inputs.items() if key != "name"}
    assert kept == {key: value for key, value in groups[1].inputs.items() if key != "name"}


def test_requests_go_to_the_pods_that_serve_until_the_function_says_else() -> None:
    graph = service(TRIED)
    stable, canary = (one.outputs["arn"] for one in pair(graph, TARGET_GROUP))
    rule = graph.one(LISTENER_RULE, "shop")
    assert rule.inputs["actions"] == [{"type": "forward", "targetGroupArn": stable}]
    assert not rule.options.ignore_changes, "the function puts back what Pulumi has said"
    (checked,) = graph.one(LISTENER_RULE, "shop.attachment").inputs["actions"]
    assert [group["arn"] for group in checked["forward"]["targetGroups"]] == [stable, canary], (
        "the load balancer checks the health of groups that a rule names, and of no others"
    )


def test_the_pods_that_serve_are_touched_only_once_the_others_were_tried() -> None:
    graph = service(TRIED)
    stable, canary = pair(graph, DEPLOYMENT)
    call = graph.one(INVOCATION)
    before = waits_for(graph, call)
    assert canary.urn in before, "they are ready then"
    assert call.urn in waits_for(graph, stable), "and a bad one fails before"
    assert stable.urn in waits_for(graph, graph.one(LISTENER_RULE, "shop")), "requests come once pods serve"
    assert graph.one(ROLE_POLICY).urn in before, "or its first request is refused"
    assert {alarm.urn for alarm in graph.of_type(ALARM)} <= before
    assert stable.urn not in waits_for(graph, canary)
    for deployment, binding in zip((stable, canary), pair(graph, BINDING), strict=True):
        assert binding.urn in waits_for(graph, deployment), "a pod older than its binding has no readiness gate"
        assert call.urn not in waits_for(graph, binding), "nothing but the pods themselves has to wait"


def calls(**change: Any) -> tuple[Any, Any]:
    """What makes the call anew: its input and its trigger."""
    call = service(dataclasses.replace(TRIED, **change)).one(INVOCATION)
    return call.inputs["input"], call.inputs["triggers"]


@pytest.mark.parametrize(
    "change",
    [
        {"image": ImageRef(uri="shop:2", architecture=WEB.image.architecture)},
        {"env": {"LOG_LEVEL": "debug"}},
        {"memory": "2 GB"},
        {"drain_seconds": 40},
        {"secrets": {"KEY": "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key"}},
    ],
)
def test_whatever_makes_other_pods_is_tried(change: dict[str, Any]) -> None:
    assert calls(**change) != calls()


@pytest.mark.parametrize(
    "change",
    [
        {"scaling": ScalingArgs(min=3, max=30)},
        {"rollout": ALL_WORDS},
        {"callers": ["orders"]},
        {"log_retention_days": 90},
    ],
)
def test_what_leaves_the_pods_as_they_are_costs_no_time(change: dict[str, Any]) -> None:
    assert calls(**change) == calls(), "another percentage is no new version"


def test_an_image_that_is_not_known_yet_can_be_planned() -> None:
    def later() -> EksServiceArgs:
        return dataclasses.replace(
            TRIED, image=ImageRef(uri=pulumi.Output.from_input("shop:2"), architecture=WEB.image.architecture)
        )

    graph = service(later())
    assert (
        graph.one(INVOCATION).inputs["triggers"]
        == calls(image=ImageRef(uri="shop:2", architecture=WEB.image.architecture))[1]
    ), "what is known late counts the same"


def test_the_function_may_change_this_rule_and_look_and_nothing_else() -> None:
    graph = service(TRIED)
    logs = graph.one(LOG_GROUP).outputs["arn"]
    statements = json.loads(graph.one(ROLE_POLICY).inputs["policy"])["Statement"]
    rules = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/lb/1/2/*"
    looks = ["elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetHealth"]
    assert [(s["Action"], s["Resource"], s.get("Condition")) for s in statements] == [
        (["logs:CreateLogStream", "logs:PutLogEvents"], [f"{logs}:*"], None),
        (
            ["elasticloadbalancing:ModifyRule"],
            [rules],
            {"StringEquals": {"aws:ResourceTag/fastapi-on-aws:service": "shop"}},
        ),
        (looks, ["*"], None),
        (["cloudwatch:DescribeAlarms"], ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*"], None),
    ]
    for args in (TRIED, WEB):
        tags = service(args).one(LISTENER_RULE, "shop").inputs["tags"]
        assert tags == {"fastapi-on-aws:service": "shop"}, "also of a rule that is there when a canary is asked for"


def test_the_alarms_look_at_the_new_pods_alone() -> None:
    graph = service(TRIED)
    suffix = graph.one(TARGET_GROUP, "shop-canary").outputs["arnSuffix"]
    for alarm in graph.of_type(ALARM):
        measured = [query["metric"] for query in alarm.inputs["metricQueries"] if "metric" in query]
        names_of_a_group = {"RequestCount", "HTTPCode_Target_5XX_Count", "TargetConnectionErrorCount"}
        assert {metric["metricName"] for metric in measured} <= names_of_a_group, "others are of a load balancer alone"
        assert {metric["dimensions"]["TargetGroup"] for metric in measured} == {suffix}
        assert {metric["dimensions"]["LoadBalancer"] for metric in measured} == {"app/lb/1"}
        assert alarm.inputs["treatMissingData"] == "notBreaching", "at rest they have no requests"


@pytest.mark.parametrize(
    ("least", "most", "pods"), [(1, 1, (1, 1)), (10, 10, (1, 1)), (11, 30, (2, 3)), (2, 10, (1, 1))]
)
def test_there_are_as_many_as_the_share_asks_for(least: int, most: int, pods: tuple[int, int]) -> None:
    graph = service(dataclasses.replace(TRIED, scaling=ScalingArgs(min=least, max=most)))
    scaled = graph.one(AUTOSCALER, "shop-canary").inputs["spec"]
    assert (scaled["minReplicas"], scaled["maxReplicas"]) == pods
    assert graph.one(DEPLOYMENT, "shop-canary").inputs["spec"]["replicas"] == pods[0], "with which it begins"
