"""What a microservices stack puts into its cluster, and the real API server's word on all of it."""

from typing import Any, Final

import pytest

from tests.components.eks_services import kubernetes_objects
from tests.kubernetes_api.client import Client, Object
from tests.support.process import wait_until
from tests.support.recorded import STACKS, stack_graph

STACK: Final = STACKS / "Pulumi.microservices.yaml"
SERVICES: Final[dict[str, dict[str, Any]]] = {
    "catalog": {"prefix": "/catalog"},
    "orders": {"prefix": "/orders", "calls": ["catalog"]},
}
TRIED: Final = {
    "admins": ["arn:aws:iam::123456789012:role/deployer"],
    "endpoint": "private",
    "rollout": {"kind": "canary", "percent": 50},
}
SECRETS: Final = {
    "DATABASE_PASSWORD": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf:password::",
    "KEY": "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key",
}


def objects(**config: Any) -> list[Object]:
    return kubernetes_objects(stack_graph(STACK, **config))


def rolled_out(client: Client, deployments: list[Object], least: int = 2) -> bool:
    for wanted in deployments:
        now = client.request("GET", client.path_of(wanted))
        status, replicas = now.get("status", {}), now["spec"]["replicas"]
        done = status.get("observedGeneration") == now["metadata"]["generation"]
        if (
            not done
            or replicas < least
            or status.get("availableReplicas") != replicas
            or status.get("updatedReplicas") != replicas
        ):
            return False
    return True


def of_kind(kind: str, among: list[Object]) -> list[Object]:
    return [each for each in among if each["kind"] == kind]


@pytest.fixture(scope="module")
def applied(client: Client) -> list[Object]:
    """The checked-in stack, in the order in which Pulumi makes it, with its pods ready."""
    made = objects()
    client.apply(made)
    wait_until(lambda: rolled_out(client, of_kind("Deployment", made)), "each service")
    return made


def test_each_service_becomes_ready_with_the_copies_that_its_autoscaler_asks_for(applied: list[Object]) -> None:
    asked = {each["metadata"]["name"]: each["spec"]["replicas"] for each in of_kind("Deployment", applied)}
    least = {
        each["metadata"]["name"]: each["spec"]["minReplicas"] for each in of_kind("HorizontalPodAutoscaler", applied)
    }
    assert asked == least == dict.fromkeys(("app-catalog", "app-orders", "app-notifications"), 2)


def test_what_is_applied_again_changes_nothing(client: Client, applied: list[Object]) -> None:
    before = _wanted(client, applied)
    client.apply(applied)
    assert _wanted(client, applied) == before


def test_another_image_of_one_service_rolls_that_service_alone(client: Client) -> None:
    first = objects(services=SERVICES)
    client.apply(first)
    deployments = of_kind("Deployment", first)
    before = _wanted(client, deployments)
    image = {"uri": f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:{'b' * 64}", "architecture": "arm64"}
    second = objects(services={**SERVICES, "orders": {**SERVICES["orders"], "image": image}})
    client.apply(second)
    changed = {path for path, version in _wanted(client, deployments).items() if version != before[path]}
    assert [path.rpartition("/")[2] for path in changed] == ["app-orders"]


def test_pods_that_try_a_new_version_stand_beside_those_that_serve(client: Client) -> None:
    first = objects(services=SERVICES, eks=TRIED)
    client.apply(first)
    deployments = of_kind("Deployment", first)
    assert len(deployments) == 2 * len(SERVICES)
    wait_until(lambda: rolled_out(client, deployments, least=1), "both of each service")
    for deployment in deployments:
        found = _pods(client, deployment)
        wanted = client.request("GET", client.path_of(deployment))["spec"]["replicas"]
        assert len(found) == wanted, f"{deployment['metadata']['name']} has pods of another"
    budgets = of_kind("PodDisruptionBudget", first)
    wait_until(lambda: all(_allows(client, budget) for budget in budgets), "a pod of each may be evicted")


def test_a_new_version_that_never_gets_ready_leaves_those_that_serve_alone(client: Client) -> None:
    """As far as Pulumi comes then: the second Deployment, which is not ready."""
    first = objects(services=SERVICES, eks=TRIED)
    client.apply(first)
    stable, canary = (_deployment(name, first) for name in ("app-orders", "app-orders-canary"))
    wait_until(lambda: rolled_out(client, [stable, canary], least=1), "both")
    before = _wanted(client, [stable])
    uri = f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/crashing@sha256:{'b' * 64}"
    second = objects(
        services={**SERVICES, "orders": {**SERVICES["orders"], "image": {"uri": uri, "architecture": "arm64"}}},
        eks=TRIED,
    )
    client.apply([_deployment("app-orders-canary", second)])
    wait_until(lambda: any("crashing" in _image(pod) for pod in _pods(client, canary)), "the new version's pod")
    assert _wanted(client, [stable]) == before
    assert rolled_out(client, [stable], least=1)
    assert not any("crashing" in _image(pod) for pod in _pods(client, stable))
    assert any("crashing" not in _image(pod) for pod in _pods(client, canary)), "what it tried before goes on"


def test_secrets_are_files_that_a_restricted_pod_may_mount(client: Client) -> None:
    made = objects(services={"catalog": {"prefix": "/catalog", "secrets": SECRETS}})
    client.apply(made)
    wait_until(lambda: rolled_out(client, of_kind("Deployment", made)), "the service")
    assert len(of_kind("SecretProviderClass", made)) == 1
    assert of_kind("Secret", made) == [], "no secret is Kubernetes' or Pulumi's to keep"


def _deployment(name: str, among: list[Object]) -> Object:
    (found,) = [each for each in of_kind("Deployment", among) if each["metadata"]["name"] == name]
    return found


def _pods(client: Client, owner: Object) -> list[Object]:
    """Those that an object selects, but for what is leaving."""
    labels = owner["spec"]["selector"]["matchLabels"]
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    path = client.path("v1", "Pod", owner["metadata"]["namespace"])
    return [
        pod
        for pod in client.request("GET", path, labelSelector=selector)["items"]
        if "deletionTimestamp" not in pod["metadata"]
    ]


def _allows(client: Client, budget: Object) -> bool:
    """It counts the pods that it selects, all of them of one Deployment, and lets one of them go."""
    status: Object = client.request("GET", client.path_of(budget)).get("status", {})
    counted: bool = status.get("expectedPods") == len(_pods(client, budget)) and status.get("disruptionsAllowed") == 1
    return counted


def _image(pod: Object) -> str:
    (container,) = pod["spec"]["containers"]
    return str(container["image"])


def _wanted(client: Client, among: list[Object]) -> dict[str, Object]:
    """What is asked for, by path: without what controllers write, which is the status, and the number of copies."""
    found = {path: client.request("GET", path) for path in map(client.path_of, among)}
    kept = {path: {key: found[path].get(key, {}) for key in ("spec", "data")} for path in found}
    return {path: {**each, "spec": {**each["spec"], "replicas": None}} for path, each in kept.items()}
