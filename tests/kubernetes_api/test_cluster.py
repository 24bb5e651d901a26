"""What the API server refuses, and what its controllers make of a service."""

from typing import Any

import pytest

from tests.kubernetes_api.client import MERGE, ApiError, Client, condition
from tests.kubernetes_api.cluster import Cluster
from tests.kubernetes_api.nodes import NODES, OUTCOMES, kubelet
from tests.kubernetes_api.workload import IMAGE, NAME, REPLICAS, bare_pod, budget, deployment, is_rolled_out, service
from tests.support.process import wait_until


def test_a_misspelled_field_is_refused_with_its_path(client: Client, namespace: str) -> None:
    wrong = deployment(namespace)
    wrong["spec"]["replcas"] = wrong["spec"].pop("replicas")
    with pytest.raises(ApiError, match=r"\.spec\.replcas: field not declared in schema"):
        client.apply([wrong])
    with pytest.raises(ApiError) as refused:
        client.get("apps/v1", "Deployment", NAME, namespace)
    assert refused.value.status == 404, "nothing of it is kept"


def test_a_pod_that_is_not_restricted_is_refused(client: Client, namespace: str) -> None:
    with pytest.raises(ApiError, match='violates PodSecurity "restricted:latest"') as refused:
        client.apply([bare_pod(namespace, "a", securityContext={})])
    assert refused.value.status == 403


def test_a_deployment_of_such_pods_is_a_failure_though_the_server_only_warns(client: Client, namespace: str) -> None:
    lax = deployment(namespace)
    del lax["spec"]["template"]["spec"]["securityContext"]
    with pytest.raises(ApiError, match='warning: would violate PodSecurity "restricted:latest"') as warned:
        client.apply([lax])
    assert warned.value.status == 201, "the server has accepted it, and no pod of it will ever be"


def test_a_service_becomes_ready_with_a_pod_in_each_zone(client: Client, namespace: str) -> None:
    client.apply(service(namespace))
    wait_until(lambda: is_rolled_out(client, namespace), "a rollout")
    zones = {NODES[pod["spec"]["nodeName"]] for pod in client.items("v1", "Pod", namespace)}
    assert zones == set(NODES.values()), "the scheduler spreads them"
    wait_until(lambda: len(_ready_endpoints(client, namespace)) == REPLICAS, "endpoints")


def test_what_is_applied_again_changes_nothing(client: Client, namespace: str) -> None:
    objects = service(namespace)
    client.apply(objects)
    wait_until(lambda: is_rolled_out(client, namespace) and _allows_disruption(client, namespace), "a rollout")
    versions = [client.request("GET", client.path_of(each))["metadata"]["resourceVersion"] for each in objects]
    assert [each["metadata"]["resourceVersion"] for each in client.apply(objects)] == versions


@pytest.mark.parametrize("word", OUTCOMES)
def test_what_becomes_of_a_pod_says_the_name_of_its_image(client: Client, namespace: str, word: str) -> None:
    client.apply([deployment(namespace, IMAGE.replace(NAME, word))])
    wait_until(lambda: len(_containers(client, namespace)) == REPLICAS, "statuses")
    for container in _containers(client, namespace):
        assert not container["ready"]
        assert container["state"].get("waiting", {}).get("reason", "NotReady") == OUTCOMES[word]


def test_a_version_that_never_is_ready_misses_its_deadline_while_the_old_one_serves(
    cluster: Cluster, client: Client, namespace: str
) -> None:
    client.apply(service(namespace))
    wait_until(lambda: is_rolled_out(client, namespace), "the first version")
    client.apply([deployment(namespace, IMAGE.replace(NAME, "missing"), deadline_seconds=3)])

    def progressing() -> Any:
        return condition(client.get("apps/v1", "Deployment", NAME, namespace), "Progressing")

    wait_until(lambda: progressing()["reason"] == "ProgressDeadlineExceeded", "the deadline")
    assert len(_ready_endpoints(client, namespace)) == REPLICAS, "the old version serves"
    told = cluster.kubectl("rollout", "status", "--namespace", namespace, f"deployment/{NAME}")
    assert (told.returncode, told.stderr) == (1, f'error: deployment "{NAME}" exceeded its progress deadline\n')


