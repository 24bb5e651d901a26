"""A function: versions behind an alias, a role of its own, logs with an end, alarms."""

import json
from typing import Any

import pytest

from fastapi_on_aws import (
    AlarmsArgs,
    CapacityScheduleArgs,
    EfsArgs,
    HealthArgs,
    LambdaArgs,
    Package,
    ProvisionedArgs,
    RolloutArgs,
    RolloutKind,
    TracingArgs,
    UsageError,
    ZipArgs,
)
from fastapi_on_aws.recording import UNKNOWN, Graph, Mode, plain
from tests.components.serverless_apps import ALARM, ALIAS, SECRET, ZIP, function
from tests.support.recorded import (
    EGRESS_RULE,
    FUNCTION,
    IMAGE_URI,
    LOG_GROUP,
    MODES,
    ROLE_POLICY,
    SECURITY_GROUP,
    existing_network,
)

ACCESS_POINT = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:oncall"


def statements(graph: Graph) -> dict[str, Any]:
    """The execution role's, by Sid."""
    return {row["Sid"]: row for row in json.loads(graph.one(ROLE_POLICY).inputs["policy"])["Statement"]}


@pytest.mark.parametrize("mode", MODES)
def test_only_an_image_gives_a_sound_function(mode: Mode) -> None:
    graph = function(mode)
    inputs = graph.one(FUNCTION).inputs
    known = {key: value for key, value in inputs.items() if key not in ("role", "loggingConfig")}
    assert known == {
        "packageType": "Image",
        "imageUri": IMAGE_URI,
        "architectures": ["arm64"],
        "memorySize": 1024,
        "timeout": 29,
        "ephemeralStorage": {"size": 512},
        "environment": {
            "variables": {
                "AWS_LWA_PORT": "8000",
                "AWS_LWA_READINESS_CHECK_PATH": "/readyz",
                "AWS_LWA_READINESS_CHECK_HEALTHY_STATUS": "200-299",
                "AWS_LWA_ERROR_STATUS_CODES": "599",
                "AWS_LWA_INVOKE_MODE": "buffered",
                "PORT": "8000",
            }
        },
        "publish": True,
        "tracingConfig": {"mode": "PassThrough"},
    }
    assert inputs["loggingConfig"]["logFormat"] == "JSON"
    assert "name" not in inputs, "the provider names it, so that another package type can stand beside it"
    assert graph.one(LOG_GROUP).inputs["retentionInDays"] == 30
    alias = graph.one(ALIAS).inputs
    assert alias["name"] == "live"
    assert alias["functionVersion"] == ("1" if mode is Mode.UPDATE else UNKNOWN)
    assert graph.of_type(SECURITY_GROUP) == [], "in no network unless something there is needed"
    if mode is Mode.UPDATE:
        assert set(statements(graph)) == {"WriteLogs"}, "it may do nothing else yet"


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    graph = function(
        mode,
        network=existing_network(),
        egress_ports=[443, 5432],
        command=["uvicorn", "shop.main:app"],
        port=9000,
        health=HealthArgs(ready="/ready"),
        memory="1769 MB",
        streaming=True,
        env={"LOG_LEVEL": "debug"},
        secrets={"DATABASE_URL": SECRET},
        settings=LambdaArgs(
            timeout_seconds=60,
            ephemeral_storage_mb=1024,
            reserved_concurrency=50,
            provisioned=ProvisionedArgs(min=2, max=20),
            efs=EfsArgs(access_point_arn=ACCESS_POINT, mount_path="/mnt/shop"),
            tracing=TracingArgs(xray=True, otlp_endpoint="https://otel.example.com"),
            alarms=AlarmsArgs(topics=[TOPIC], errors_percent=5),
            log_retention_days=90,
        ),
    )
    inputs = graph.one(FUNCTION).inputs
    assert (inputs["memorySize"], inputs["timeout"], inputs["reservedConcurrentExecutions"]) == (1769, 60, 50)
    assert inputs["imageConfig"] == {"commands": ["uvicorn", "shop.main:app"]}
    assert inputs["fileSystemConfig"] == {"arn": ACCESS_POINT, "localMountPath": "/mnt/shop"}
    assert inputs["vpcConfig"]["subnetIds"] == ["subnet-private-a", "subnet-private-b"]
    trigger = graph.one(FUNCTION).options.replacement_trigger
    assert trigger == existing_network().vpc_id, "or old versions hold the network that they leave"
    assert inputs["replaceSecurityGroupsOnDestroy"] is True, "or a destroy waits 20 minutes for the network interfaces"
    assert inputs["tracingConfig"] == {"mode": "Active"}
    told = inputs["environment"]["variables"]
    assert told["DATABASE_URL_ARN"] == SECRET, "where the secret is, for Lambda resolves none"
    assert "DATABASE_URL" not in told
    assert (told["PORT"], told["AWS_LWA_READINESS_CHECK_PATH"]) == ("9000", "/ready")
    assert told["AWS_LWA_INVOKE_MODE"] == "response_stream"
    assert told["OTEL_EXPORTER_OTLP_ENDPOINT"] == "https://otel.example.com"
    assert {rule.inputs["fromPort"] for rule in graph.of_type(EGRESS_RULE)} == {443, 5432, 2049}, "2049 is EFS's"
    assert all(alarm.inputs["alarmActions"] == [TOPIC] for alarm in graph.of_type(ALARM))
    assert graph.one(ALARM, "shop-errors").inputs["threshold"] == 5


