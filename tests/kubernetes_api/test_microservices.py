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
SECRETS: Final = {
    "DATABASE_PASSWORD": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf:password::",
    "KEY": "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key",
}


def objects(**config: Any) -> list[Object]:
    return kubernetes_objects(stack_graph(STACK, **config))


def rolled_out(client: Client, deployments: list[Object]) -> bool:
    for wanted in deployments:
        now = client.request("GET", client.path_of(wanted))
        status, replicas = now.get("status", {}), now["spec"]["replicas"]
        done = status.get("observedGeneration") == now["metadata"]["generation"]
        if (
            not done
            or replicas < 2
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
    assert len(of_kind("Deployment", applied)) == len(of_kind("HorizontalPodAutoscaler", applied)) == 3
    assert all("replicas" not in each["spec"] for each in of_kind("Deployment", applied)), "or each `up` would undo it"


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


def test_secrets_are_files_that_a_restricted_pod_may_mount(client: Client) -> None:
    made = objects(services={"catalog": {"prefix": "/catalog", "secrets": SECRETS}})
    client.apply(made)
    wait_until(lambda: rolled_out(client, of_kind("Deployment", made)), "the service")
    assert len(of_kind("SecretProviderClass", made)) == 1
    assert of_kind("Secret", made) == [], "no secret is Kubernetes' or Pulumi's to keep"


def _wanted(client: Client, among: list[Object]) -> dict[str, Object]:
    """What is asked for, by path: without what controllers write, which is the status, and the number of copies."""
    found = {path: client.request("GET", path) for path in map(client.path_of, among)}
    kept = {path: {key: found[path].get(key, {}) for key in ("spec", "data")} for path in found}
    return {path: {**each, "spec": {**each["spec"], "replicas": None}} for path, each in kept.items()}
