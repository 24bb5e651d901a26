"""How an ECS service is replaced without failing a request, scales, and is told apart from what it should be."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from fastapi_on_aws import ScalingArgs, ServiceArgs, UsageError
from fastapi_on_aws.recording import Answers, Graph, Mode
from tests.components.ecs_services import EVERYTHING, WEB, service
from tests.components.monoliths import monolith
from tests.support.recorded import LISTENER_RULE, SERVICE, TARGET_GROUP, TASK_DEFINITION, names

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"

GET_SERVICE = "aws:ecs/getService:getService"
SHOP_7 = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:7"
SHOP_6 = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:6"


def existing_service(mode: Mode, *, runs: str) -> Graph:
    """A service that is there already: shop:7 is asked for, and AWS tells which one runs."""
    arn = "arn:aws:ecs:eu-west-1:123456789012:service/shop/shop-1"
    known: dict[str, Mapping[str, Any]] = {
        SERVICE: {"id": arn, "name": "shop-1"},
        TASK_DEFINITION: {"id": "shop", "arn": SHOP_7},
    }
    outputs = {type_: lambda resource, _mode: known[resource.type] for type_ in known}
    return service(WEB, mode, answers=Answers(invokes={GET_SERVICE: {"taskDefinition": runs}}, outputs=outputs))


def test_a_deployment_never_goes_below_what_runs_and_rolls_back() -> None:
    inputs = service(WEB).one(SERVICE).inputs
    assert inputs["deploymentMinimumHealthyPercent"] == 100
    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert inputs["waitForSteadyState"] is True


def test_tasks_are_checked_before_they_get_requests_and_get_none_when_they_leave() -> None:
    graph = service(WEB)
    rule = graph.one(LISTENER_RULE, "shop")
    (attachment,) = [other for other in graph.of_type(LISTENER_RULE) if other != rule]
    assert attachment.inputs["conditions"] == [{"hostHeader": {"values": ["shop.invalid"]}}], "it matches nothing"
    assert attachment.urn in graph.one(SERVICE).dependencies, "ECS refuses a target group that no load balancer uses"
    assert graph.one(SERVICE).urn in rule.dependencies, "a rule that leads to no task yet answers 503"
    assert attachment.inputs["priority"] != rule.inputs["priority"]


def test_another_load_balancer_gets_another_target_group() -> None:
    assert service(WEB).one(TARGET_GROUP).options.replacement_trigger == "app/lb/1", (
        "AWS lets a target group be used by one load balancer only"
    )


def test_another_port_cuts_nobody_off() -> None:
    before, after = service(WEB), service(dataclasses.replace(WEB, port=9000))
    assert before.one(TARGET_GROUP).inputs == after.one(TARGET_GROUP).inputs, "a replaced group starts empty"
    rules = [r for r in after if r.name.startswith("shop-requests")]
    assert len(rules) == 2
    assert all(set(r.options.replace_on_changes) == {"fromPort", "toPort"} for r in rules), (
        "the new way in is there before the old one goes"
    )


def test_autoscaling_owns_the_count_while_it_is_on() -> None:
    assert service(WEB).one(SERVICE).options.ignore_changes == ("desiredCount",)
    fixed = service(dataclasses.replace(WEB, scaling=ScalingArgs(min=2, max=2)))
    assert fixed.one(SERVICE).options.ignore_changes == ()
    assert fixed.of_type(TARGET) == []


def test_a_strategy_is_always_set_so_that_spot_replaces_no_service() -> None:
    inputs = service(WEB).one(SERVICE).inputs
    assert inputs["capacityProviderStrategies"] == [{"base": 0, "capacityProvider": "FARGATE", "weight": 1}]
    assert "launchType" not in inputs
    assert inputs["forceNewDeployment"] is True, "AWS refuses to change the strategy without it"


def test_each_measure_holds_its_own_target_for_this_service() -> None:
    graph = service(EVERYTHING)
    scaled = {
        "resourceId": f"service/shop/{graph.one(SERVICE).outputs['name']}",
        "scalableDimension": "ecs:service:DesiredCount",
        "serviceNamespace": "ecs",
    }
    assert graph.one(TARGET).inputs == {**scaled, "minCapacity": 3, "maxCapacity": 12}
    label = f"app/lb/1/{graph.one(TARGET_GROUP).outputs['arnSuffix']}"
    wanted = {
        "shop-cpu": ("ECSServiceAverageCPUUtilization", None, 50),
        "shop-memory": ("ECSServiceAverageMemoryUtilization", None, 70),
        "shop-requests": ("ALBRequestCountPerTarget", label, 500),
    }
    assert names(graph.of_type(POLICY)) == set(wanted)
    for name, (metric, of, value) in wanted.items():
        assert graph.one(POLICY, name).inputs == {
            **scaled,
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "predefinedMetricSpecification": {"predefinedMetricType": metric, "resourceLabel": of},
                "targetValue": value,
            },
        }, f"{name} would follow another measure, or another service"


def test_a_deployment_that_was_rolled_back_fails_the_update() -> None:
    with pytest.raises(UsageError, match=r"runs arn:.*shop:6, not arn:.*shop:7: .*run `pulumi up --refresh`"):
        existing_service(Mode.UPDATE, runs=SHOP_6)


def test_a_preview_after_that_warns_and_lets_the_next_update_mend_it() -> None:
    graph = existing_service(Mode.PREVIEW, runs=SHOP_6)
    component = graph.one("fastapi-on-aws:index:EcsService")
    assert [(log.severity, log.urn) for log in graph.logs] == [("warning", component.urn)], (
        "a preview that fails would forbid the update that mends it, and a silent one would hide what runs"
    )
    assert f"runs {SHOP_6}, not {SHOP_7}" in graph.logs[0].message
    assert component.outputs["taskDefinitionArn"] == SHOP_6, "it tells what runs, not what should"


def test_a_preview_of_a_service_that_runs_what_was_asked_for_says_nothing() -> None:
    assert existing_service(Mode.PREVIEW, runs=SHOP_7).logs == ()


def test_what_runs_is_said_when_it_is_what_was_asked_for() -> None:
    graph = service(WEB)
    assert (
        graph.one("fastapi-on-aws:index:EcsService").outputs["taskDefinitionArn"]
        == (graph.one(TASK_DEFINITION).outputs["arn"])
    )


def test_many_services_are_read_back_in_one_program() -> None:
    services = {f"s{number}": ServiceArgs(command=["serve"]) for number in range(150)}
    graph = monolith(services=services)
    assert len(graph.of_type(SERVICE)) == 150, "each look-up that waited within another would end in a RecursionError"
