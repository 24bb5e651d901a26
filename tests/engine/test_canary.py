"""A service on EKS over several updates, some of whose requests try each new version first, on the real engine."""

import json
from collections.abc import Callable
from typing import Final

import pytest

from tests.components.eks_services import AUTOSCALER, BINDING, DEPLOYMENT, KUBERNETES_SERVICE
from tests.engine.command import EngineError
from tests.engine.rig import Rig
from tests.engine.stack import Stack
from tests.engine.standin.faults import Fault
from tests.support.recorded import FUNCTION, LISTENER_RULE, TARGET_GROUP

INVOCATION: Final = "aws:lambda/invocation:Invocation"
_CHANGES: Final = ("create", "update", "delete")
_PROGRAM: Final = """
import pulumi
from fastapi_on_aws import (
    Architecture, EksClusterRef, EksRolloutArgs, EksRolloutKind, EksService, EksServiceArgs, ImageRef, ListenerRef,
    NetworkRef, RouteArgs, ScalingArgs,
)
from fastapi_on_aws.eks.kubeconfig import cluster_provider

config = pulumi.Config()
provider = cluster_provider(
    "platform", cluster_name="platform", endpoint="https://0A1B2C3D.gr7.eu-west-1.eks.amazonaws.com",
    certificate_authority="LS0tLS1CRUdJTg==", opts=pulumi.ResourceOptions(),
)
listener = ListenerRef(
    arn="arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/" + config.require("balancer") + "/1/2",
    security_group_id="sg-0a", load_balancer_arn_suffix="app/" + config.require("balancer") + "/1",
)
kind = EksRolloutKind(config.require("kind"))
rollout = EksRolloutArgs(kind=kind, percent=config.require_int("percent")) if kind == "canary" else EksRolloutArgs()
EksService(
    "shop",
    EksServiceArgs(
        cluster=EksClusterRef(name="platform"),
        network=NetworkRef(vpc_id="vpc-0a", cidr="10.0.0.0/16", private_subnet_ids=["subnet-0a", "subnet-0b"]),
        image=ImageRef(uri="shop:" + config.require("image"), architecture=Architecture.ARM64),
        route=RouteArgs(listener=listener, path_patterns=["/*"]),
        env={"LOG_LEVEL": config.require("level")},
        scaling=ScalingArgs(min=2, max=30),
        rollout=rollout,
    ),
    pulumi.ResourceOptions(providers=[provider]),
)
"""
_BAD: Final = "the new pods of shop were taken out at 10 % of requests: shop-canary-server-errors in state ALARM"


@pytest.fixture
def stack(rig: Rig) -> Stack:
    """A service that is not there yet."""
    return rig.stack(rig.program(_PROGRAM))


def _done(rig: Rig, command: Callable[[], object], *, fails: str | None = None) -> list[str]:
    """What a command did, in its order: operation, type and name; ``fails`` is what it then says."""
    before = len(rig.log())
    if fails is None:
        command()
    else:
        with pytest.raises(EngineError, match=fails):
            command()
    rows = [row for row in rig.log()[before:] if row["op"] in _CHANGES and not row.get("preview")]
    done = [(row["op"], *row["urn"].split("::", 3)[2:]) for row in rows if "fault" not in row]
    return [f"{op} {type_.rpartition(':')[2]} {name}" for op, type_, name in done]


def _up(rig: Rig, stack: Stack, kind: str, image: str, *, fails: str | None = None, **words: str) -> list[str]:
    said = {"kind": kind, "image": image, "level": "info", "percent": "10", "balancer": "lb", **words}
    stack.set_config({f"shop:{word}": value for word, value in said.items()})
    return _done(rig, stack.up, fails=fails)


def _images(rig: Rig) -> dict[str, str]:
    """What each Deployment runs."""
    found = {}
    for deployment in rig.cloud.all(DEPLOYMENT):
        (container,) = deployment.inputs["spec"]["template"]["spec"]["containers"]
        found[deployment.urn.rpartition("::")[2]] = container["image"].removeprefix("shop:")
    return found


_TRIED: Final = [
    "update Deployment shop-canary",
    "create Invocation shop-rollout",
    "update Deployment shop",
    "delete Invocation shop-rollout",
]


def test_a_new_version_is_tried_before_the_pods_that_serve_are_touched(rig: Rig, stack: Stack) -> None:
    made = _up(rig, stack, "canary", "1")
    places = [
        made.index(row)
        for row in (
            "create ListenerRule shop.attachment",
            "create TargetGroupBinding shop-canary",
            "create Deployment shop-canary",
            "create Invocation shop-rollout",
            "create Deployment shop",
            "create ListenerRule shop",
        )
    ]
    assert places == sorted(places), f"{made}"
    assert _up(rig, stack, "canary", "1") == [], "nothing changed"
    assert _up(rig, stack, "canary", "2") == _TRIED
    assert _up(rig, stack, "canary", "2", level="debug") == _TRIED, "another setting is another version, too"
    assert _images(rig) == {"shop": "2", "shop-canary": "2"}


def test_another_percentage_tries_nothing(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "canary", "1")
    done = _up(rig, stack, "canary", "1", percent="50")
    assert "update Function shop-rollout" in done, "it has its orders there"
    assert [row for row in done if "Invocation" in row or row.endswith("Deployment shop")] == []


