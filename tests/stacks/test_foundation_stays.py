"""No setting touches a resource of the foundation that it has nothing to do with."""

from typing import Any

import pytest

from fastapi_on_aws.recording import Graph, plain
from tests.support.recorded import (
    BUILT_IMAGE,
    DISTRIBUTION,
    IMAGE_URI,
    LOG_GROUP,
    NAT_GATEWAY,
    ROUTE,
    STACKS,
    stack_graph,
)

ANY = STACKS / "Pulumi.any.yaml"

FOUNDATION = ("fastapi-on-aws:index:Network", "fastapi-on-aws:index:Image", "fastapi-on-aws:index:FrontDoor")
SERVICES = {"catalog": {"prefix": "/catalog"}, "orders": {"prefix": "/orders", "calls": ["catalog"]}}

OTHER_IMAGE = {"image": {"context": "sample_app"}}
FLIPS: list[tuple[str, Any, set[str]]] = [
    ("app", {"port": 9000}, set()),
    ("app", {"egress_ports": [443, 5432]}, set()),
    ("app", {"asgi": "shop.main:app", **OTHER_IMAGE}, {BUILT_IMAGE}),  # not the sample app any more
    ("app", {"command": ["serve"], **OTHER_IMAGE}, {BUILT_IMAGE}),
    ("app", {"health": {"live": "/health"}}, set()),
    ("app", {"cpu": "1 vCPU", "memory": "2 GB"}, set()),
    ("app", {"scaling": {"min": 1, "max": 1}}, set()),
    ("app", {"drain_seconds": 50}, set()),
    ("app", {"env": {"A": "b"}}, set()),
    ("app", {"image": {"target": "runtime"}}, {BUILT_IMAGE}),
    ("app", {"image": {"build_args": {"A": "b"}}}, {BUILT_IMAGE}),
    ("services", {"everything": {"prefix": "/"}}, set()),
    ("services", {**SERVICES, "mailer": {"command": ["mail"]}}, set()),
    ("ecs", {"spot": {"share": 100}}, set()),
    ("ecs", {"assign_public_ip": True, "log_retention_days": 7}, set()),
    ("network", {"zone_count": 3}, {"aws:ec2/vpcEndpoint:VpcEndpoint"}),
    ("network", {"isolated": True}, set()),
    ("network", {"nat": "single"}, {ROUTE}),
    ("network", {"interface_endpoints": ["logs"]}, set()),
    ("network", {"flow_logs": {"retention_days": 90}}, {LOG_GROUP}),
    ("network", {"avoid_cidrs": ["192.168.0.0/16"]}, set()),
    ("front_door", {"price_class": "PriceClass_100"}, {DISTRIBUTION}),
    ("front_door", {"domain": {"name": "a.example.com", "zone_id": "Z0123"}}, {DISTRIBUTION}),
    ("pattern", "serverless", {DISTRIBUTION, "aws:cloudfront/function:Function"}),
    ("pattern", "microservices", set()),
    ("eks", {"log_retention_days": 90}, set()),
    ("lambda", {"functions": "per_service"}, set()),
    ("tags", {"owner": "shop"}, set()),
    ("protect", True, set()),
]


def foundation(graph: Graph) -> dict[str, Any]:
    """URN -> type and inputs of what must survive, without what an architecture puts into it (the origin)."""
    parts = {r.urn for r in graph if r.type in FOUNDATION}
    found = {}
    for resource in graph:
        if resource.parent in parts:
            inputs = {key: value for key, value in plain(resource.inputs).items() if key != "origins"}
            found[resource.urn] = (resource.type, inputs)
    return found


@pytest.mark.parametrize(("key", "value", "meant"), FLIPS, ids=[f"{key}-{value}"[:60] for key, value, _ in FLIPS])
def test_a_setting_touches_only_what_it_is_about(key: str, value: Any, meant: set[str]) -> None:
    before, after = foundation(stack_graph(ANY)), foundation(stack_graph(ANY, **{key: value}))
    gone = {before[urn][0] for urn in before.keys() - after.keys()}
    changed = {before[urn][0] for urn in before.keys() & after.keys() if before[urn] != after[urn]}
    assert changed == meant
    may_go = {NAT_GATEWAY, "aws:ec2/eip:Eip"} if value == {"nat": "single"} else set()
    assert gone == may_go


def test_every_key_of_a_stack_file_is_flipped_here() -> None:
    import dataclasses

    from fastapi_on_aws.coerce import word
    from stack_settings import StackSettings

    all_keys = {word(field.name) for field in dataclasses.fields(StackSettings)}
    assert {key for key, _, _ in FLIPS} | {"load_balancer"} == all_keys, (
        "load_balancer goes with a front door taken out"
    )


def test_an_image_of_ci_takes_the_repository_out_and_nothing_else() -> None:
    before = foundation(stack_graph(ANY))
    after = foundation(stack_graph(ANY, app={"image": {"uri": IMAGE_URI, "architecture": "arm64"}}))
    assert {before[urn][0] for urn in before.keys() - after.keys()} == {
        "aws:ecr/repository:Repository",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        BUILT_IMAGE,
    }
    assert all(after[urn] == before[urn] for urn in after)
