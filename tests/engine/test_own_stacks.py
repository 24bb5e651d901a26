"""Every checked-in stack file on the real engine, from create to destroy."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.components.eks_clusters import (
    ACCESS_POLICY,
    ATTACHMENT,
    EKS_CLUSTER,
    NODE_POOL,
)
from tests.components.eks_clusters import CONFIG_MAP as NETWORK_SWITCH
from tests.components.eks_clusters import PROVIDER as KUBERNETES
from tests.components.eks_services import (
    ASSOCIATION,
    BINDING,
    DEPLOYMENT,
    KUBERNETES_SERVICE,
    NAMESPACE,
    NETWORK_POLICY,
)
from tests.engine.own import Op, Own, refused
from tests.engine.registered import Registered
from tests.engine.rig import Rig
from tests.engine.stack import Result
from tests.engine.standin.invokes import PUSH_TOKEN
from tests.engine.toolchain import Toolchain
from tests.support.recorded import (
    CLUSTER,
    DISTRIBUTION,
    FUNCTION,
    LISTENER,
    LISTENER_RULE,
    LOAD_BALANCER,
    LOG_GROUP,
    NAT_GATEWAY,
    ROLE_POLICY,
    ROUTE,
    SECURITY_GROUP,
    SERVICE,
    STACK_FILES,
    SUBNET,
    TARGET_GROUP,
    VPC,
    VPC_ORIGIN,
)

STACKS: Final = [path.stem.removeprefix("Pulumi.") for path in STACK_FILES]

CAPACITY_PROVIDERS: Final = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
INTERNET_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
ALIAS: Final = "aws:lambda/alias:Alias"
PERMISSION: Final = "aws:lambda/permission:Permission"
API: Final = "aws:apigatewayv2/api:Api"
API_ROUTE: Final = "aws:apigatewayv2/route:Route"
INTEGRATION: Final = "aws:apigatewayv2/integration:Integration"
SCALABLE_TARGET: Final = "aws:appautoscaling/target:Target"

ON_ECS: Final = [
    (SERVICE, ROUTE, "tasks pull their image through it, and reach out until they are drained"),
    (SERVICE, LISTENER_RULE, "ECS refuses a target group that no listener uses, and requests reach draining tasks"),
    (SERVICE, LISTENER, "requests reach draining tasks to the end"),
    (SERVICE, LOAD_BALANCER, "requests reach draining tasks to the end"),
    (SERVICE, TARGET_GROUP, "ECS puts its targets in and takes them out"),
    (SERVICE, CAPACITY_PROVIDERS, "ECS refuses a strategy with providers that the cluster lacks"),
    (SERVICE, CLUSTER, "a cluster with services cannot be deleted"),
    (SERVICE, ROLE_POLICY, "tasks need the right to pull and to log from their first second to their last"),
    (SERVICE, LOG_GROUP, "tasks log from their first second to their last"),
    (SERVICE, SUBNET, "its network interfaces stand in them"),
    (SERVICE, INTERNET_GATEWAY, "AWS detaches no gateway while public addresses are mapped"),
    (SCALABLE_TARGET, SERVICE, "autoscaling would scale what is being drained"),
    (DISTRIBUTION, VPC_ORIGIN, "an attached origin cannot be deleted"),
    (VPC_ORIGIN, LISTENER, "CloudFront connects to a port that must answer"),
    (VPC_ORIGIN, LOAD_BALANCER, "a load balancer behind an origin cannot be deleted"),
    (VPC_ORIGIN, INTERNET_GATEWAY, "CloudFront wants one in the VPC of an origin"),
    (LOAD_BALANCER, SUBNET, "its network interfaces stand in them"),
    (SECURITY_GROUP, VPC, "a VPC is deleted empty"),
]
ON_EKS: Final = [
    (DEPLOYMENT, BINDING, "a pod that is older than its binding has no readiness gate for all of its life"),
    (DEPLOYMENT, ASSOCIATION, "a pod gets its role when it is made"),
    (DEPLOYMENT, NETWORK_POLICY, "it is enforced from its first packet on"),
    (BINDING, KUBERNETES_SERVICE, "it binds the pods of a Service"),
    (BINDING, LISTENER_RULE, "pods of a target group that no listener uses never become healthy"),
    (BINDING, TARGET_GROUP, "a group with targets cannot be deleted"),
    (DEPLOYMENT, NODE_POOL, "pods need nodes, and nodes go when there are no pods"),
    (NODE_POOL, NETWORK_SWITCH, "policies hold before the first node"),
    (NAMESPACE, ACCESS_POLICY, "who makes and deletes what is in the cluster has to be let in"),
    (NODE_POOL, ROUTE, "nodes join the cluster and pull images through it"),
    (EKS_CLUSTER, ATTACHMENT, "EKS cleans up behind it"),
    (EKS_CLUSTER, LOG_GROUP, "it logs from its first second to its last"),
    (EKS_CLUSTER, SUBNET, "its network interfaces stand in them"),
    (DISTRIBUTION, VPC_ORIGIN, "an attached origin cannot be deleted"),
    (VPC_ORIGIN, LOAD_BALANCER, "a load balancer behind an origin cannot be deleted"),
    (LOAD_BALANCER, SUBNET, "its network interfaces stand in them"),
]
ON_LAMBDA: Final = [
    (FUNCTION, ROLE_POLICY, "it reads its secrets and logs from its first second to its last"),
    (FUNCTION, LOG_GROUP, "it logs from its first second to its last"),
    (ALIAS, FUNCTION, "it stands for a version"),
    (API_ROUTE, PERMISSION, "requests that come before it are answered with 500"),
    (API_ROUTE, INTEGRATION, "an integration that a route uses cannot be deleted"),
    (INTEGRATION, ALIAS, "it calls it"),
    (DISTRIBUTION, API, "it sends requests there"),
]
FOUNDATION: Final = [
    (NAT_GATEWAY, SUBNET, "it stands in one"),
    (NAT_GATEWAY, ROUTE, "it reaches the internet through it"),
    (NAT_GATEWAY, INTERNET_GATEWAY, "AWS detaches no gateway while public addresses are mapped"),
    (SUBNET, VPC, "a VPC is deleted empty"),
    (INTERNET_GATEWAY, VPC, "a VPC is deleted empty"),
]
HOLDS_NOTHING: Final = (LOG_GROUP, KUBERNETES)
"""The name of one has that of who writes to it; the other is the engine's own, and is not in the cloud."""
_ON: Final = {SERVICE: ON_ECS, FUNCTION: ON_LAMBDA, DEPLOYMENT: ON_EKS}
"""Who needs what while it lives: created after it, deleted before it."""


