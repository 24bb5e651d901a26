"""Services of a monolith that run alone, beside those that share a process: what each has, and how they are reached."""

from typing import Any

import pytest

from fastapi_on_aws import (
    Access,
    AppArgs,
    Architecture,
    EcsArgs,
    ImageArgs,
    ScalingArgs,
    ServiceArgs,
    UsageError,
)
from tests.components.monoliths import CATALOG, MAILER, ORDERS, SECRET, monolith, service_container
from tests.support.recorded import (
    EGRESS_RULE,
    IMAGE_URI,
    INGRESS_RULE,
    LISTENER_RULE,
    LOG_GROUP,
    SECURITY_GROUP,
    SERVICE,
    TASK_DEFINITION,
    environment,
    identity,
    names,
)

OTHER_SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:reports-GhIjKl"
HTTPS = {"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1", "domain_name": "api.example.com"}
TARGET = "aws:appautoscaling/target:Target"


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
    prefixes = {f"s{parts}": "/part" * parts for parts in range(1, 9)}
    services = {name: ServiceArgs(prefix=prefix, command=["serve"]) for name, prefix in prefixes.items()}
    rules = {rule.name: rule.inputs["priority"] for rule in monolith(services=services).of_type(LISTENER_RULE)}
    in_turn = [rules[f"shop-s{parts}"] for parts in range(8, 0, -1)]
    assert in_turn == sorted(in_turn), "or the shorter one receives the longer one's requests"
    assert in_turn[0] >= 1, "AWS has no lower ones"


def test_prefixes_too_long_to_be_put_in_order_are_refused() -> None:
    deep = "/part" * 8
    services = {
        "outer": ServiceArgs(prefix=deep, command=["serve"]),
        "inner": ServiceArgs(prefix=f"{deep}/a/b", command=["serve"]),
    }
    with pytest.raises(
        UsageError, match=f"inner.prefix {deep}/a/b lies below that of outer, {deep}, which has 8 parts"
    ):
        monolith(services=services)


def test_a_service_that_shares_below_one_that_runs_alone_is_refused() -> None:
    services = {
        "orders": ServiceArgs(prefix="/orders", command=["serve"]),
        "archive": ServiceArgs(prefix="/orders/archive"),
    }
    with pytest.raises(
        UsageError, match="archive.prefix /orders/archive lies below /orders, and orders, which runs alone"
    ):
        monolith(services=services)
    monolith(services={**services, "archive": ServiceArgs(prefix="/orders-archive")})


def test_the_one_that_receives_the_rest_can_be_renamed() -> None:
    before, after = (
        {rule.name: rule.inputs["priority"] for rule in monolith(services=services).of_type(LISTENER_RULE)}
        for services in ({"site": ServiceArgs(prefix="/", command=["s"])}, {"web": ServiceArgs(prefix="/")})
    )
    assert not set(before.values()) & set(after.values()), "its new rules are made before its old ones go"


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
    with pytest.raises(UsageError, match="happen to get the same listener priority; rename one of them, best one"):
        monolith(services=first)


def test_a_unit_of_its_own_has_its_own_size_and_what_it_leaves_out_from_the_app() -> None:
    app = AppArgs(cpu="1 vCPU", memory="4 GB", scaling=ScalingArgs(min=4, max=8))
    graph = monolith(
        app=app,
        services={
            "orders": ServiceArgs(prefix="/orders"),
            "small": ServiceArgs(command=["work"], cpu="0.5 vCPU", memory="3 GB", scaling=ScalingArgs(min=1, max=3)),
            "like-app": ServiceArgs(command=["work"]),
        },
    )

    def size(unit: str) -> tuple[Any, ...]:
        task, target = graph.one(TASK_DEFINITION, f"shop-{unit}").inputs, graph.one(TARGET, f"shop-{unit}").inputs
        return task["cpu"], task["memory"], target["minCapacity"], target["maxCapacity"]

    assert size("web") == size("like-app") == ("1024", "4096", 4, 8)
    assert size("small") == ("512", "3072", 1, 3), "a worker is rarely as large as the app"


