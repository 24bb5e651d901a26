"""What Pulumi's provider for Kubernetes waits for.

Source: pulumi-kubernetes 4.32, `provider/pkg/await/deployment.go` and `awaiters.go`. It ends with success or with its
own time-out: that Kubernetes has given a rollout up is a reason that it names then, and no end.
"""

import time
from typing import Final

from tests.kubernetes_api.client import Client, Object, condition

SKIP: Final = "pulumi.com/skipAwait"
SECONDS: Final = 600
"""As long as a resource does not say otherwise by `customTimeouts`."""
_DEPLOYMENT: Final = ("apps/v1", "Deployment")
_NOT_MODELLED: Final = {
    *(("apps/v1", kind) for kind in ("DaemonSet", "StatefulSet")),
    *(("v1", kind) for kind in ("PersistentVolume", "PersistentVolumeClaim", "Pod", "ReplicationController")),
    ("v1", "ResourceQuota"),
    ("v1", "Service"),
    ("batch/v1", "Job"),
    ("networking.k8s.io/v1", "Ingress"),
}
_REVISION: Final = "deployment.kubernetes.io/revision"
_NO_PODS: Final = "Minimum number of live Pods was not attained"
_NOT_LIVE: Final = "Minimum number of Pods to consider the application live was not attained"


def is_unknown(given: Object) -> bool:
    """Whether Pulumi would wait for something that is not modelled here."""
    return not _skips(given) and (given["apiVersion"], given["kind"]) in _NOT_MODELLED


def missing(client: Client, given: Object, path: str, seconds: float) -> list[str]:
    """Nothing, once it is ready; after so many seconds, why it is not."""
    if _skips(given) or (given["apiVersion"], given["kind"]) != _DEPLOYMENT:
        return []
    deadline = time.monotonic() + seconds
    while True:
        late = time.monotonic() > deadline
        reasons = _missing(client, client.request("GET", path))
        if not reasons:
            return []
        if late:
            return [f"'{given['metadata']['name']}' timed out waiting to be Ready", *reasons]
        time.sleep(0.2)


def _missing(client: Client, deployment: Object) -> list[str]:
    """Why a rollout is not at its end."""
    metadata = deployment["metadata"]
    if deployment.get("status", {}).get("observedGeneration") != metadata["generation"]:
        return ["no controller has seen it"]
    available, progressing = (condition(deployment, kind) for kind in ("Available", "Progressing"))
    told = [
        f"[{each['reason']}] {each['message']}" for each in (available, progressing) if each.get("status") == "False"
    ]
    if available.get("status") != "True":
        return [*told, _NO_PODS]
    revision = metadata.get("annotations", {}).get(_REVISION)
    if revision != "1" and progressing.get("reason") != "NewReplicaSetAvailable":
        return [*told, _NOT_LIVE]
    return [] if _has_pods(client, deployment, revision) else [*told, _NOT_LIVE]


def _has_pods(client: Client, deployment: Object, revision: str | None) -> bool:
    """Whether the newest set of pods is whole."""
    for each in client.items("apps/v1", "ReplicaSet", deployment["metadata"]["namespace"]):
        metadata = each["metadata"]
        owners = {owner["uid"] for owner in metadata.get("ownerReferences", [])}
        if deployment["metadata"]["uid"] in owners and metadata["annotations"].get(_REVISION) == revision:
            return bool(each["status"].get("readyReplicas", 0) >= each["spec"]["replicas"])
    return False


def _skips(given: Object) -> bool:
    return bool((given["metadata"].get("annotations") or {}).get(SKIP) == "true")
