"""An ECS service: how it starts, leaves, scales and is told apart from what it should be."""

import dataclasses
import json
from typing import Any

import pulumi
import pytest

from fastapi_on_aws import (
    Architecture,
    ClusterRef,
    EcsCluster,
    EcsClusterArgs,
    EcsService,
    EcsServiceArgs,
    HealthArgs,
    ImageRef,
    ListenerRef,
    RouteArgs,
    ScalingArgs,
    SpotArgs,
    UsageError,
)
from fastapi_on_aws.recording import Graph, Mode, plain, record
from tests.support.recorded import (
    CLUSTER,
    EGRESS_RULE,
    IMAGE_URI,
    INGRESS_RULE,
    LISTENER_RULE,
    LOG_GROUP,
    MODES,
    ROLE,
    ROLE_POLICY,
    SERVICE,
    TARGET_GROUP,
    TASK_DEFINITION,
    container,
    environment,
    existing_image,
    existing_network,
    names,
)

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-AbCdEf:password::"
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"

ROUTE = RouteArgs(
    listener=ListenerRef(
        arn="arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/lb/1/2",
        security_group_id="sg-load-balancer",
        load_balancer_arn_suffix="app/lb/1",
    ),
    path_patterns=["/*"],
)
WORKER = EcsServiceArgs(
    cluster=ClusterRef(arn="arn:aws:ecs:eu-west-1:123456789012:cluster/shop", name="shop"),
    network=existing_network(),
    image=existing_image(),
)
WEB = dataclasses.replace(WORKER, route=ROUTE)
EVERYTHING = dataclasses.replace(
    WEB,
    image=ImageRef(uri=IMAGE_URI, architecture=Architecture.AMD64),
    command=["granian", "shop:app"],
    port=9000,
    health=HealthArgs(live="/alive", ready="/health", start_seconds=120),
    cpu="1 vCPU",
    memory="4 GB",
    scaling=ScalingArgs(min=3, max=12, cpu=50, memory=70),
    drain_seconds=60,
    env={"LOG_LEVEL": "debug"},
    secrets={"DATABASE_PASSWORD": SECRET, "KEY": PARAMETER},
    spot=SpotArgs(base=2, share=75),
    requests=500,
    assign_public_ip=True,
    egress_ports=[443, 5432],
    log_retention_days=90,
)


def service(args: EcsServiceArgs, mode: Mode = Mode.UPDATE, **options: Any) -> Graph:
    return record(lambda: EcsService("shop", args), mode=mode, config={"aws:region": "eu-west-1"}, **options)


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
    task = graph.one(TASK_DEFINITION).inputs
    assert (task["cpu"], task["memory"], task["runtimePlatform"]["cpuArchitecture"]) == ("1024", "4096", "X86_64")
    inputs = graph.one(SERVICE).inputs
    assert inputs["networkConfiguration"]["subnets"] == ["subnet-public-a", "subnet-public-b"]
    assert inputs["networkConfiguration"]["assignPublicIp"] is True
    assert [(s["capacityProvider"], s.get("base"), s["weight"]) for s in inputs["capacityProviderStrategies"]] == [
        ("FARGATE", 2, 25),
        ("FARGATE_SPOT", None, 75),
    ]
    target_group = graph.one(TARGET_GROUP).inputs
    assert target_group["healthCheck"]["path"] == "/health"
    assert [balancer["containerPort"] for balancer in inputs["loadBalancers"]] == [9000]
    assert names(graph.of_type(EGRESS_RULE)) == {"shop-egress-443", "shop-egress-5432", "shop-requests-out"}
    assert names(graph.of_type(POLICY)) == {"shop-cpu", "shop-memory", "shop-requests"}
    assert (graph.one(TARGET).inputs["minCapacity"], graph.one(TARGET).inputs["maxCapacity"]) == (3, 12)
    assert graph.one(LOG_GROUP).inputs["retentionInDays"] == 90


