"""How the stand-in for Pulumi's provider handles objects on a real API server, without an engine."""

from collections.abc import Iterator

import pytest

from tests.engine.standin.objects import FORCE, Objects
from tests.engine.standin.rollouts import missing
from tests.kubernetes_api.client import MERGE, ApiError, Client
from tests.kubernetes_api.cluster import Cluster
from tests.kubernetes_api.workload import IMAGE, NAME, deployment, service


@pytest.fixture(scope="module")
def objects(cluster: Cluster) -> Iterator[Objects]:
    found = Objects(cluster.kubeconfig)
    with found.client:
        yield found


def test_what_is_there_already_is_not_created(objects: Objects, client: Client, namespace: str) -> None:
    client.apply([deployment(namespace)])
    with pytest.raises(ApiError, match=f'deployments.apps "{NAME}" already exists') as refused:
        objects.create(deployment(namespace), preview=False)
    assert refused.value.status == 409


def test_a_preview_changes_nothing(objects: Objects, namespace: str) -> None:
    given = deployment(namespace)
    assert objects.create(given, preview=True)["spec"]["replicas"] == given["spec"]["replicas"]
    assert objects.read(given) is None
    before = objects.create(given, preview=False)
    given["spec"]["paused"] = True
    assert objects.update(given, preview=True)["spec"]["paused"]
    found = objects.read(given)
    assert found is not None
    assert found["metadata"]["generation"] == before["metadata"]["generation"]


def test_a_field_that_is_no_longer_asked_for_goes(objects: Objects, namespace: str) -> None:
    given = deployment(namespace)
    given["spec"]["minReadySeconds"] = 5
    objects.create(given, preview=False)
    del given["spec"]["minReadySeconds"]
    assert "minReadySeconds" not in objects.update(given, preview=False)["spec"]


def test_the_number_of_pods_is_left_to_who_has_set_it(objects: Objects, client: Client, namespace: str) -> None:
    """As an autoscaler does. The server's default, which the post owned, is nobody's to take back."""
    given = deployment(namespace)
    del given["spec"]["replicas"]
    objects.create(given, preview=False)
    path = f"{client.path_of(given)}/scale"
    client.request("PATCH", path, {"spec": {"replicas": 2}}, content=MERGE, fieldManager="autoscaler")
    given["spec"]["template"]["spec"]["containers"][0]["image"] = IMAGE.replace("1.4.2", "1.4.3")
    assert objects.update(given, preview=False)["spec"]["replicas"] == 2


def test_what_somebody_else_has_set_is_a_conflict_until_it_is_forced(
    objects: Objects, client: Client, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = deployment(namespace)
    objects.create(given, preview=False)
    objects.update(given, preview=False)
    change = {"spec": {"progressDeadlineSeconds": 300}}
    client.request("PATCH", client.path_of(given), change, content=MERGE, fieldManager="kubectl-edit")
    with pytest.raises(ApiError, match='conflict with "kubectl-edit"') as refused:
        objects.update(given, preview=False)
    assert refused.value.status == 409
    monkeypatch.setenv(FORCE, "true")
    assert objects.update(given, preview=False)["spec"]["progressDeadlineSeconds"] == 600


def test_what_the_server_warns_of_is_a_failure(objects: Objects, namespace: str) -> None:
    lax = deployment(namespace)
    del lax["spec"]["template"]["spec"]["securityContext"]
    with pytest.raises(ApiError, match="would violate PodSecurity"):
        objects.create(lax, preview=False)


def test_a_delete_ends_when_it_is_gone_with_its_pods(objects: Objects, client: Client, namespace: str) -> None:
    given = deployment(namespace)
    objects.create(given, preview=False)
    assert missing(client, given, client.path_of(given), 60) == []
    assert objects.delete(given, 60)
    assert objects.read(given) is None
    assert not client.items("apps/v1", "ReplicaSet", namespace), "what belongs to it goes before it"
    assert objects.delete(given, 60), "what is gone already is no failure"


def test_a_rollout_that_is_not_at_its_end_is_told_with_the_reasons(
    objects: Objects, client: Client, namespace: str
) -> None:
    given = deployment(namespace, IMAGE.replace(NAME, "unready"), deadline_seconds=1)
    for item in [*service(namespace)[:2], given]:
        objects.create(item, preview=False)
    told = missing(client, given, client.path_of(given), 4)
    assert told[0] == f"'{NAME}' timed out waiting to be Ready"
    assert any(each.startswith("[MinimumReplicasUnavailable]") for each in told)
    assert any(each.startswith("[ProgressDeadlineExceeded]") for each in told), "it is a reason, and not the end"
