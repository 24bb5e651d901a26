"""What the tests apply: a service as a component would make it."""

from typing import Final

from tests.kubernetes_api.client import Client, Object, condition

NAME: Final = "catalog"
IMAGE: Final = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/catalog:1.4.2"
REPLICAS: Final = 3
_LABELS: Final = {"app.kubernetes.io/name": NAME}


def namespace(name: str) -> Object:
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": levels}}


def pod(image: str = IMAGE) -> Object:
    """The spec of a pod that Pod Security takes for restricted."""
    container = {
        "name": "app",
        "image": image,
        "ports": [{"name": "http", "containerPort": 8000}],
        "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    zones = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": _LABELS},
        "matchLabelKeys": ["pod-template-hash"],
    }
    return {
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "nodeSelector": {"kubernetes.io/arch": "arm64"},
        "topologySpreadConstraints": [zones],
        "containers": [container],
    }


def bare_pod(inside: str, name: str, **changes: Object) -> Object:
    """Of no controller."""
    metadata = {"name": name, "namespace": inside, "labels": _LABELS}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {**pod(), **changes}}


def deployment(inside: str, image: str = IMAGE, *, deadline_seconds: int = 600) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(inside),
        "spec": {
            "replicas": REPLICAS,
            "progressDeadlineSeconds": deadline_seconds,
            "selector": {"matchLabels": _LABELS},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {"metadata": {"labels": _LABELS}, "spec": pod(image)},
        },
    }


def budget(inside: str, allowed: Object) -> Object:
    spec = {**allowed, "selector": {"matchLabels": _LABELS}}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": _metadata(inside), "spec": spec}


def service(inside: str) -> list[Object]:
    """All that a service has."""
    spec = {"selector": _LABELS, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    port = {"apiVersion": "v1", "kind": "Service", "metadata": _metadata(inside), "spec": spec}
    return [port, budget(inside, {"maxUnavailable": 1}), deployment(inside)]


def is_rolled_out(client: Client, inside: str) -> bool:
    """The newest version alone serves, and the controllers have no more to say of it."""
    found = client.get("apps/v1", "Deployment", NAME, inside)
    observed = found["status"].get("observedGeneration") == found["metadata"]["generation"]
    return observed and condition(found, "Progressing").get("reason") == "NewReplicaSetAvailable"


def _metadata(inside: str) -> Object:
    return {"name": NAME, "namespace": inside, "labels": _LABELS}
