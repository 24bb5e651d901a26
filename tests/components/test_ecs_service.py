"""An ECS service: what it is with the least and with everything set, and what is refused."""

import dataclasses
from typing import Any

import pulumi
import pytest

from fastapi_on_aws import (
    Architecture,
    EcsCluster,
    EcsClusterArgs,
    EcsService,
    HealthArgs,
    ImageRef,
    RouteArgs,
    ScalingArgs,
    SpotArgs,
    UsageError,
)
from fastapi_on_aws.recording import UNKNOWN, Mode, record
from tests.components.ecs_services import EVERYTHING, ROUTE, WEB, WORKER, service
from tests.support.recorded import (
    CLUSTER,
    EGRESS_RULE,
    INGRESS_RULE,
    LISTENER_RULE,
    LOG_GROUP,
    MODES,
    ROLE,
    SECURITY_GROUP,
    SERVICE,
    TARGET_GROUP,
    TASK_DEFINITION,
    existing_network,
    names,
)

CAPACITY_PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"


@pytest.mark.parametrize("mode", MODES)
def test_only_what_is_required_gives_a_worker_in_private_subnets(mode: Mode) -> None:
    graph = service(WORKER, mode)
    inputs = graph.one(SERVICE).inputs
    assert inputs["networkConfiguration"]["assignPublicIp"] is False
    assert inputs["networkConfiguration"]["subnets"] == ["subnet-private-a", "subnet-private-b"]
    assert "loadBalancers" not in inputs
    assert graph.of_type(TARGET_GROUP) == graph.of_type(LISTENER_RULE) == graph.of_type(INGRESS_RULE) == []


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    graph = service(EVERYTHING, mode)

    def arn(type_: str, name: str) -> Any:
        return graph.one(type_, name).outputs.get("arn", UNKNOWN)

    task = dict(graph.one(TASK_DEFINITION).inputs)
    del task["containerDefinitions"]  # see test_ecs_task
    assert task == {
        "family": "project-dev-shop",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "1024",
        "memory": "4096",
        "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"},
        "executionRoleArn": arn(ROLE, "shop-execution"),
        "taskRoleArn": arn(ROLE, "shop-task"),
    }
    target = {"targetGroupArn": arn(TARGET_GROUP, "shop"), "containerName": "app", "containerPort": 9000}
    assert graph.one(SERVICE).inputs == {
        "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/shop",
        "taskDefinition": arn(TASK_DEFINITION, "shop"),
        "desiredCount": 3,
        "capacityProviderStrategies": [
            {"capacityProvider": "FARGATE", "base": 2, "weight": 25},
            {"capacityProvider": "FARGATE_SPOT", "weight": 75},
        ],
        "networkConfiguration": {
            "subnets": ["subnet-public-a", "subnet-public-b"],
            "securityGroups": [graph.one(SECURITY_GROUP).id],
            "assignPublicIp": True,
        },
        "loadBalancers": [target],
        "healthCheckGracePeriodSeconds": 120,  # a slow start is no failed deployment
        "deploymentMinimumHealthyPercent": 100,
        "deploymentMaximumPercent": 200,  # with 100 and 100 a deployment could not start a task
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "availabilityZoneRebalancing": "ENABLED",
        "enableEcsManagedTags": True,
        "propagateTags": "SERVICE",  # the cost of tasks is told by their tags
        "forceNewDeployment": True,
        "waitForSteadyState": True,
    }
    assert graph.one(TARGET_GROUP).inputs["healthCheck"]["path"] == "/health"
    assert names(graph.of_type(EGRESS_RULE)) == {"shop-egress-443", "shop-egress-5432", "shop-requests-out"}
    assert graph.one(LOG_GROUP).inputs["retentionInDays"] == 90


def test_tasks_let_in_the_load_balancer_alone() -> None:
    graph = service(WEB)
    (rule,) = graph.of_type(INGRESS_RULE)
    assert rule.inputs["referencedSecurityGroupId"] == "sg-load-balancer"
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (8000, 8000)
    (out,) = [r for r in graph.of_type(EGRESS_RULE) if r.inputs["securityGroupId"] == "sg-load-balancer"]
    assert (out.inputs["fromPort"], out.inputs["toPort"]) == (8000, 8000)


