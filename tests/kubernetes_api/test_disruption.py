"""What becomes of a stack's pods when their node goes, and of a service that never is ready."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from subprocess import CompletedProcess
from typing import Any, Final

import pytest

from tests.components.eks_services import kubernetes_objects
from tests.kubernetes_api.client import Client, Object, condition
from tests.kubernetes_api.cluster import Cluster
from tests.kubernetes_api.nodes import NODES
from tests.support.process import wait_until
from tests.support.recorded import STACKS, stack_graph

UNREADY: Final = {"uri": f"shop/unready@sha256:{'c' * 64}", "architecture": "arm64"}
SERVICES: Final[dict[str, dict[str, Any]]] = {
    "steady": {"prefix": "/steady", "scaling": {"min": 2, "max": 2}},
    "alone": {"prefix": "/alone", "scaling": {"min": 1, "max": 1}},
    "ill": {"prefix": "/ill", "scaling": {"min": 2, "max": 2}, "image": UNREADY},
}
READY: Final = {"steady": 2, "alone": 1, "ill": 0}
NODE: Final = next(iter(NODES))

Ended = CompletedProcess[str]


@pytest.fixture(scope="module")
def deployments(cluster: Cluster, client: Client) -> Iterator[dict[str, Object]]:
    """Of each service, with all their pods on one node, and other nodes to go to."""
    objects = kubernetes_objects(stack_graph(STACKS / "Pulumi.microservices.yaml", services=SERVICES))
    others = [node for node in NODES if node != NODE]
    assert cluster.kubectl("cordon", *others).returncode == 0
    try:
        client.apply(objects)
        made = {name: _of(objects, "Deployment", name) for name in SERVICES}
        for name in made:
            _wait_for_pods(client, made, name)
    finally:
        assert cluster.kubectl("uncordon", *others).returncode == 0
    yield made
    assert cluster.kubectl("uncordon", NODE).returncode == 0


def test_a_service_that_never_is_ready_gets_no_requests_and_others_do(
    client: Client, deployments: dict[str, Object]
) -> None:
    ill = client.request("GET", client.path_of(deployments["ill"]))
    assert condition(ill, "Available")["reason"] == "MinimumReplicasUnavailable"
    wait_until(lambda: {name: _endpoints(client, one) for name, one in deployments.items()} == READY, "endpoints")


def test_a_drain_moves_the_pods_of_a_service_one_by_one(
    cluster: Cluster, client: Client, deployments: dict[str, Object]
) -> None:
    ended, fewest = _drained(cluster, client, deployments["steady"])
    assert ended.returncode == 0, ended.stderr
    assert fewest >= 1, "the second one goes when the first one has a successor"
    _moved(client, deployments, "steady")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("alone", "with a budget that keeps one pod it would never end, and nor would an update of the nodes"),
        ("ill", "by default a budget keeps pods that are not ready, too, in the hope that they become so"),
    ],
)
def test_a_drain_comes_to_its_end(
    cluster: Cluster, client: Client, deployments: dict[str, Object], name: str, why: str
) -> None:
    ended, _ = _drained(cluster, client, deployments[name])
    assert ended.returncode == 0, f"{why}: {ended.stderr}"
    _moved(client, deployments, name)


def _drained(cluster: Cluster, client: Client, deployment: Object) -> tuple[Ended, int]:
    """Take a Deployment's pods off the node; what kubectl said, and the fewest that served meanwhile."""
    only = f"--pod-selector={_selector(deployment)}"
    with ThreadPoolExecutor() as pool:
        drain = pool.submit(cluster.kubectl, "drain", NODE, only, "--delete-emptydir-data", "--timeout=50s")
        serving = [len(_serving(client, deployment))]
        while not drain.done():
            serving.append(len(_serving(client, deployment)))
    return drain.result(), min(serving)


def _moved(client: Client, deployments: dict[str, Object], name: str) -> None:
    """Return when a service is as before, elsewhere."""
    _wait_for_pods(client, deployments, name)
    assert NODE not in {pod["spec"]["nodeName"] for pod in _begun(client, deployments[name])}


def _wait_for_pods(client: Client, deployments: dict[str, Object], name: str) -> None:
    """Return when there are as many as are asked for, and those that will ever be ready are."""
    one, asked = deployments[name], SERVICES[name]["scaling"]["min"]
    wait_until(
        lambda: (len(_begun(client, one)), len(_serving(client, one))) == (asked, READY[name]), f"pods of {name}"
    )


def _begun(client: Client, deployment: Object) -> list[Object]:
    """Its pods that a node has taken, without those that are told to end."""
    namespace, asked = deployment["metadata"]["namespace"], {"labelSelector": _selector(deployment)}
    pods: list[Object] = client.request("GET", client.path("v1", "Pod", namespace), None, **asked)["items"]
    return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"] and "containerStatuses" in pod["status"]]


def _serving(client: Client, deployment: Object) -> list[Object]:
    return [pod for pod in _begun(client, deployment) if condition(pod, "Ready").get("status") == "True"]


def _endpoints(client: Client, deployment: Object) -> int:
    """How many pods its Service sends requests to."""
    slices = client.items("discovery.k8s.io/v1", "EndpointSlice", deployment["metadata"]["namespace"])
    return sum(bool(each["conditions"]["ready"]) for some in slices for each in some["endpoints"] or [])


def _selector(deployment: Object) -> str:
    return ",".join(f"{key}={value}" for key, value in deployment["spec"]["selector"]["matchLabels"].items())


def _of(objects: list[Object], kind: str, service: str) -> Object:
    (found,) = [
        each for each in objects if each["kind"] == kind and each["metadata"]["name"].rpartition("-")[2] == service
    ]
    return found