def test_a_version_that_is_no_good_never_reaches_the_pods_that_serve(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "canary", "1")
    rig.fail(Fault(match=INVOCATION, message=_BAD))
    assert _up(rig, stack, "canary", "2", fails=_BAD) == ["update Deployment shop-canary"]
    assert _images(rig) == {"shop": "1", "shop-canary": "2"}
    assert _up(rig, stack, "canary", "2", fails=_BAD) == [], "it is tried again, and touches nothing"
    rig.fail()
    assert _up(rig, stack, "canary", "3") == _TRIED, "the mended one, from the version that serves"
    assert _images(rig) == {"shop": "3", "shop-canary": "3"}


def test_back_to_the_version_that_serves_nothing_is_tried(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "canary", "1")
    rig.fail(Fault(match=INVOCATION, message=_BAD))
    _up(rig, stack, "canary", "2", fails=_BAD)
    assert _up(rig, stack, "canary", "1") == ["update Deployment shop-canary"]


def test_pods_that_are_never_ready_are_not_even_tried(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "canary", "1")
    rig.fail(Fault(op="update", match=f"{DEPLOYMENT}::shop-canary", message="the Deployment failed to roll out"))
    assert _up(rig, stack, "canary", "2", fails="failed to roll out") == []
    assert _images(rig)["shop"] == "1"
    rig.fail()
    assert _up(rig, stack, "canary", "2") == _TRIED


def test_a_service_goes_over_to_a_canary_and_back_while_it_serves(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "rolling", "1")
    kept = {one.id for type_ in (DEPLOYMENT, TARGET_GROUP, BINDING, LISTENER_RULE) for one in rig.cloud.all(type_)}
    done = _up(rig, stack, "canary", "1")
    changed = [row for row in done if not row.startswith("create ")]
    assert changed == ["update ListenerRule shop.attachment"], "what serves is not touched"
    assert done.index("create Deployment shop-canary") < done.index("create Invocation shop-rollout")
    assert _up(rig, stack, "canary", "2") == _TRIED

    done = _up(rig, stack, "rolling", "3")
    assert [row for row in done if not row.startswith("delete ")] == [
        "update ListenerRule shop.attachment",
        "update Deployment shop",
    ]
    gone = [row.removeprefix("delete ") for row in done if row.startswith("delete ")]
    order = ("Deployment shop-canary", "TargetGroupBinding shop-canary", "TargetGroup shop-canary")
    assert [gone.index(one) for one in order] == sorted(gone.index(one) for one in order)
    assert gone.index("TargetGroupBinding shop-canary") < gone.index("Service shop-canary")
    assert [one for one in rig.cloud.all() if "canary" in one.urn or one.type in (INVOCATION, FUNCTION)] == []
    now = {one.id for type_ in (DEPLOYMENT, TARGET_GROUP, BINDING, LISTENER_RULE) for one in rig.cloud.all(type_)}
    assert now == kept, "the same pods, groups and rules"
    assert _images(rig) == {"shop": "3"}


def test_a_refresh_finds_the_rule_as_the_function_has_put_it_back(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "canary", "1")
    assert _done(rig, stack.refresh) == []
    assert _up(rig, stack, "canary", "1") == []
    (rule,) = [one for one in rig.cloud.all(LISTENER_RULE) if one.urn.endswith("::shop")]
    (action,) = rule.inputs["actions"]
    assert set(action) == {"type", "targetGroupArn"}, "all requests, for the pods that serve"


def test_another_load_balancer_gets_groups_of_its_own(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "canary", "1")
    before = {one.id for one in rig.cloud.all(TARGET_GROUP)}
    done = _up(rig, stack, "canary", "1", balancer="other")
    assert not before & {one.id for one in rig.cloud.all(TARGET_GROUP)}
    assert [row for row in done if "Invocation" in row] == [], "the pods are the same"
    (function,) = rig.cloud.all(FUNCTION)
    told = json.loads(function.inputs["environment"]["variables"]["ORDER"])
    assert {told["stable"], told["canary"]} == {one.state["arn"] for one in rig.cloud.all(TARGET_GROUP)}


def test_what_is_destroyed_goes_in_an_order_that_fails_no_request(rig: Rig, stack: Stack) -> None:
    _up(rig, stack, "canary", "1")
    gone = _done(rig, stack.destroy)
    assert not list(rig.cloud.all())

    def before(first: str, *then: str) -> None:
        for other in then:
            assert gone.index(f"delete {first}") < gone.index(f"delete {other}"), f"{first} before {other}: {gone}"

    before("ListenerRule shop", "Deployment shop", "TargetGroup shop", "TargetGroup shop-canary")
    before("Deployment shop", "Invocation shop-rollout", "TargetGroupBinding shop")
    before("Invocation shop-rollout", "Deployment shop-canary", "Function shop-rollout")
    for name in ("shop", "shop-canary"):
        before(f"Deployment {name}", f"TargetGroupBinding {name}")
        before(f"TargetGroupBinding {name}", f"Service {name}", f"TargetGroup {name}", "ListenerRule shop.attachment")
    before("ListenerRule shop.attachment", "TargetGroup shop", "TargetGroup shop-canary")
    kinds = {row.split()[1] for row in gone}
    assert {type_.rpartition(":")[2] for type_ in (AUTOSCALER, KUBERNETES_SERVICE)} <= kinds
