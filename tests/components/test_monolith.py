"""The monolith: which services share a process, and what each process is told."""

from collections.abc import Mapping
from typing import Any

import pytest

from fastapi_on_aws import (
    Access,
    AppArgs,
    Architecture,
    EcsArgs,
    EcsScalingArgs,
    HealthArgs,
    ImageArgs,
    Monolith,
    MonolithArgs,
    ScalingArgs,
    ServiceArgs,
    UsageError,
)
from fastapi_on_aws.recording import Graph, Mode, record
from tests.support.recorded import (
    EGRESS_RULE,
    IMAGE_URI,
    INGRESS_RULE,
    LISTENER_RULE,
    MODES,
    SERVICE,
    TASK_DEFINITION,
    container,
    environment,
    existing_image,
    existing_network,
    identity,
    names,
)

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"
CATALOG = ServiceArgs(prefix="/catalog")
ORDERS = ServiceArgs(prefix="/orders", calls=["catalog"])
MAILER = ServiceArgs(command=["python", "-m", "shop.mailer"], cpu="0.25 vCPU", memory="512 MB", calls=["orders"])


def monolith(mode: Mode = Mode.UPDATE, **args: Any) -> Graph:
    given = {"network": existing_network(), "image": existing_image(), **args}
    return record(
        lambda: Monolith("shop", MonolithArgs(**given)), mode=mode, project="shop", config={"aws:region": "eu-west-1"}
    )


def service_container(graph: Graph, unit: str) -> dict[str, Any]:
    return container(graph, f"shop-{unit}")


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
        ecs=EcsArgs(log_retention_days=7),
        access=Access.VPC,
    )
    assert names(graph.of_type(SERVICE)) == {"shop-web", "shop-mailer"}
    assert graph.one(TASK_DEFINITION, "shop-web").inputs["cpu"] == "2048"
    assert graph.one("aws:lb/loadBalancer:LoadBalancer").inputs["idleTimeout"] == 90


def test_services_share_a_process_and_workers_have_their_own() -> None:
    graph = monolith(services={"catalog": CATALOG, "orders": ORDERS, "mailer": MAILER})
    assert environment(service_container(graph, "web"))["APP_SERVICES"] == "catalog,orders"
    worker = service_container(graph, "mailer")
    assert worker["command"] == ["python", "-m", "shop.mailer"]
    assert "portMappings" not in worker, "nothing is sent to a worker"
    assert "healthCheck" not in worker, "nothing answers in a worker"
    assert graph.one(TASK_DEFINITION, "shop-mailer").inputs["cpu"] == "256"


def test_calls_stay_in_the_process_or_go_through_the_load_balancer() -> None:
    graph = monolith(services={"catalog": CATALOG, "orders": ORDERS, "mailer": MAILER})
    assert "CATALOG_URL" not in environment(service_container(graph, "web")), "orders and catalog share a process"
    url = environment(service_container(graph, "mailer"))["ORDERS_URL"]
    assert url == graph.one("fastapi-on-aws:index:LoadBalancer").outputs["url"]
    assert "shop-mailer-calls-in" in names(graph.of_type(INGRESS_RULE))
    assert "shop-mailer-calls-out" in names(graph.of_type(EGRESS_RULE))


def test_a_service_with_its_own_image_is_reached_by_its_prefix_first() -> None:
    own = ServiceArgs(prefix="/reports", image=ImageArgs(uri=IMAGE_URI, architecture=Architecture.AMD64))
    graph = monolith(services={"catalog": CATALOG, "reports": own})
    rules = {rule.name: rule.inputs for rule in graph.of_type(LISTENER_RULE)}
    (condition,) = rules["shop-reports"]["conditions"]
    assert condition["pathPattern"]["values"] == ["/reports", "/reports/*"]
    assert rules["shop-reports"]["priority"] < rules["shop-web"]["priority"]
    assert graph.one(TASK_DEFINITION, "shop-reports").inputs["runtimePlatform"]["cpuArchitecture"] == "X86_64"
    assert "command" not in service_container(graph, "reports"), "the app's command is for the app's image"


def test_a_longer_prefix_is_tried_before_a_shorter_one() -> None:
    command = ["serve"]
    services = {
        "shop": ServiceArgs(prefix="/shop", command=command),
        "cart": ServiceArgs(prefix="/shop/cart", command=command),
        "item": ServiceArgs(prefix="/shop/cart/item", command=command),
    }
    rules = {rule.name: rule.inputs["priority"] for rule in monolith(services=services).of_type(LISTENER_RULE)}
    assert rules["shop-item"] < rules["shop-cart"] < rules["shop-shop"]


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


def test_another_service_moves_nothing_that_is_there() -> None:
    services = {"catalog": CATALOG, "mailer": ServiceArgs(command=["mail"])}
    before = identity(monolith(services=services))
    more = {**services, "reports": ServiceArgs(prefix="/reports", command=["report"])}
    after = identity(monolith(services=more))
    assert before.items() <= after.items()


def test_what_moves_out_of_the_shared_process_is_served_before_that_stops_serving_it() -> None:
    graph = monolith(services={"catalog": CATALOG, "reports": ServiceArgs(prefix="/reports", command=["report"])})
    moved = graph.one(LISTENER_RULE, "shop-reports")
    assert moved.urn in graph.one(SERVICE, "shop-web").dependencies
    assert graph.one(SERVICE, "shop-web").urn not in graph.one(SERVICE, "shop-reports").dependencies


def test_two_that_want_the_same_requests_are_refused() -> None:
    services = {"site": ServiceArgs(prefix="/", command=["site"]), "catalog": CATALOG}
    with pytest.raises(UsageError, match="site and catalog would both receive what no other prefix matches"):
        monolith(services=services)


def test_names_that_collide_in_their_priority_are_refused_before_aws_does() -> None:
    first = {f"s{n}": ServiceArgs(prefix=f"/s{n}", command=["s"]) for n in range(400)}
    with pytest.raises(UsageError, match="happen to get the same listener priority; rename one of them"):
        monolith(services=first)


def test_the_app_sees_the_clients_address_and_can_say_otherwise() -> None:
    told = environment(service_container(monolith(), "web"))
    assert told["FORWARDED_ALLOW_IPS"] == "10.0.0.0/16", "uvicorn believes what comes through the load balancer"
    own = monolith(app=AppArgs(env={"FORWARDED_ALLOW_IPS": "127.0.0.1"}))
    assert environment(service_container(own, "web"))["FORWARDED_ALLOW_IPS"] == "127.0.0.1"


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
    assert "shop.services.catalog.scaling does not apply while it shares a process" in notes
    assert "shop.services.orders.calls: catalog is called in the process; no URL is set" in notes


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
        ({"services": {"x" * 20: WORKER}}, "is 20 characters long; the name of a target group leaves 19 for it"),
        ({"services": {"a_b": WORKER}}, "shop.services.a_b is not a name for a service"),
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
        ({"app": {"cpu": "0.5 vCPU", "memory": "16 GB"}}, "shop.services.app.memory is '16 GB'; with 0.5 vCPU Fargate"),
        (
            {
                "access": "internet",
                "certificate_arn": "arn:aws:acm:eu-west-1:1:certificate/1",
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
