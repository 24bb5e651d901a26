"""The two IAM roles of a cluster with Auto Mode: EKS's own, and its nodes'.

Source: Amazon EKS user guide, "Learn about identity and access in EKS Auto Mode". AWS's managed policies are those that
it asks for; it changes them as Auto Mode grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from fastapi_on_aws.component import after
from fastapi_on_aws.naming import logical
from fastapi_on_aws.policy_documents import Statement, policy, trust

_MANAGED: Final = "arn:aws:iam::aws:policy/"
_OF_CLUSTER: Final = (
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
_OF_NODES: Final = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")


class ClusterRole:
    """What EKS does in the account: starts nodes, attaches volumes; and tags them, if they are to have tags."""

    def __init__(self, name: str, *, tags_nodes: bool, opts: ResourceOptions) -> None:
        self.role = aws.iam.Role(
            logical("IAM role", name), assume_role_policy=trust("eks.amazonaws.com", tag_session=True), opts=opts
        )
        self.attachments = _attach(name, self.role, _OF_CLUSTER, opts)
        self.tag_policy: Optional[aws.iam.RolePolicy] = (
            aws.iam.RolePolicy(
                logical("IAM role policy", name), role=self.role.name, policy=tag_nodes_policy(), opts=opts
            )
            if tags_nodes
            else None
        )

    @property
    def arn(self) -> pulumi.Output[str]:
        """Handed out while the role may do its work, so that EKS can also clean up with it."""
        return after(self.role.arn, *self.attachments, *([self.tag_policy] if self.tag_policy else []))


class NodeRole:
    """What a node may do: join the cluster, and pull images. Pods have roles of their own."""

    def __init__(self, name: str, opts: ResourceOptions) -> None:
        self.role = aws.iam.Role(logical("IAM role", name), assume_role_policy=trust("ec2.amazonaws.com"), opts=opts)
        self.attachments = _attach(name, self.role, _OF_NODES, opts)

    @property
    def name(self) -> pulumi.Output[str]:
        """Handed out once the role may do its work."""
        return after(self.role.name, *self.attachments)


def tag_nodes_policy() -> str:
    """Tags of our own on what Auto Mode makes, of this cluster alone; the managed policies allow EKS's tags only.

    Its load balancers are left out: there are none. Source: Amazon EKS user guide, "Custom AWS tags for EKS Auto
    resources".
    """
    of_cluster = {"aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}"}
    of_node = {
        "aws:RequestTag/eks:kubernetes-node-class-name": "*",
        "aws:RequestTag/eks:kubernetes-node-pool-name": "*",
    }
    return policy(
        [
            Statement(
                sid="TagNodes",
                actions=["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate"],
                resources=["*"],
                conditions={"StringEquals": of_cluster, "StringLike": of_node},
            ),
            Statement(
                sid="TagVolumes",
                actions=["ec2:CreateVolume", "ec2:CreateSnapshot"],
                resources=["arn:aws:ec2:*:*:volume/*", "arn:aws:ec2:*:*:snapshot/*"],
                conditions={"StringEquals": of_cluster},
            ),
            Statement(
                sid="TagNetworkInterfaces",
                actions=["ec2:CreateNetworkInterface"],
                resources=["*"],
                conditions={
                    "StringEquals": of_cluster,
                    "StringLike": {"aws:RequestTag/eks:kubernetes-cni-node-name": "*"},
                },
            ),
        ]
    )


def _attach(
    name: str, role: aws.iam.Role, policies: Sequence[str], opts: ResourceOptions
) -> list[aws.iam.RolePolicyAttachment]:
    return [
        aws.iam.RolePolicyAttachment(f"{name}-{managed}", role=role.name, policy_arn=f"{_MANAGED}{managed}", opts=opts)
        for managed in policies
    ]