def test_a_budget_lets_one_pod_go_and_not_the_next(client: Client, namespace: str) -> None:
    """Pods of their own, so that nothing takes the place of the first one before the second is asked for."""
    pods = [bare_pod(namespace, name) for name in ("a", "b", "c")]
    client.apply([*pods, budget(namespace, {"minAvailable": 2})])
    wait_until(lambda: _allows_disruption(client, namespace), "a budget")
    _evict(client, pods[0])
    with pytest.raises(ApiError, match="would violate the pod's disruption budget") as refused:
        _evict(client, pods[1])
    assert refused.value.status == 429


def test_a_user_may_do_what_a_role_says_and_no_more(cluster: Cluster, client: Client, namespace: str) -> None:
    metadata = {"name": "reader", "namespace": namespace}
    rbac = "rbac.authorization.k8s.io"
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]
    role = {"apiVersion": f"{rbac}/v1", "kind": "Role", "metadata": metadata, "rules": rules}
    binding = {
        "apiVersion": f"{rbac}/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "reader"},
        "subjects": [{"apiGroup": rbac, "kind": "User", "name": "ann"}],
    }
    with cluster.client("ann") as ann:
        with pytest.raises(ApiError, match='User "ann" cannot list resource "pods"') as refused:
            ann.items("v1", "Pod", namespace)
        assert refused.value.status == 403
        client.apply([role, binding])
        wait_until(lambda: _may_list(ann, namespace), "rights")
        with pytest.raises(ApiError, match='User "ann" cannot list resource "secrets"'):
            ann.items("v1", "Secret", namespace)


def test_a_node_may_not_speak_for_another_one(cluster: Cluster) -> None:
    one, other, _ = NODES
    with (
        kubelet(cluster.kubeconfig, one) as client,
        pytest.raises(ApiError, match=f'node "{one}" is not allowed to modify node "{other}"') as refused,
    ):
        client.request("PATCH", f"/api/v1/nodes/{other}/status", {"status": {}}, content=MERGE)
    assert refused.value.status == 403


def test_a_pod_for_another_processor_waits_for_a_node(client: Client, namespace: str) -> None:
    client.apply([bare_pod(namespace, "a", nodeSelector={"kubernetes.io/arch": "amd64"})])

    def scheduled() -> Any:
        return condition(client.get("v1", "Pod", "a", namespace), "PodScheduled")

    wait_until(lambda: scheduled().get("reason") == "Unschedulable", "the scheduler's answer")
    assert "didn't match Pod's node affinity/selector" in scheduled()["message"]


def _ready_endpoints(client: Client, namespace: str) -> list[Any]:
    slices = client.items("discovery.k8s.io/v1", "EndpointSlice", namespace)
    return [each for some in slices for each in some["endpoints"] or [] if each["conditions"]["ready"]]


def _containers(client: Client, namespace: str) -> list[Any]:
    return [each for pod in client.items("v1", "Pod", namespace) for each in pod["status"].get("containerStatuses", [])]


def _allows_disruption(client: Client, namespace: str) -> bool:
    found = client.get("policy/v1", "PodDisruptionBudget", NAME, namespace)
    return bool(found.get("status", {}).get("disruptionsAllowed") == 1)


def _evict(client: Client, pod: Any) -> None:
    metadata = {key: pod["metadata"][key] for key in ("name", "namespace")}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    client.request("POST", f"{client.path_of(pod)}/eviction", eviction)


def _may_list(client: Client, namespace: str) -> bool:
    try:
        return client.items("v1", "Pod", namespace) == []
    except ApiError as error:
        if error.status != 403:
            raise
        return False
