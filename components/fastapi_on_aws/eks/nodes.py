"""The nodes of EKS Auto Mode: a class, which says how they are made, and a pool, which says which may be."""

from typing import Any, Final

import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.eks.existing_args import ARCHITECTURE_LABEL
from fastapi_on_aws.eks.node_pool_args import NodePoolArgs
from fastapi_on_aws.naming import physical
from fastapi_on_aws.references import NetworkRef
from fastapi_on_aws.sizing import memory_mib

_CLASS_API: Final = "eks.amazonaws.com/v1"
_POOL_API: Final = "karpenter.sh/v1"
_ONCE_READY: Final = {"pulumi.com/waitFor": "condition=Ready"}
"""A role or subnet that does not fit is told here, and not by whatever waits for a node in vain."""


class Nodes:
    """In the place of the built-in pools, which are amd64, or tainted, and cannot be changed."""

    def __init__(
        self,
        name: str,
        pool: NodePoolArgs,
        *,
        role_name: Input[str],
        security_group_id: Input[str],
        network: NetworkRef,
        opts: ResourceOptions,
    ) -> None:
        self.node_class = kubernetes.apiextensions.CustomResource(
            name,
            api_version=_CLASS_API,
            kind="NodeClass",
            metadata={"name": physical("Kubernetes object", name), "annotations": _ONCE_READY},
            spec={
                "role": role_name,
                "subnetSelectorTerms": Output.from_input(network.private_subnet_ids).apply(
                    lambda ids: [{"id": id} for id in ids]
                ),
                "securityGroupSelectorTerms": [{"id": security_group_id}],
                "networkPolicy": "DefaultAllow",
                "networkPolicyEventLogs": "Enabled",
                **({"tags": dict(pool.tags)} if pool.tags else {}),
            },
            opts=opts,
        )
        self.node_pool = kubernetes.apiextensions.CustomResource(
            name,
            api_version=_POOL_API,
            kind="NodePool",
            metadata={"name": physical("Kubernetes object", name), "annotations": _ONCE_READY},
            spec=node_pool_spec(name, pool),
            opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[self.node_class])),
        )


def node_pool_spec(class_name: str, pool: NodePoolArgs) -> dict[str, Any]:
    """As the built-in pool ``general-purpose`` has it, but for the architecture, Spot and the limits.

    Source: Amazon EKS user guide, "Create a Node Pool for EKS Auto Mode".
    """
    return {
        "template": {
            "spec": {
                "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": class_name},
                "requirements": [
                    _among(ARCHITECTURE_LABEL, pool.architecture.value),
                    _among("karpenter.sh/capacity-type", *(["spot"] if pool.spot else []), "on-demand"),
                    _among("eks.amazonaws.com/instance-category", "c", "m", "r"),
                    {"key": "eks.amazonaws.com/instance-generation", "operator": "Gt", "values": ["4"]},
                ],
                "expireAfter": "336h",
                "terminationGracePeriod": "24h0m0s",
            }
        },
        "disruption": {
            "budgets": [{"nodes": "10%"}],
            "consolidationPolicy": "WhenEmptyOrUnderutilized",
            "consolidateAfter": "30s",
        },
        "limits": {"cpu": str(pool.limits.cpu), "memory": f"{memory_mib(pool.limits.memory, 'limits.memory')}Mi"},
    }


def _among(label: str, *values: str) -> dict[str, Any]:
    return {"key": label, "operator": "In", "values": list(values)}
