"""Names, ids and addresses in the shapes that a Kubernetes cluster gives them."""

from collections.abc import Mapping
from typing import Any, Final

from .graph import Mode, plain
from .invent import NOT_MINE, Asked

CLUSTER_WIDE: Final = frozenset(
    {
        "APIService",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "EC2NodeClass",
        "GatewayClass",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "NodeClass",
        "NodePool",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    }
)


class KubernetesCluster:
    """One cluster as it could be."""

    def id(self, asked: Asked) -> str:
        """``namespace/name``, or the name alone for what belongs to the whole cluster."""
        name, namespace = _place(asked)
        return name if namespace is None else f"{namespace}/{name}"

    def value(self, asked: Asked, prop: str) -> Any:  # noqa: ARG002 (the shape of every provider's)
        return NOT_MINE

    def adjust(self, asked: Asked, outputs: dict[str, Any], mode: Mode) -> None:
        """Complete ``metadata``; a load balancer has an address."""
        given = asked.resource.inputs.get("metadata", {})
        if mode is Mode.PREVIEW or not isinstance(given, Mapping):
            return
        name, namespace = _place(asked)
        placed = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
        outputs["metadata"] = {"uid": asked.hex(32), **given, **placed}
        spec = asked.resource.inputs.get("spec")
        balanced = _kind(asked) == "Ingress" or (isinstance(spec, Mapping) and spec.get("type") == "LoadBalancer")
        if balanced and _kind(asked) in ("Ingress", "Service"):
            outputs["status"] = {"loadBalancer": {"ingress": [{"hostname": f"{name}-{asked.hex(8)}.example"}]}}


def _kind(asked: Asked) -> str:
    return asked.resource.type.rpartition(":")[2]


def _place(asked: Asked) -> tuple[str, str | None]:
    metadata = asked.resource.inputs.get("metadata")
    given = metadata if isinstance(metadata, Mapping) else {}
    name, namespace = plain(given.get("name")), plain(given.get("namespace"))
    if not isinstance(name, str):
        name = f"{asked.resource.name}-{asked.hex(8)}"
    if _kind(asked) in CLUSTER_WIDE:
        return name, None
    return name, namespace if isinstance(namespace, str) else "default"