def test_the_container_can_do_little() -> None:
    definition = container(service(WEB))
    assert definition["user"] == "10001:10001"
    assert definition["readonlyRootFilesystem"] is True
    assert definition["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert definition["linuxParameters"]["tmpfs"] == [{"containerPath": "/tmp", "size": 64}], "the one writable place"


def test_health_comes_from_one_place_and_only_liveness_kills_at_once() -> None:
    graph = service(EVERYTHING)
    check = container(graph)["healthCheck"]
    assert check["command"][-2:] == ["9000", "/alive"], "the container check must never look at a database"
    ready = graph.one(TARGET_GROUP).inputs["healthCheck"]
    assert ready["interval"] * ready["unhealthyThreshold"] >= 100, "a database fails over in less than that"


def test_the_container_check_works_with_the_python_of_an_image() -> None:
    import http.server
    import subprocess
    import sys
    import threading

    class Alive(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/alive" else 503)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Alive) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        args = dataclasses.replace(WEB, port=server.server_port)
        for live, expected in (("/alive", 0), ("/dead", 1)):
            graph = service(dataclasses.replace(args, health=HealthArgs(live=live)))
            kind, python, *rest = container(graph)["healthCheck"]["command"]
            assert (kind, python) == ("CMD", "python3")
            done = subprocess.run([sys.executable, *rest], capture_output=True, check=False, timeout=20)
            assert done.returncode == expected, done.stderr
        server.shutdown()


def test_all_time_outs_follow_from_one_number() -> None:
    graph = service(EVERYTHING)
    assert graph.one(TARGET_GROUP).inputs["deregistrationDelay"] == 60
    assert container(graph)["stopTimeout"] == 75


def test_tasks_let_in_the_load_balancer_alone() -> None:
    graph = service(WEB)
    (rule,) = graph.of_type(INGRESS_RULE)
    assert rule.inputs["referencedSecurityGroupId"] == "sg-load-balancer"
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (8000, 8000)
    (out,) = [r for r in graph.of_type(EGRESS_RULE) if r.inputs["securityGroupId"] == "sg-load-balancer"]
    assert (out.inputs["fromPort"], out.inputs["toPort"]) == (8000, 8000)


def test_the_execution_role_may_start_this_task_and_no_other() -> None:
    policy = plain(service(EVERYTHING).one(ROLE_POLICY).inputs["policy"])
    assert '"arn:aws:ecr:eu-west-1:123456789012:repository/shop"' in policy
    assert '"arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-AbCdEf"' in policy, (
        "IAM knows the secret, not the JSON key within it"
    )
    assert f'"{PARAMETER}"' in policy
    assert policy.count('"*"') == 1, "ecr:GetAuthorizationToken alone knows no resources"


def test_secrets_under_a_key_of_ones_own_can_be_read_and_nothing_else_with_that_key() -> None:
    statements = json.loads(plain(service(EVERYTHING).one(ROLE_POLICY).inputs["policy"]))["Statement"]
    decrypt = {s["Sid"]: s for s in statements if s["Action"] == ["kms:Decrypt"]}
    assert decrypt["DecryptSecrets"]["Resource"] == ["arn:aws:kms:eu-west-1:123456789012:key/*"]
    assert decrypt["DecryptSecrets"]["Condition"]["StringEquals"] == {
        "kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com"],
        "kms:EncryptionContext:SecretARN": [SECRET.removesuffix(":password::")],
    }
    assert decrypt["DecryptParameters"]["Condition"]["StringEquals"]["kms:EncryptionContext:PARAMETER_ARN"] == [
        PARAMETER
    ]


@pytest.mark.parametrize("host", ["dkr.ecr.eu-west-1.amazonaws.com", "dkr-ecr.eu-west-1.on.aws"])
def test_an_image_in_ecr_can_be_pulled_by_either_of_its_names(host: str) -> None:
    args = dataclasses.replace(WEB, image=ImageRef(uri=f"123456789012.{host}/team/shop:1.0"))
    assert '"arn:aws:ecr:eu-west-1:123456789012:repository/team/shop"' in plain(
        service(args).one(ROLE_POLICY).inputs["policy"]
    )


def test_the_task_role_is_assumed_for_this_account_alone() -> None:
    trust = json.loads(plain(service(WEB).one(ROLE, "shop-task").inputs["assumeRolePolicy"]))
    (statement,) = trust["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_task_role_may_do_nothing() -> None:
    assert names(service(WEB).of_type(ROLE_POLICY)) == {"shop-execution"}


def test_secrets_reach_the_container_by_arn() -> None:
    definition = container(service(EVERYTHING))
    assert definition["secrets"] == [
        {"name": "DATABASE_PASSWORD", "valueFrom": SECRET},
        {"name": "KEY", "valueFrom": PARAMETER},
    ]
    assert environment(definition) == {"LOG_LEVEL": "debug", "PORT": "9000"}


def test_a_deployment_never_goes_below_what_runs_and_rolls_back() -> None:
    inputs = service(WEB).one(SERVICE).inputs
    assert inputs["deploymentMinimumHealthyPercent"] == 100
    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert inputs["waitForSteadyState"] is True


def test_tasks_are_checked_before_they_get_requests_and_get_none_when_they_leave() -> None:
    graph = service(WEB)
    attachment, rule = graph.one(LISTENER_RULE, "shop-attachment"), graph.one(LISTENER_RULE, "shop")
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


def test_a_slow_start_is_waited_for_in_both_checks() -> None:
    graph = service(EVERYTHING)
    assert container(graph)["healthCheck"]["startPeriod"] == 120
    assert graph.one(SERVICE).inputs["healthCheckGracePeriodSeconds"] == 120


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


def test_requests_scale_on_this_target_group() -> None:
    graph = service(EVERYTHING)
    policy = graph.one(POLICY, "shop-requests").inputs["targetTrackingScalingPolicyConfiguration"]
    label = policy["predefinedMetricSpecification"]["resourceLabel"]
    assert label == f"app/lb/1/{graph.one(TARGET_GROUP).outputs['arnSuffix']}"


def test_a_deployment_that_was_rolled_back_fails_the_update() -> None:
    older = {"aws:ecs/getService:getService": {"taskDefinition": "arn:aws:ecs:eu-west-1:1:task-definition/shop:6"}}
    with pytest.raises(UsageError, match=r"runs arn:.*shop:6, not arn:.*run `pulumi up --refresh`"):
        service(WEB, answers=older)


def test_what_runs_is_said_when_it_is_what_was_asked_for() -> None:
    graph = service(WEB)
    assert (
        graph.one("fastapi-on-aws:index:EcsService").outputs["taskDefinitionArn"]
        == (graph.one(TASK_DEFINITION).outputs["arn"])
    )


def test_values_that_are_not_known_yet_are_taken() -> None:
    def program() -> None:
        unknown = pulumi.Output.from_input("0.5 vCPU")
        EcsService("shop", dataclasses.replace(WEB, cpu=unknown, image=ImageRef(uri=pulumi.Output.from_input("x"))))

    assert record(program, mode=Mode.UPDATE).one(TASK_DEFINITION).inputs["cpu"] == "512"


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
    providers = graph.one("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders")
    assert providers.inputs["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
