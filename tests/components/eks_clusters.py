"""EKS clusters to record."""

from datetime import date
from typing import Any, Final

import pytest

from fastapi_on_aws import EksArgs, EksCluster, EksClusterArgs
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.eks import versions
from fastapi_on_aws.recording import Graph, Mode, Resource, record
from tests.support.recorded import existing_network

EKS_CLUSTER: Final = "aws:eks/cluster:Cluster"
ACCESS_ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
ACCESS_POLICY: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
ADDON: Final = "aws:eks/addon:Addon"
KEY: Final = "aws:kms/key:Key"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
PROVIDER: Final = "pulumi:providers:kubernetes"
CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
NODE_CLASS: Final = "kubernetes:eks.amazonaws.com/v1:NodeClass"
NODE_POOL: Final = "kubernetes:karpenter.sh/v1:NodePool"

ADMIN: Final = "arn:aws:iam::123456789012:role/deployer"
ON_CALL: Final = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_OnCall_0123"
LEAST: Final[dict[str, Any]] = {"admins": [ADMIN], "endpoint": "private"}
EXISTING: Final[dict[str, Any]] = {
    "name": "platform",
    "endpoint": "https://0A1B2C3D.gr7.eu-central-1.eks.amazonaws.com",
    "certificate_authority": "LS0tLS1CRUdJTg==",
}


def cluster(mode: Mode = Mode.UPDATE, *, name: str = "eks", **settings: Any) -> Graph:
    """A cluster named eks in a project named shop, as a stack file would have it."""

    def program() -> None:
        EksCluster(
            name, EksClusterArgs(network=existing_network(), settings=coerce(EksArgs, settings, f"{name}.settings"))
        )

    return record(program, mode=mode, project="shop", config={"aws:region": "eu-west-1"})


def waits_for(graph: Graph, resource: Resource) -> set[str]:
    """URNs of all that exists before a resource does."""
    by_urn = {r.urn: r for r in graph}
    found: set[str] = set()
    left = [resource]
    while left:
        this = left.pop()
        new = {*this.dependencies, *([this.provider] if this.provider else [])} - found
        found |= new
        left += [by_urn[urn] for urn in new if urn in by_urn]
    return found


def on(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kubernetes' versions are judged as on this day."""
    monkeypatch.setattr(versions, "today", lambda: day)