def test_values_that_are_not_known_yet_are_taken() -> None:
    def program() -> None:
        unknown = pulumi.Output.from_input("0.5 vCPU")
        EcsService(
            "shop",
            dataclasses.replace(
                WEB, cpu=unknown, image=ImageRef(uri=pulumi.Output.from_input("x"), architecture=Architecture.ARM64)
            ),
        )

    assert record(program, mode=Mode.UPDATE).one(TASK_DEFINITION).inputs["cpu"] == "512"


def _to(path_patterns: list[str]) -> RouteArgs:
    return dataclasses.replace(ROUTE, path_patterns=path_patterns)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cpu": "0.5 vCPU", "memory": "16 GB"}, "shop.memory is '16 GB'; with 0.5 vCPU Fargate offers"),
        ({"port": 80}, "shop.port is 80; it must be 1024 to 65535"),
        ({"drain_seconds": 300}, "shop.drain_seconds is 300; it must be 1 to 105"),
        ({"health": HealthArgs(live="livez")}, "shop.health.live is 'livez'; it must be a path that starts with a"),
        ({"scaling": ScalingArgs(min=5, max=2)}, "shop.scaling.min is 5, more than shop.scaling.max, 2"),
        ({"scaling": ScalingArgs(min=-1)}, "shop.scaling.min is -1; it must be 0 to 5000"),
        ({"scaling": ScalingArgs(cpu=120)}, "shop.scaling.cpu is 120; it must be 10 to 95"),
        ({"spot": SpotArgs(share=101)}, "shop.spot.share is 101; it must be 0 to 100"),
        ({"env": {"DB_PASSWORD": "hunter2"}}, "shop.env.DB_PASSWORD looks like a secret"),
        ({"env": {"PORT": "1"}}, "shop.env.PORT is set by the runtime"),
        ({"secrets": {"KEY": "hunter2"}}, "shop.secrets.KEY must be the ARN"),
        ({"route": None, "requests": 5}, "shop.requests does not apply to a worker"),
        ({"command": []}, "shop.command is an empty list"),
        ({"route": _to([])}, "shop.route.path_patterns is an empty list"),
        ({"route": _to(["/a"] * 6)}, "shop.route.path_patterns is a list; it must have 5 items or fewer"),
        (
            {"route": _to(["/a", "/b c"])},
            "path_patterns\\[1\\] is '/b c'; it must be a path pattern of a listener rule",
        ),
        ({"route": _to(["/" + "a" * 128])}, "must be a path pattern of a listener rule: up to 128 letters"),
    ],
)
def test_a_service_that_cannot_run_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        service(dataclasses.replace(WEB, **change))


def test_a_name_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(UsageError, match="a target group here can have 24"):
        record(lambda: EcsService("s" * 25, WEB))


def test_public_addresses_need_public_subnets() -> None:
    network = dataclasses.replace(existing_network(), public_subnet_ids=[])
    args = dataclasses.replace(WEB, network=network, assign_public_ip=True)
    with pytest.raises(UsageError, match="shop.assign_public_ip is true, and the network has no public subnets"):
        service(args)


@pytest.mark.parametrize("mode", MODES)
def test_a_cluster_can_move_to_spot_and_back(mode: Mode) -> None:
    graph = record(lambda: EcsCluster("shop", EcsClusterArgs()), mode=mode)
    assert graph.one(CLUSTER).inputs["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    providers = graph.one(CAPACITY_PROVIDERS)
    assert providers.inputs["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]


def test_a_service_starts_in_a_cluster_that_has_its_capacity_providers() -> None:
    def program() -> None:
        EcsService("shop", dataclasses.replace(WORKER, cluster=EcsCluster("cluster", EcsClusterArgs()).ref))

    graph = record(program, mode=Mode.UPDATE)
    assert graph.one(CAPACITY_PROVIDERS).urn in graph.one(SERVICE).dependencies, (
        "ECS refuses a service whose strategy names a provider that the cluster lacks"
    )
