"""The resources of a cluster of our own, with EKS Auto Mode."""

from __future__ import annotations

from typing import Final, Optional

import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import Output, Resource, ResourceOptions

from fastapi_on_aws.component import KEEPS_NAME, after, stack_slug
from fastapi_on_aws.eks.access import Access
from fastapi_on_aws.eks.addons import install_addons
from fastapi_on_aws.eks.container_logs import ContainerLogs
from fastapi_on_aws.eks.eks_args import EksArgs, EksEndpoint
from fastapi_on_aws.eks.kubeconfig import cluster_provider
from fastapi_on_aws.eks.nodes import Nodes
from fastapi_on_aws.eks.roles import ClusterRole, NodeRole
from fastapi_on_aws.naming import logical, physical
from fastapi_on_aws.references import NetworkRef

_LOG_TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")


class AutoModeCluster:
    """The cluster, who may enter it, how Pulumi reaches it, its nodes and its add-ons."""

    def __init__(self, name: str, settings: EksArgs, network: NetworkRef, opts: ResourceOptions) -> None:
        self._name, self._settings, self._network, self._opts = name, settings, network, opts
        self.cluster_role = ClusterRole(f"{name}-cluster", tags_nodes=bool(settings.node_pool.tags), opts=opts)
        self.node_role = NodeRole(f"{name}-nodes", opts)
        self._create_key()
        self._create_log_group()
        self._create_container_logs()
        self._create_endpoint_group()
        self._create_cluster()
        self._create_access()
        self._create_provider()
        self._create_network_policy_controller()
        self._create_nodes()
        self._create_addons()

    @property
    def ready(self) -> list[Resource]:
        """What workloads wait for: a controller that enforces their policies, and nodes to run on."""
        return [self.network_policies, self.nodes.node_pool, *self.addons.values()]

    @property
    def security_group_id(self) -> Output[str]:
        """Of the group that EKS makes for the cluster, and that its nodes are in."""
        return self.cluster.vpc_config.apply(lambda vpc: str(vpc.cluster_security_group_id))

    def _create_key(self) -> None:
        """One of our own for secrets in etcd: $1 a month. EKS encrypts with a key of AWS's otherwise."""
        self.key = aws.kms.Key(
            f"{self._name}-secrets",
            description="Secrets of the EKS cluster",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            opts=self._opts,
        )

    def _create_log_group(self) -> None:
        """EKS writes to this name, and would make a group without an end by itself."""
        self.log_group = aws.cloudwatch.LogGroup(
            self._name,
            name=physical("log group", f"/aws/eks/{cluster_name(self._name)}/cluster"),
            retention_in_days=self._settings.log_retention_days,
            opts=ResourceOptions.merge(self._opts, KEEPS_NAME),
        )

    def _create_container_logs(self) -> None:
        self.container_logs: Optional[ContainerLogs] = None
        if self._settings.container_logs:
            self.container_logs = ContainerLogs(
                self._name,
                cluster_name=cluster_name(self._name),
                retention_days=self._settings.log_retention_days,
                opts=self._opts,
            )

    def _create_endpoint_group(self) -> None:
        """The cluster's own group lets in nothing but nodes: a private endpoint could be reached from nowhere else."""
        self.endpoint_group = aws.ec2.SecurityGroup(
            logical("security group", f"{self._name}-endpoint"),
            vpc_id=self._network.vpc_id,
            description="Kubernetes API server",
            opts=self._opts,
        )
        self.endpoint_rule = aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-endpoint",
            security_group_id=self.endpoint_group.id,
            description="From the network",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4=self._network.cidr,
            opts=self._opts,
        )

    def _create_cluster(self) -> None:
        settings = self._settings
        self.cluster = aws.eks.Cluster(
            self._name,
            name=cluster_name(self._name),
            version=settings.version,
            role_arn=self.cluster_role.arn,
            vpc_config=self._vpc_config(),
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
            # Auto Mode: all three or none, and nothing installed beside it.
            compute_config={"enabled": True},
            storage_config={"block_storage": {"enabled": True}},
            kubernetes_network_config={"elastic_load_balancing": {"enabled": True}},
            bootstrap_self_managed_addons=False,
            encryption_config={"provider": {"key_arn": self.key.arn}, "resources": ["secrets"]},
            enabled_cluster_log_types=list(_LOG_TYPES),
            upgrade_policy={"support_type": "STANDARD"},
            deletion_protection=settings.deletion_protection,
            zonal_shift_config={"enabled": settings.zonal_shift},
            # AWS would refuse to delete it after all that is in it is gone; Pulumi refuses before.
            opts=ResourceOptions(
                parent=self._opts.parent,
                ignore_changes=["name"],
                depends_on=self._log_groups,
                protect=settings.deletion_protection or None,
            ),
        )

    @property
    def _log_groups(self) -> list[Resource]:
        """They are there before anything writes to them, and until nothing does: it would make them anew."""
        return [self.log_group, *(self.container_logs.log_groups.values() if self.container_logs else ())]

    def _vpc_config(self) -> aws.eks.ClusterVpcConfigArgsDict:
        config: aws.eks.ClusterVpcConfigArgsDict = {
            "subnet_ids": self._network.private_subnet_ids,
            "security_group_ids": [after(self.endpoint_group.id, self.endpoint_rule)],
            "endpoint_private_access": True,
            "endpoint_public_access": False,
        }
        if self._settings.endpoint is EksEndpoint.PUBLIC:
            cidrs = self._settings.public_access_cidrs
            config = {**config, "endpoint_public_access": True, "public_access_cidrs": cidrs}
        return config

    def _create_access(self) -> None:
        self.access = Access(
            self._name,
            cluster_name=self.cluster.name,
            admins=self._settings.admins,
            node_role_arn=self.node_role.role.arn,
            opts=self._opts,
        )

    def _create_provider(self) -> None:
        """Once the admins are let in; and they stay until all that is in the cluster is deleted."""
        self.provider = cluster_provider(
            self._name,
            cluster_name=after(self.cluster.name, *self.access.admin_policies),
            endpoint=self.cluster.endpoint,
            certificate_authority=self.cluster.certificate_authority.apply(lambda authority: str(authority.data)),
            opts=self._opts,
        )
        self._inside = ResourceOptions.merge(self._opts, ResourceOptions(provider=self.provider))

    def _create_network_policy_controller(self) -> None:
        """Without it network policies are taken, and without effect.

        Source: Amazon EKS user guide, "Use Network Policies with EKS Auto Mode".
        """
        self.network_policies = kubernetes.core.v1.ConfigMap(
            f"{self._name}-network-policies",
            metadata={"name": "amazon-vpc-cni", "namespace": "kube-system"},
            data={"enable-network-policy-controller": "true"},
            opts=self._inside,
        )

    def _create_nodes(self) -> None:
        self.nodes = Nodes(
            f"{self._name}-nodes",
            self._settings.node_pool,
            role_name=self.node_role.name,
            security_group_id=self.security_group_id,
            network=self._network,
            opts=ResourceOptions.merge(
                self._inside, ResourceOptions(depends_on=[self.access.node_policy, self.network_policies])
            ),
        )

    def _create_addons(self) -> None:
        """After the nodes: an add-on without a node to run on never becomes active."""
        self.addons = install_addons(
            self._name,
            self._settings.addons,
            self.cluster.name,
            self.container_logs,
            ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[self.nodes.node_pool])),
        )


def cluster_name(name: str) -> str:
    """The cluster's name, which people give to `aws eks update-kubeconfig`."""
    return physical("EKS cluster", f"{stack_slug()}-{name}")


def check_names(name: str) -> None:
    """Refuse a name that leaves no room for one of its resources, before the first of them is registered."""
    physical("log group", f"/aws/eks/{cluster_name(name)}/cluster")
    logical("IAM role", f"{name}-cluster")
    physical("Kubernetes object", f"{name}-nodes")