def test_its_role_may_do_what_it_is_told_of_and_its_code_makes_no_network_interfaces() -> None:
    graph = function(
        network=existing_network(),
        secrets={"DATABASE_URL": f"{SECRET}:password::"},
        settings=LambdaArgs(
            efs=EfsArgs(access_point_arn=ACCESS_POINT), tracing=TracingArgs(xray=True), ephemeral_storage_mb=512
        ),
    )
    said = statements(graph)
    assert said["ReadSecrets"]["Resource"] == [SECRET], "the secret itself, whatever part of it is read"
    assert said["MountFileSystem"]["Condition"] == {
        "StringEquals": {"elasticfilesystem:AccessPointArn": ACCESS_POINT}
    }, "through this access point alone"
    denied = said["DenyItsCodeNetworkInterfaces"]
    assert denied["Effect"] == "Deny"
    assert denied["Condition"]["ArnLike"] == {
        "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:shop-*"
    }
    attached = graph.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment").inputs["policyArn"]
    assert attached == "arn:aws:iam::aws:policy/service-role/AWSLambdaENIManagementAccess"
    assert [sid for sid, row in said.items() if row["Resource"] == ["*"] and row["Effect"] == "Allow"] == ["SendTraces"]


def test_a_function_waits_for_what_it_needs_from_its_first_second() -> None:
    graph = function(network=existing_network(), settings=LambdaArgs(vpc=True))
    needed = {*graph.one(FUNCTION).dependencies}
    for type_ in (ROLE_POLICY, LOG_GROUP, EGRESS_RULE, "aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        assert graph.one(type_).urn in needed, f"a first invocation without its {type_} fails"


@pytest.mark.parametrize("mode", MODES)
def test_a_zip_starts_at_its_handler_from_a_snapshot(mode: Mode) -> None:
    inputs = function(mode, zip=ZIP, settings=LambdaArgs(package=Package.ZIP)).one(FUNCTION, "shop").inputs
    assert (inputs["packageType"], inputs["handler"], inputs["runtime"]) == (
        "Zip",
        "shop.lambda_handler.handler",
        "python3.13",
    )
    assert inputs["sourceCodeHash"] == ZIP.sha256, "other bytes are another version"
    assert inputs["snapStart"] == {"applyOn": "PublishedVersions"}, "by default, where nothing rules it out"
    assert inputs["environment"] == {"variables": {}}, "there is no adapter and no port"


@pytest.mark.parametrize(
    "settings",
    [
        LambdaArgs(package=Package.ZIP, snap_start=False),
        LambdaArgs(package=Package.ZIP, ephemeral_storage_mb=513),
        LambdaArgs(package=Package.ZIP, provisioned=ProvisionedArgs(min=1)),
        LambdaArgs(package=Package.ZIP, zip=ZipArgs(python="3.11")),
        LambdaArgs(package=Package.ZIP, efs=EfsArgs(access_point_arn=ACCESS_POINT)),
    ],
)
def test_there_is_no_snapshot_where_something_rules_it_out(settings: LambdaArgs) -> None:
    graph = function(zip=ZIP, settings=settings, network=existing_network())
    assert "snapStart" not in graph.one(FUNCTION).inputs


def test_copies_that_wait_follow_their_use_and_the_clock_and_pulumi_leaves_the_number() -> None:
    schedule = {
        "mornings": CapacityScheduleArgs(when="cron(0 8 ? * MON-FRI *)", min=10, max=50, timezone="Europe/Berlin")
    }
    settings = LambdaArgs(provisioned=ProvisionedArgs(min=2, max=20, utilization_percent=50, schedule=schedule))
    graph = function(settings=settings)
    config = graph.one("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig")
    assert (config.inputs["qualifier"], config.inputs["provisionedConcurrentExecutions"]) == ("live", 2)
    assert config.options.ignore_changes == ("provisionedConcurrentExecutions",), "or each `up` would undo the scaling"
    target = graph.one("aws:appautoscaling/target:Target").inputs
    assert (target["minCapacity"], target["maxCapacity"]) == (2, 20)
    assert target["resourceId"].endswith(":live")
    policy = graph.one("aws:appautoscaling/policy:Policy").inputs["targetTrackingScalingPolicyConfiguration"]
    assert policy["targetValue"] == 0.5
    action = graph.one("aws:appautoscaling/scheduledAction:ScheduledAction", "shop-mornings").inputs
    assert action["scalableTargetAction"] == {"minCapacity": 10, "maxCapacity": 50}
    assert (action["schedule"], action["timezone"]) == ("cron(0 8 ? * MON-FRI *)", "Europe/Berlin")


def test_a_fixed_number_of_copies_does_not_scale() -> None:
    graph = function(settings=LambdaArgs(provisioned=ProvisionedArgs(min=3)))
    assert graph.of_type("aws:appautoscaling/target:Target") == []


def test_alarms_look_at_what_comes_through_the_alias() -> None:
    graph = function(settings=LambdaArgs(timeout_seconds=10))
    name = graph.one(FUNCTION).outputs["name"]
    dimensions = {"FunctionName": name, "Resource": f"{name}:live"}
    errors = graph.one(ALARM, "shop-errors").inputs
    assert [query["metric"]["dimensions"] for query in errors["metricQueries"][:2]] == [dimensions, dimensions]
    throttles = graph.one(ALARM, "shop-throttles").inputs["metricQueries"][0]["metric"]
    assert (throttles["dimensions"], throttles["metricName"], throttles["stat"]) == (dimensions, "Throttles", "Sum")
    duration = graph.one(ALARM, "shop-duration").inputs
    assert (duration["metricQueries"][0]["metric"]["stat"], duration["threshold"]) == ("p99", 8000), (
        "80 % of 10 s, in milliseconds"
    )
    assert all(alarm.inputs["treatMissingData"] == "notBreaching" for alarm in graph.of_type(ALARM)), (
        "no requests are no failure"
    )
    assert function(settings=LambdaArgs(alarms=AlarmsArgs(enabled=False))).of_type(ALARM) == []


@pytest.mark.parametrize("has_url", [False, True])
def test_what_a_function_answers_by_its_own_url_has_an_alarm(has_url: bool) -> None:
    alarms = {alarm.name for alarm in function(has_url=has_url).of_type(ALARM)}
    assert ("shop-server-errors" in alarms) is has_url, (
        "without a URL the metric is never there, nor would the alarm ring"
    )


def test_a_rollout_watches_the_alarms_of_the_function_and_those_it_is_given() -> None:
    given = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-api-server-errors"
    graph = function(settings=LambdaArgs(rollout=RolloutArgs(kind=RolloutKind.CANARY)), rollout_alarms=[given])
    watched = json.loads(graph.one("aws:lambda/invocation:Invocation").inputs["input"])["alarms"]
    own = [alarm.outputs["name"] for alarm in graph.of_type(ALARM)]
    assert watched == [*own, "shop-api-server-errors"], "by their names, which is what CloudWatch asks for"


def test_a_version_can_be_read_before_it_is_known() -> None:
    graph = function(Mode.PREVIEW)
    assert plain(graph.one("fastapi-on-aws:index:LambdaFunction").outputs["version"]) is UNKNOWN


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"zip": ZIP, "image": None}, "shop has zip, and shop.settings.package is image"),
        ({"settings": {"package": "zip"}}, "shop has image, and shop.settings.package is zip"),
        ({"image": None}, "shop needs either image or zip"),
        ({"egress_ports": [443, 5432]}, "shop.egress_ports is of a function in a network, and this one is in none"),
        ({"settings": {"vpc": True}}, "shop.network is missing: the settings put the function into one"),
        ({"memory": "64 MB"}, "shop.memory is '64 MB'; a Lambda function has 128 MB to 10240 MB"),
        ({"memory": "11 GB"}, "shop.memory is '11 GB'; a Lambda function has"),
        ({"zip": ZIP, "image": None, "settings": {"package": "zip"}, "streaming": True}, "a zip in Python cannot"),
        ({"zip": ZIP, "image": None, "settings": {"package": "zip"}, "command": ["x"]}, "a zip starts at its handler"),
        ({"env": {"PORT": "1"}}, "shop.env.PORT is set by the runtime"),
        ({"env": {"API_KEY": "abcdefgh"}}, "shop.env.API_KEY looks like a secret"),
    ],
)
def test_a_function_that_cannot_be_is_refused(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        function(**args)