def test_a_unit_of_its_own_has_the_apps_variables_and_its_own_win() -> None:
    services = {
        "orders": ServiceArgs(prefix="/orders"),
        "reports": ServiceArgs(
            prefix="/reports",
            command=["report"],
            env={"LOG_LEVEL": "debug", "DEPTH": "3"},
            secrets={"KEY": OTHER_SECRET, "OWN": SECRET},
        ),
    }
    app = AppArgs(env={"LOG_LEVEL": "info", "REGION": "eu"}, secrets={"KEY": SECRET, "DATABASE": SECRET})
    graph = monolith(app=app, services=services)
    told = environment(service_container(graph, "reports"))
    assert (told["LOG_LEVEL"], told["DEPTH"], told["REGION"]) == ("debug", "3", "eu")
    assert service_container(graph, "reports")["secrets"] == [
        {"name": "DATABASE", "valueFrom": SECRET},
        {"name": "KEY", "valueFrom": OTHER_SECRET},
        {"name": "OWN", "valueFrom": SECRET},
    ]
    assert environment(service_container(graph, "web"))["LOG_LEVEL"] == "info", "it is nobody else's"


def test_the_drain_number_holds_for_units_of_their_own() -> None:
    graph = monolith(app=AppArgs(drain_seconds=45), services={"orders": ORDERS, "catalog": CATALOG, "mailer": MAILER})
    assert service_container(graph, "mailer")["stopTimeout"] == 60, "a worker finishes what it does too"


def test_one_service_alone_at_the_root_receives_everything() -> None:
    graph = monolith(services={"site": ServiceArgs(prefix="/", command=["site"])})
    assert names(graph.of_type(SERVICE)) == {"shop-site"}, "nothing is shared, so nothing else runs"
    rule = graph.one(LISTENER_RULE, "shop-site").inputs
    assert rule["conditions"] == [{"pathPattern": {"values": ["/*"]}}]
    assert rule["priority"] >= 24000, "after all others"
    outputs = graph.one("fastapi-on-aws:index:Monolith").outputs
    assert outputs["serviceUrls"] == {"site": outputs["url"]}, "with a slash at its end, paths behind it get two"


@pytest.mark.parametrize(
    ("args", "port"),
    [({}, 80), ({"access": Access.VPC, **HTTPS}, 443)],
    ids=["http", "https"],
)
def test_the_shared_process_may_call_what_runs_alone_through_the_load_balancer(args: dict[str, Any], port: int) -> None:
    catalog = ServiceArgs(prefix="/catalog", command=["catalog"])
    graph = monolith(services={"catalog": catalog, "orders": ORDERS}, **args)
    told = environment(service_container(graph, "web"))
    assert told.get("CATALOG_URL") == graph.one("fastapi-on-aws:index:Monolith").outputs["url"]
    web, callers = (graph.one(SECURITY_GROUP, name).id for name in ("shop-web", "shop-lb-callers"))
    out, let_in = graph.one(EGRESS_RULE, "shop-web-calls-out"), graph.one(INGRESS_RULE, "shop-web-calls-in")
    words = ("securityGroupId", "referencedSecurityGroupId", "toPort")
    rules = [tuple(rule.inputs[word] for word in words) for rule in (out, let_in)]
    assert rules == [(web, callers, port), (callers, web, port)]
    assert "shop-catalog-calls-out" not in names(graph.of_type(EGRESS_RULE)), "it calls nobody"


def test_every_unit_has_the_settings_of_ecs_and_the_ports_of_the_app() -> None:
    ecs = EcsArgs(log_retention_days=7, assign_public_ip=True)
    app = AppArgs(egress_ports=[443, 5432])
    graph = monolith(app=app, services={"orders": ServiceArgs(prefix="/orders"), "mailer": MAILER}, ecs=ecs)
    for unit in ("shop-web", "shop-mailer"):
        assert {f"{unit}-egress-443", f"{unit}-egress-5432"} <= names(graph.of_type(EGRESS_RULE)), "the app's database"
        assert graph.one(LOG_GROUP, unit).inputs["retentionInDays"] == 7, "logs cost by how long they are kept"
        placed = graph.one(SERVICE, unit).inputs["networkConfiguration"]
        assert placed["assignPublicIp"] is True, "it may be the only way out"