@dataclass(frozen=True, kw_only=True)
class Life:
    """A stack that was created, updated without a change, and destroyed."""

    own: Own
    made: Result
    outputs: dict[str, Any]
    created: list[Op]
    again: Result
    touched: list[Op]
    refusal: str | None
    """Of the first attempt to destroy it, if it is protected."""
    left_alone: bool
    """Whether that attempt changed nothing."""
    deleted: list[Op]


@pytest.fixture(scope="module", params=STACKS)
def life(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path
) -> Life:
    """Lived once for all tests that look at it."""
    own = Own(Rig(tmp_path_factory.mktemp(request.param) / "rig", toolchain, sdk_cache), request.param)
    made, created = own.up()
    outputs = own.stack.outputs()
    again, touched = own.up()
    refusal, left_alone = None, True
    if any(resource.protect for resource in made.registered.values()):
        refusal = refused(lambda: own.stack.command("destroy", "--yes"))
        left_alone = not own.done()
        own.up(protect=False)
    own.stack.destroy()
    return Life(
        own=own,
        made=made,
        outputs=outputs,
        created=created,
        again=again,
        touched=touched,
        refusal=refusal,
        left_alone=left_alone,
        deleted=own.done(),
    )


def test_a_first_up_creates_everything_and_a_second_changes_nothing(life: Life) -> None:
    assert set(life.made.changes) == {"create"}, "nothing was there before"
    assert {op.verb for op in life.created} == {"create"}
    assert {_runtime(life), DISTRIBUTION} <= {op.type for op in life.created}
    assert life.again.changes == {"same": life.made.changes["create"]}, "a change that is none comes back at every up"
    assert not life.touched


def test_its_outputs_are_the_urls(life: Life) -> None:
    (door,) = [resource for resource in life.made.registered.values() if resource.type == DISTRIBUTION]
    assert life.outputs["url"] == f"https://{door.outputs['domainName']}"
    assert life.outputs["service_urls"] == {
        name: f"{life.outputs['url']}/{name}" for name in ("catalog", "notifications", "orders")
    }


