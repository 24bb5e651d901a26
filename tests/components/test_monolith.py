"""The monolith: which services share a process, and what each process is told."""

from collections.abc import Mapping
from typing import Any

import pytest

from fastapi_on_aws import (
    Access,
    AppArgs,
    ContainerInsights,
    EcsArgs,
    EcsScalingArgs,
    HealthArgs,
    ImageArgs,
    Monolith,
    MonolithArgs,
    ScalingArgs,
    ServiceArgs,
    SpotArgs,
    UsageError,
)
from fastapi_on_aws.recording import Mode, record
from tests.components.monoliths import CATALOG, MAILER, ORDERS, SECRET, monolith, service_container
from tests.support.recorded import (
    CLUSTER,
    LISTENER,
    LISTENER_RULE,
    MODES,
    SERVICE,
    TARGET_GROUP,
    TASK_DEFINITION,
    environment,
    existing_image,
    existing_network,
    names,
)

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize("mode", MODES)
def test_only_a_network_and_an_image_serve_the_app_at_the_root(mode: Mode) -> None:
    graph = monolith(mode)
    assert names(graph.of_type(SERVICE)) == {"shop-web"}
    (condition,) = graph.one(LISTENER_RULE, "shop-web").inputs["conditions"]
    assert condition["pathPattern"]["values"] == ["/*"]


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    app = AppArgs(
        asgi="shop.main:app",
        port=9000,
        health=HealthArgs(live="/alive", ready="/health"),
        cpu="2 vCPU",
        memory="4 GB",
        scaling=ScalingArgs(min=4, max=8),
        drain_seconds=90,
        env={"LOG_LEVEL": "debug"},
        secrets={"KEY": SECRET},
    )
    graph = monolith(
        mode,
        app=app,
        services={"catalog": CATALOG, "orders": ORDERS, "mailer": MAILER},
        ecs=EcsArgs(container_insights=ContainerInsights.ENHANCED, spot=SpotArgs(share=100)),
        access=Access.VPC,
        certificate_arn=CERTIFICATE,
        domain_name="api.example.com",
    )
    assert names(graph.of_type(SERVICE)) == {"shop-web", "shop-mailer"}
    task = graph.one(TASK_DEFINITION, "shop-web").inputs
    assert (task["cpu"], task["memory"]) == ("2048", "4096")
    assert graph.one(CLUSTER).inputs["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    assert graph.one(LISTENER).inputs.get("certificateArn") == CERTIFICATE
    outputs = graph.one("fastapi-on-aws:index:Monolith").outputs
    assert outputs["url"] == "https://api.example.com", "the certificate is for that name"
    assert graph.one(SERVICE, "shop-mailer").inputs["capacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "base": 0, "weight": 0},
        {"capacityProvider": "FARGATE_SPOT", "weight": 100},
    ]
    target_group = graph.one(TARGET_GROUP).inputs
    assert (target_group["healthCheck"]["path"], target_group["deregistrationDelay"]) == ("/health", 90)
    scaled = graph.one("aws:appautoscaling/target:Target", "shop-web").inputs
    assert (scaled["minCapacity"], scaled["maxCapacity"]) == (4, 8)
    assert graph.one("aws:lb/loadBalancer:LoadBalancer").inputs["idleTimeout"] == 90
    if mode is Mode.UPDATE:
        definition = service_container(graph, "web")
        assert definition["command"][2:] == [
            "--host=0.0.0.0",
            "--port=9000",
            "--timeout-keep-alive=105",
            "--timeout-graceful-shutdown=95",
            "--no-server-header",
        ]
        assert definition["stopTimeout"] == 105, "one number, or a request fails where two time-outs meet"
        assert definition["healthCheck"]["command"][-2:] == ["9000", "/alive"]
        assert environment(definition)["LOG_LEVEL"] == "debug"
        assert definition["secrets"] == [{"name": "KEY", "valueFrom": SECRET}]


def test_services_share_a_process_and_workers_have_their_own() -> None:
    graph = monolith(services={"catalog": CATALOG, "orders": ORDERS, "mailer": MAILER})
    assert environment(service_container(graph, "web"))["APP_SERVICES"] == "catalog,orders"
    worker = service_container(graph, "mailer")
    assert worker["command"] == ["python", "-m", "shop.mailer"]
    assert "portMappings" not in worker, "nothing is sent to a worker"
    assert "healthCheck" not in worker, "nothing answers in a worker"
    assert graph.one(TASK_DEFINITION, "shop-mailer").inputs["cpu"] == "256"


def test_a_service_named_like_the_app_keeps_the_apps_variables() -> None:
    services = {"app": ServiceArgs(prefix="/", env={"B": "2"})}
    told = environment(service_container(monolith(app=AppArgs(env={"A": "1"}), services=services), "web"))
    assert (told["A"], told["B"]) == ("1", "2")


def test_scaling_on_requests_is_noted_for_workers() -> None:
    graph = monolith(
        services={"orders": ServiceArgs(prefix="/orders"), "mailer": MAILER},
        ecs=EcsArgs(scaling=EcsScalingArgs(requests=9)),
    )
    assert "ecs.scaling.requests does not apply to mailer: nothing is sent to a worker" in [
        log.message for log in graph.logs
    ]


def test_the_app_sees_the_clients_address_and_can_say_otherwise() -> None:
    told = environment(service_container(monolith(), "web"))
    assert told["FORWARDED_ALLOW_IPS"] == "10.0.0.0/16", "uvicorn believes what comes through the load balancer"
    own = monolith(app=AppArgs(env={"FORWARDED_ALLOW_IPS": "127.0.0.1"}))
    assert environment(service_container(own, "web"))["FORWARDED_ALLOW_IPS"] == "127.0.0.1"


def test_behind_cloudfront_the_app_is_told_that_clients_speak_https() -> None:
    told = environment(service_container(monolith(), "web"))
    assert told["PUBLIC_SCHEME"] == "https", "the load balancer is asked in http, and says so"
    own = monolith(app=AppArgs(env={"PUBLIC_SCHEME": "http"}))
    assert environment(service_container(own, "web"))["PUBLIC_SCHEME"] == "http", "what the user says goes"
    inside = environment(service_container(monolith(access=Access.VPC), "web"))
    assert "PUBLIC_SCHEME" not in inside, "without CloudFront the load balancer knows"


def test_uvicorn_gets_the_time_outs_that_follow_from_the_drain_number() -> None:
    command = service_container(monolith(app=AppArgs(asgi="shop.main:app", drain_seconds=30)), "web")["command"]
    assert command[:2] == ["uvicorn", "shop.main:app"]
    assert {"--port=8000", "--timeout-keep-alive=75", "--timeout-graceful-shutdown=35"} <= set(command)


def test_an_app_without_asgi_or_command_runs_what_its_image_says() -> None:
    app = AppArgs(image=ImageArgs(dockerfile="shop/Dockerfile"))
    assert "command" not in service_container(monolith(app=app), "web")


def test_an_image_from_elsewhere_runs_its_own_command() -> None:
    assert "command" not in service_container(monolith(), "web"), "nothing here knows what is in it"


def test_variables_of_services_that_share_a_process_are_united() -> None:
    services = {
        "catalog": ServiceArgs(prefix="/catalog", env={"A": "1", "SAME": "x"}, secrets={"S": SECRET}),
        "orders": ServiceArgs(prefix="/orders", env={"B": "2", "SAME": "x"}),
    }
    definition = service_container(monolith(services=services), "web")
    assert {"A": "1", "B": "2", "SAME": "x"}.items() <= environment(definition).items()
    assert definition["secrets"] == [{"name": "S", "valueFrom": SECRET}]


def test_what_does_not_apply_is_noted() -> None:
    services = {"catalog": ServiceArgs(prefix="/catalog", scaling=ScalingArgs(max=20)), "orders": ORDERS}
    notes = [log.message for log in monolith(services=services).logs]
    assert "catalog, orders run in one process, web, of the app's size and scaling" in notes
    assert "services.catalog.scaling does not apply while it shares a process" in notes
    assert "services.orders.calls: catalog is called in the process; no URL is set" in notes


@pytest.mark.parametrize("mode", MODES)
def test_outputs_tell_where_each_service_is(mode: Mode) -> None:
    graph = monolith(mode, services={"catalog": CATALOG, "orders": ORDERS, "mailer": MAILER})
    outputs = graph.one("fastapi-on-aws:index:Monolith").outputs
    assert set(outputs) == {"url", "serviceUrls", "originDomainName", "vpcOriginId"}
    if mode is Mode.UPDATE:
        assert outputs["serviceUrls"] == {n: f"{outputs['url']}/{n}" for n in ("catalog", "orders")}


WORKER: Mapping[str, Any] = {"command": ["work"]}


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"image": None}, "shop.image is missing: a pattern builds no images; give Image"),
        ({"services": {}}, "shop.services is empty; it must name at least one service"),
        ({"services": {"a": {}}}, "shop.services.a has neither prefix nor command"),
        ({"services": {"a": {"prefix": "a"}}}, "shop.services.a.prefix is 'a'; it must be a path such as /orders"),
        ({"services": {"a": {"prefix": "/a/"}}}, "without a slash at its end"),
        ({"services": {"a": {"prefix": "/x"}, "b": {"prefix": "/x"}}}, "services.b.prefix /x is that of a too"),
        ({"services": {"a": {"prefix": "/a", "calls": ["bb"]}, "b": WORKER}}, "names bb, which is not a service"),
        ({"services": {"a": {"prefix": "/a", "calls": ["a"]}}}, "services.a.calls names the service itself"),
        ({"services": {"a": {"prefix": "/a", "calls": ["b"]}, "b": WORKER}}, "names b, a worker without a prefix"),
        ({"services": {"web": WORKER, "a": {"prefix": "/a"}}}, "services.web is the name of what the other services"),
        ({"services": {"x" * 20: CATALOG}}, "is 20 characters long; the name of its target group leaves 19 for it"),
        (
            {"services": {"x" * 42: WORKER}},
            "is 42 characters long; the name of its IAM role leaves 41 for it before -execution",
        ),
        ({"services": {"a_b": WORKER}}, "shop.services.a_b is not a name for a service"),
        ({"services": {"404": WORKER}}, "hyphens, a letter first and no hyphen last"),
        (
            {"services": {"a": {"prefix": "/a", "env": {"X": "1"}}, "b": {"prefix": "/b", "env": {"X": "2"}}}},
            "shop.services.b.env.X differs from that of shop.services.a, and they run in one process",
        ),
        ({"app": {"asgi": "app.py"}}, "shop.app.asgi is 'app.py'; it must be module:attribute"),
        ({"app": {"asgi": "a:b", "command": ["c"]}}, "shop.app has both asgi and command"),
        ({"app": {"env": {"DB_PASSWORD": "hunter2"}}}, "shop.app.env.DB_PASSWORD looks like a secret"),
        ({"app": {"env": {"DSN": "postgres://u:hunter2@db/x"}}}, "shop.app.env.DSN looks like a secret"),
        ({"app": {"env": {"ID": "AKIAIOSFODNN7EXAMPLE"}}}, "shop.app.env.ID looks like a secret"),
        ({"app": {"env": {"PORT": "80"}}}, "shop.app.env.PORT is set by the runtime"),
        ({"app": {"env": {"a-b": "1"}}}, "shop.app.env.a-b is not a name for an environment variable"),
        ({"app": {"secrets": {"KEY": "hunter2"}}}, "shop.app.secrets.KEY must be the ARN of a Secrets Manager secret"),
        ({"app": {"env": {"K": "1"}, "secrets": {"K": SECRET}}}, "shop.app has K in both env and secrets"),
        ({"app": {"cpu": "0.5 vCPU", "memory": "16 GB"}}, "shop.app.memory is '16 GB'; with 0.5 vCPU Fargate"),
        (
            {
                "access": "internet",
                "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1",
                "domain_name": "api.example.com",
                "services": {"a": {"prefix": "/a"}, "b": {"command": ["w"], "calls": ["a"]}},
            },
            "b calls a through the load balancer, which access from the internet puts outside the VPC",
        ),
    ],
)
def test_a_monolith_that_cannot_work_is_refused(args: dict[str, Any], sentence: str) -> None:
    given: Any = {"network": existing_network(), "image": existing_image(), **args}
    with pytest.raises(UsageError, match=sentence):
        record(lambda: Monolith("shop", given))


def test_a_refused_monolith_has_registered_nothing() -> None:
    seen: list[str] = []

    def program() -> None:
        with pytest.raises(UsageError):
            Monolith("shop", MonolithArgs(network=existing_network(), services={"a": ServiceArgs(prefix="/a")}))
        seen.append("refused")

    graph = record(program)
    assert seen == ["refused"]
    assert len(graph) == 1, "the stack alone"
