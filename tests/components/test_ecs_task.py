"""A task of an ECS service: its container, and the two roles that it has."""

import dataclasses
import json
from typing import Any

import pytest

from fastapi_on_aws import Architecture, HealthArgs, ImageRef
from fastapi_on_aws.recording import plain
from tests.components.ecs_services import EVERYTHING, PARAMETER, SECRET, WEB, service
from tests.support.recorded import (
    IMAGE_URI,
    ROLE,
    ROLE_POLICY,
    SERVICE,
    TARGET_GROUP,
    TASK_DEFINITION,
    container,
    environment,
    names,
)


def test_everything_set_reaches_the_container() -> None:
    definition = container(service(EVERYTHING))
    assert definition.pop("healthCheck"), "it is run below"
    assert definition == {
        "name": "app",
        "image": IMAGE_URI,
        "essential": True,
        "user": "10001:10001",
        "readonlyRootFilesystem": True,
        "linuxParameters": {
            "initProcessEnabled": True,
            "capabilities": {"drop": ["ALL"]},
            "tmpfs": [{"containerPath": "/tmp", "size": 64}],
        },
        "environment": [
            {"name": "LOG_LEVEL", "value": "debug"},
            {"name": "PORT", "value": "9000"},
            {"name": "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "value": "65"},
            {"name": "UVICORN_TIMEOUT_KEEP_ALIVE", "value": "75"},
        ],
        "secrets": [{"name": "DATABASE_PASSWORD", "valueFrom": SECRET}, {"name": "KEY", "valueFrom": PARAMETER}],
        "stopTimeout": 75,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/project/dev/shop",
                "awslogs-region": "eu-west-1",
                "awslogs-stream-prefix": "app",  # Fargate needs one
                "mode": "non-blocking",  # an app must not stand still because CloudWatch Logs does
                "max-buffer-size": "25m",
            },
        },
        "command": ["granian", "shop:app"],
        "portMappings": [{"containerPort": 9000, "protocol": "tcp"}],
    }


def test_a_server_that_the_image_starts_is_told_its_time_outs_unless_the_user_says_others() -> None:
    told = environment(container(service(dataclasses.replace(WEB, drain_seconds=90))))
    assert told["UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"] == "95", "requests of 90 s finish before ECS kills at 105"
    assert told["UVICORN_TIMEOUT_KEEP_ALIVE"] == "105", "the load balancer closes idle connections, at 90 s"
    own = service(dataclasses.replace(WEB, env={"UVICORN_TIMEOUT_KEEP_ALIVE": "200"}))
    assert environment(container(own))["UVICORN_TIMEOUT_KEEP_ALIVE"] == "200"
    worker = service(dataclasses.replace(WEB, route=None, command=["mailer"]))
    assert not [name for name in environment(container(worker)) if name.startswith("UVICORN")], "it serves nobody"


def test_the_container_can_do_little() -> None:
    definition = container(service(WEB))
    assert definition["user"] == "10001:10001"
    assert definition["readonlyRootFilesystem"] is True
    assert definition["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert definition["linuxParameters"]["tmpfs"] == [{"containerPath": "/tmp", "size": 64}], "the one writable place"


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


def test_health_comes_from_one_place_and_only_liveness_kills_at_once() -> None:
    graph = service(EVERYTHING)
    check = container(graph)["healthCheck"]
    assert check["command"][-2:] == ["9000", "/alive"], "the container check must never look at a database"
    ready = graph.one(TARGET_GROUP).inputs["healthCheck"]
    assert ready["interval"] * ready["unhealthyThreshold"] >= 100, "a database fails over in less than that"


def test_a_slow_start_is_waited_for_in_both_checks() -> None:
    graph = service(EVERYTHING)
    assert container(graph)["healthCheck"]["startPeriod"] == 120
    assert graph.one(SERVICE).inputs["healthCheckGracePeriodSeconds"] == 120


def test_all_time_outs_follow_from_one_number() -> None:
    graph = service(EVERYTHING)
    assert graph.one(TARGET_GROUP).inputs["deregistrationDelay"] == 60
    assert container(graph)["stopTimeout"] == 75


def test_the_execution_role_may_start_this_task_and_no_other() -> None:
    graph = service(EVERYTHING)
    statements = json.loads(plain(graph.one(ROLE_POLICY).inputs["policy"]))["Statement"]
    key = "arn:aws:kms:eu-west-1:123456789012:key/*"
    assert {s["Sid"]: (s["Action"], s["Resource"]) for s in statements} == {
        "WriteLogs": (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            ["arn:aws:logs:eu-west-1:123456789012:log-group:/project/dev/shop:*"],
        ),
        "LogInToEcr": (["ecr:GetAuthorizationToken"], ["*"]),  # the one action that knows no resources
        "PullImage": (
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            ["arn:aws:ecr:eu-west-1:123456789012:repository/shop"],
        ),
        "ReadSecrets": (["secretsmanager:GetSecretValue"], [SECRET.removesuffix(":password::")]),  # not the key in it
        "DecryptSecrets": (["kms:Decrypt"], [key]),
        "ReadParameters": (["ssm:GetParameters"], [PARAMETER]),
        "DecryptParameters": (["kms:Decrypt"], [key]),
    }
    assert {s["Effect"] for s in statements} == {"Allow"}
    assert graph.one(ROLE_POLICY).urn in graph.one(TASK_DEFINITION).dependencies, (
        "a task that starts before its role may pull the image fails"
    )


def test_secrets_under_a_key_of_ones_own_can_be_read_and_nothing_else_with_that_key() -> None:
    statements = json.loads(plain(service(EVERYTHING).one(ROLE_POLICY).inputs["policy"]))["Statement"]
    decrypt = {s["Sid"]: s for s in statements if s["Action"] == ["kms:Decrypt"]}
    assert decrypt["DecryptSecrets"]["Condition"]["StringEquals"] == {
        "kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com"],
        "kms:EncryptionContext:SecretARN": [SECRET.removesuffix(":password::")],
    }
    assert decrypt["DecryptParameters"]["Condition"]["StringEquals"]["kms:EncryptionContext:PARAMETER_ARN"] == [
        PARAMETER
    ]


@pytest.mark.parametrize("host", ["dkr.ecr.eu-west-1.amazonaws.com", "dkr-ecr.eu-west-1.on.aws"])
def test_an_image_in_ecr_can_be_pulled_by_either_of_its_names(host: str) -> None:
    args = dataclasses.replace(
        WEB, image=ImageRef(uri=f"123456789012.{host}/team/shop:1.0", architecture=Architecture.ARM64)
    )
    assert '"arn:aws:ecr:eu-west-1:123456789012:repository/team/shop"' in plain(
        service(args).one(ROLE_POLICY).inputs["policy"]
    )


def test_the_task_role_is_assumed_for_this_account_alone() -> None:
    trust = json.loads(plain(service(WEB).one(ROLE, "shop-task").inputs["assumeRolePolicy"]))
    (statement,) = trust["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_task_role_may_do_nothing() -> None:
    assert names(service(WEB).of_type(ROLE_POLICY)) == {"shop-execution"}
