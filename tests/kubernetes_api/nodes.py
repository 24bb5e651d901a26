"""Nodes without machines: what becomes of a pod that the scheduler gives them, the name of its image says.

Each one speaks as its kubelet would, with a kubelet's rights. ``python -m tests.kubernetes_api.nodes KUBECONFIG``.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

from tests.kubernetes_api.client import MERGE, ApiError, Client, Object

REGION: Final = "eu-west-1"
NODES: Final = {f"ip-10-0-{number}-10.{REGION}.compute.internal": f"{REGION}{'abc'[number]}" for number in range(3)}
"""The zone of each one."""
OUTCOMES: Final = {"unready": "NotReady", "crashing": "CrashLoopBackOff", "missing": "ImagePullBackOff"}
"""A word in the name of an image, and what becomes of its pods; of all others, Ready."""
_CAPACITY: Final = {"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "80Gi"}
_MERGE_BY_KEY: Final = "application/strategic-merge-patch+json"
_GONE: Final = (404, 409)


def kubelet(kubeconfig: Path, node: str) -> Client:
    """What a node may do, and no more."""
    return Client(kubeconfig, user=f"system:node:{node}", groups=["system:nodes"])


def main() -> None:
    kubeconfig = Path(sys.argv[1])
    kubelets = {node: kubelet(kubeconfig, node) for node in NODES}
    for node, client in kubelets.items():
        _register(client, node)
    addresses = (f"10.0.{100 + number // 250}.{1 + number % 250}" for number in count())
    for pod in Client(kubeconfig).watch("/api/v1/pods", {"fieldSelector": "spec.nodeName!="}):
        try:
            _take(kubelets[pod["spec"]["nodeName"]], pod, addresses)
        except ApiError as error:
            if error.status not in _GONE:  # somebody else was faster to delete it
                raise


def _register(client: Client, node: str) -> None:
    labels = {
        "kubernetes.io/hostname": node,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "arm64",
        "topology.kubernetes.io/region": REGION,
        "topology.kubernetes.io/zone": NODES[node],
        "eks.amazonaws.com/compute-type": "auto",
    }
    provider = f"aws:///{NODES[node]}/i-{list(NODES).index(node):017x}"
    metadata = {"name": node, "labels": labels}
    body = {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"providerID": provider}}
    client.request("POST", "/api/v1/nodes", body)
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": _now()}
    status = {"capacity": _CAPACITY, "allocatable": _CAPACITY, "conditions": [ready]}
    client.request("PATCH", f"/api/v1/nodes/{node}/status", {"status": status}, content=MERGE)


def _take(client: Client, pod: Object, addresses: Iterator[str]) -> None:
    """Begin or end a pod; there is nothing to do for one that has begun."""
    metadata = pod["metadata"]
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
    if metadata.get("deletionTimestamp"):
        client.request("DELETE", path, {"gracePeriodSeconds": 0, "preconditions": {"uid": metadata["uid"]}})
    elif "containerStatuses" not in pod["status"]:
        body = {"metadata": {"uid": metadata["uid"]}, "status": _status(pod, next(addresses))}
        client.request("PATCH", f"{path}/status", body, content=_MERGE_BY_KEY)


def _status(pod: Object, address: str) -> Object:
    images = " ".join(container["image"] for container in pod["spec"]["containers"])
    outcome = next((OUTCOMES[word] for word in OUTCOMES if re.search(rf"\b{word}\b", images)), "Ready")
    ready, runs = outcome == "Ready", outcome in {"Ready", "NotReady"}
    conditions = {"PodReadyToStartContainers": True, "Initialized": True, "ContainersReady": ready, "Ready": ready}
    container = {
        "imageID": "",
        "ready": ready,
        "started": runs,
        "restartCount": 3 if outcome == "CrashLoopBackOff" else 0,
        "state": {"running": {"startedAt": _now()}} if runs else {"waiting": {"reason": outcome}},
    }
    return {
        "phase": "Pending" if outcome == "ImagePullBackOff" else "Running",
        "conditions": [
            {"type": kind, "status": str(value), "lastTransitionTime": _now()} for kind, value in conditions.items()
        ],
        "containerStatuses": [
            {**container, "name": each["name"], "image": each["image"]} for each in pod["spec"]["containers"]
        ],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": _now(),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    main()
