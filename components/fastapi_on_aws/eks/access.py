"""Who may do what in a cluster: access entries of EKS, and no ConfigMap that could lock everybody out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi_aws as aws
from pulumi import Input, ResourceOptions

from fastapi_on_aws.eks.settling import ACCESS_SECONDS, settles
from fastapi_on_aws.policy_documents import account_of

_ACCESS_POLICY: Final = "arn:aws:eks::aws:cluster-access-policy/"
_ADMIN: Final = "AmazonEKSClusterAdminPolicy"
_NODE: Final = "AmazonEKSAutoNodePolicy"


class Access:
    """An entry for each admin, and one for the nodes.

    EKS makes the nodes' entry by itself for its built-in node pools alone. Source: Amazon EKS user guide, "Create node
    class access entry".
    """

    def __init__(
        self,
        name: str,
        *,
        cluster_name: Input[str],
        admins: Sequence[str],
        node_role_arn: Input[str],
        opts: ResourceOptions,
    ) -> None:
        self.admin_entries = {arn: _entry(_named(name, arn), cluster_name, arn, "STANDARD", opts) for arn in admins}
        self.admin_policies = [
            _associate(_named(name, arn), entry, _ADMIN, opts) for arn, entry in self.admin_entries.items()
        ]
        self.node_entry = _entry(f"{name}-nodes", cluster_name, node_role_arn, "EC2", opts)
        self.node_policy = _associate(f"{name}-nodes", self.node_entry, _NODE, opts)


def _named(name: str, arn: str) -> str:
    """By account and principal, so that another admin moves no entry."""
    return f"{name}-{account_of(arn)}-{arn.rpartition(':')[2]}"


def _entry(
    name: str, cluster_name: Input[str], principal_arn: Input[str], kind: str, opts: ResourceOptions
) -> aws.eks.AccessEntry:
    return aws.eks.AccessEntry(name, cluster_name=cluster_name, principal_arn=principal_arn, type=kind, opts=opts)


def _associate(
    name: str, entry: aws.eks.AccessEntry, policy: str, opts: ResourceOptions
) -> aws.eks.AccessPolicyAssociation:
    return aws.eks.AccessPolicyAssociation(
        name,
        cluster_name=entry.cluster_name,
        principal_arn=entry.principal_arn,
        policy_arn=f"{_ACCESS_POLICY}{policy}",
        access_scope={"type": "cluster"},
        opts=ResourceOptions.merge(opts, settles(f"{name}-access", ACCESS_SECONDS)),
    )
