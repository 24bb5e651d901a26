"""The checked-in microservices stack on the real engine and a real API server, from create to destroy."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.components.eks_services import DEPLOYMENT
from tests.engine.own import Op, Own, refused
from tests.engine.rig import Rig
from tests.engine.stack import Result
from tests.engine.standin.objects import pruned
from tests.engine.toolchain import Toolchain
from tests.kubernetes_api.client import ApiError, Client, Object
from tests.kubernetes_api.cluster import running_cluster
from tests.support.process import wait_until
from tests.support.recorded import STACKS

STACK: Final = "microservices"
CONFIG: Final[dict[str, Any]] = yaml.safe_load((STACKS / f"Pulumi.{STACK}.yaml").read_text())["config"]
SERVICES: Final[dict[str, Any]] = CONFIG["fastapi-on-aws:services"]
EKS: Final[dict[str, Any]] = CONFIG["fastapi-on-aws:eks"]
READY_SECONDS: Final = 60
"""The least that can be asked for."""
KINDS: Final = [
    ("eks.amazonaws.com/v1", "NodeClass"),
    ("eks.amazonaws.com/v1", "TargetGroupBinding"),
    ("karpenter.sh/v1", "NodePool"),
    ("v1", "Namespace"),
    ("apps/v1", "Deployment"),
    ("v1", "ConfigMap"),
    ("v1", "Pod"),
]

Pods = Mapping[str, str]
"""Name -> image, of those that serve."""


@dataclass(frozen=True, kw_only=True)
class Life:
    """A stack that was previewed, made, updated without a change, broken, repaired and destroyed."""

    foreseen: Result
    made: Result
    there: dict[str, Object | None]
    """By URN: what the API server had after the first update."""
    again: Result
    touched: list[Op]
    before: Mapping[str, Pods]
    """By service, and so the others."""
    refusal: str
    seconds: float
    """Until it came."""
    meanwhile: Mapping[str, Pods]
    repaired: list[Op]
    at_last: Mapping[str, Pods]
    left: set[str]
    """What the server has after the destroy, and did not have at first."""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path) -> Iterator[Life]:
    """In a cluster of its own: what is left of it there is left by it."""
    folder = tmp_path_factory.mktemp("cluster")
    with ExitStack() as running:
        cluster = running.enter_context(running_cluster(folder / "kubernetes"))
        client = running.enter_context(cluster.client())
        rig = Rig(folder / "rig", toolchain, sdk_cache)
        rig.use_cluster(cluster.kubeconfig)
        yield _live(Own(rig, STACK), client)


def _live(own: Own, client: Client) -> Life:
    at_first = _all(client)
    foreseen = own.stack.preview()
    made, _ = own.up()
    there = {urn: _found(client, urn, made) for urn in made.registered if "kubernetes:" in urn.split("::")[2]}
    again, touched = own.up()
    wait_until(lambda: all(len(_pods(client)[name]) == 2 for name in SERVICES), "the autoscalers' pods")
    before = _pods(client)
    began = time.monotonic()
    quickly = {**EKS, "rollout": {"ready_seconds": READY_SECONDS}}
    refusal = refused(lambda: own.up(eks=quickly, services=_with_image("orders", "unready")))
    seconds, meanwhile = time.monotonic() - began, _pods(client)
    _, repaired = own.up(services=_with_image("orders", "mended"))
    at_last = _pods(client)
    own.stack.destroy()
    return Life(
        foreseen=foreseen,
        made=made,
        there=there,
        again=again,
        touched=touched,
        before=before,
        refusal=refusal,
        seconds=seconds,
        meanwhile=meanwhile,
        repaired=repaired,
        at_last=at_last,
        left=_all(client) - at_first,
    )


def test_it_is_previewed_before_there_is_a_cluster(life: Life) -> None:
    assert life.foreseen.changes == life.made.changes, "and what is foreseen is what is made"


def test_all_that_the_program_asks_for_is_on_the_server(life: Life) -> None:
    assert len(life.there) > 25, "the search should find them"
    for urn, found in life.there.items():
        wanted = life.made.registered[urn].inputs
        assert found is not None, f"{urn} is not there"
        assert pruned(wanted, found) == wanted, f"{urn} is there otherwise"


def test_its_deployments_are_ready_when_the_update_ends(life: Life) -> None:
    deployments = [found for urn, found in life.there.items() if life.made.registered[urn].type == DEPLOYMENT and found]
    assert len(deployments) == len(SERVICES)
    assert all(found["status"]["readyReplicas"] for found in deployments)


def test_a_second_update_changes_nothing(life: Life) -> None:
    assert set(life.again.changes) == {"same"}
    assert not life.touched


def test_pods_that_never_are_ready_fail_the_update_in_time_while_the_old_ones_serve(life: Life) -> None:
    assert "failed to fully initialize or become live" in life.refusal
    assert "[ProgressDeadlineExceeded] ReplicaSet" in life.refusal, "Kubernetes' own words"
    assert "Traceback" not in life.refusal
    assert READY_SECONDS < life.seconds < 3 * READY_SECONDS, "its time is up, and the engine's own work is done"
    assert life.meanwhile == life.before


def test_a_good_image_of_that_service_repairs_it_and_rolls_its_pods_alone(life: Life) -> None:
    assert life.repaired == [Op("update", DEPLOYMENT, "app-orders")]
    assert set(life.at_last["orders"].values()) == {_image("mended")}
    assert len(life.at_last["orders"]) == 2, "as many as the autoscaler asks for: the update leaves their number alone"
    for other in SERVICES.keys() - {"orders"}:
        assert life.at_last[other] == life.before[other], f"the pods of {other} are the same"


def test_destroy_leaves_nothing_in_the_cluster(life: Life) -> None:
    assert not life.left


def _image(word: str) -> str:
    return f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/{word}@sha256:{'b' * 64}"


def _with_image(service: str, word: str) -> dict[str, Any]:
    image = {"uri": _image(word), "architecture": "arm64"}
    return {**SERVICES, service: {**SERVICES[service], "image": image}}


def _found(client: Client, urn: str, made: Result) -> Object | None:
    inputs = made.registered[urn].inputs
    try:
        metadata = inputs["metadata"]
        return client.get(inputs["apiVersion"], inputs["kind"], metadata["name"], metadata.get("namespace"))
    except ApiError as error:
        if error.status != 404:
            raise
        return None


def _pods(client: Client) -> dict[str, Pods]:
    """Those that serve, by service."""
    found: dict[str, dict[str, str]] = {name: {} for name in SERVICES}
    for pod in client.items("v1", "Pod"):
        (container,) = pod["spec"]["containers"]
        ready = all(status["ready"] for status in pod["status"].get("containerStatuses", [{"ready": False}]))
        if ready and "deletionTimestamp" not in pod["metadata"]:
            found[pod["metadata"]["namespace"].rpartition("-")[2]][pod["metadata"]["name"]] = container["image"]
    return dict(found)


def _all(client: Client) -> set[str]:
    """What there is of the kinds that the stack makes, and of what becomes of them."""
    return {
        f"{kind} {item['metadata'].get('namespace', '')}/{item['metadata']['name']}"
        for version, kind in KINDS
        for item in client.items(version, kind)
    }