def test_destroy_leaves_nothing_behind(life: Life) -> None:
    assert {op[1:] for op in life.created} <= {op[1:] for op in life.deleted}
    assert not list(life.own.rig.cloud.all())
    assert not life.own.stack.registered()


def test_a_protected_stack_is_destroyed_only_once_it_is_not(life: Life) -> None:
    """The life went on to destroy it, after an update with ``protect: false``."""
    assert (life.refusal is not None) == (life.own.stack.name == "prod"), "production is protected, the others are not"
    if life.refusal is not None:
        assert "cannot be deleted" in life.refusal
        assert "because it is protected" in life.refusal
        assert life.left_alone, "a destroy that is refused deletes nothing"


def test_what_is_needed_is_created_before_and_deleted_after(life: Life) -> None:
    resources = life.made.registered
    created = {op[1:]: place for place, op in enumerate(life.created)}
    deleted = {op[1:]: place for place, op in enumerate(life.deleted)}
    for user, needed, why in [*FOUNDATION, *_ON[_runtime(life)]]:
        users = [resource for resource in resources.values() if resource.type == user]
        assert users or user == NAT_GATEWAY, f"there should be a {user}"
        for one in users:
            mine = (one.type, one.name)
            others = [(other.type, other.name) for other in _needed(one, resources) if other.type == needed]
            assert others, f"{one.name} waits for no {needed}: {why}"
            assert max(created[other] for other in others) < created[mine], f"{mine} after {others}: {why}"
            assert deleted[mine] < min(deleted[other] for other in others), f"{mine} before {others}: {why}"


def _runtime(life: Life) -> str:
    """The type of what runs the app."""
    (runtime,) = {one.type for one in life.made.registered.values()} & _ON.keys()
    return runtime


def _needed(resource: Registered, resources: Mapping[str, Registered]) -> Iterator[Registered]:
    """All that the engine makes a resource wait for."""
    seen, left = {resource.urn}, [resource.urn]
    while left:
        this = resources[left.pop()]
        before = {*this.dependencies, *filter(None, [this.provider])}
        for urn in (before & resources.keys()) - seen:
            seen.add(urn)
            left.append(urn)
            yield resources[urn]


def test_nothing_is_deleted_while_what_is_left_names_it(life: Life) -> None:
    """Whatever an input says, by a dependency or not: what uses goes before what is used."""
    left = {(one.type, one.name): one for one in life.made.registered.values() if one.custom}
    ids = [one.id for one in left.values()]  # some have that of what they are a part of
    for op in life.deleted:
        gone = left.pop(op[1:])
        words = {gone.outputs.get("arn"), gone.id if ids.count(gone.id) == 1 else None} - {None}
        holding = (one for one in left.values() if one.type not in HOLDS_NOTHING)
        inputs = {one.urn: json.dumps(one.inputs) for one in holding}
        holders = [urn for urn, text in inputs.items() if any(str(word) in text for word in words)]
        assert not holders, f"{gone.urn} went while these needed it"


def test_no_file_of_the_state_holds_the_push_token(life: Life) -> None:
    assert not life.own.rig.leaks(PUSH_TOKEN)
    assert life.own.rig.leaks("front-door"), "the search should find what does lie open"


def test_two_stacks_of_one_project_live_side_by_side(rig: Rig) -> None:
    """In one account and one backend, made and destroyed at the same time."""
    dev, staging = Own(rig, "dev"), Own(rig, "staging")
    with ThreadPoolExecutor() as pool:
        made = [future.result() for future in [pool.submit(own.stack.up) for own in (dev, staging)]]
        assert [set(result.changes) for result in made] == [{"create"}, {"create"}]
        ids = [{one.id for one in result.registered.values() if one.custom} for result in made]
        assert not ids[0] & ids[1], "a name that both have is one that AWS gives once"
        assert {one.urn for one in rig.cloud.all()} <= {*made[0].registered, *made[1].registered}

        destroyed = pool.submit(staging.stack.destroy)
        assert set(dev.up()[0].changes) == {"same"}
        destroyed.result()
    assert not dev.unaccounted(), "and nothing of the other is left"
