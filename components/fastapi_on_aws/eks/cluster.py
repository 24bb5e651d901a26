"""An EKS cluster: of our own, with Auto Mode, or one that is there."""

from dataclasses import dataclass
from typing import Optional

import pulumi
from pulumi import Output, Resource, ResourceOptions

from fastapi_on_aws.args import Defaulted, arg
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import after, note, token
from fastapi_on_aws.eks.auto_mode import AutoModeCluster, check_names
from fastapi_on_aws.eks.cluster_ref import EksClusterRef
from fastapi_on_aws.eks.eks_args import EksArgs
from fastapi_on_aws.eks.existing_args import ExistingClusterArgs
from fastapi_on_aws.eks.kubeconfig import cluster_provider
from fastapi_on_aws.eks.versions import soon_unsupported
from fastapi_on_aws.references import NetworkRef


@dataclass(frozen=True, kw_only=True)
class EksClusterArgs:
    """An EKS cluster, and the network that it stands in."""

    network: NetworkRef
    """Where its nodes stand, in the private subnets."""

    settings: Defaulted[EksArgs] = arg(factory=EksArgs)
    """EKS's own words. A cluster of our own needs `admins` and `endpoint`."""


class EksCluster(pulumi.ComponentResource):
    """An EKS cluster whose nodes AWS looks after, closed to everybody but the admins that are named.

    It costs $73 a month, and its nodes. In Python, `ref` is what a service takes, `provider` is for what stands in the
    cluster, `ready` is what that waits for, and `created` has the resources (None for an existing cluster).
    """

    cluster_name: Output[str]
    """Its name; handed out once workloads can run in it."""

    endpoint: Output[str]
    """URL of its API server."""

    security_group_id: Output[Optional[str]]
    """Security group of its nodes; none for an existing cluster that was given without."""

    def __init__(self, name: str, args: EksClusterArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(EksClusterArgs, args, name)
        args.settings.check_complete(f"{name}.settings")
        existing = args.settings.existing
        if existing is None:
            check_names(name)
        super().__init__(token(EksCluster), name, None, opts)
        self._name, self._opts = name, ResourceOptions(parent=self)
        self.created: Optional[AutoModeCluster] = None
        self.ready: list[Resource] = []
        if existing is None:
            self._create(args)
        else:
            self._take(existing)
        self.register_outputs(
            {
                "clusterName": self.cluster_name,
                "endpoint": self.endpoint,
                "securityGroupId": self.security_group_id,
            }
        )

    def _create(self, args: EksClusterArgs) -> None:
        created = AutoModeCluster(self._name, args.settings, args.network, self._opts)
        self.created, self.provider, self.ready = created, created.provider, created.ready
        self.cluster_name = after(created.cluster.name, *created.ready)
        self.ref = EksClusterRef(name=self.cluster_name)
        self.endpoint = created.cluster.endpoint
        self.security_group_id = created.security_group_id
        self._say_who_deploys(args.settings)
        self._say_end_of_support(args.settings)

    def _take(self, existing: ExistingClusterArgs) -> None:
        self.provider = cluster_provider(
            self._name,
            cluster_name=existing.name,
            endpoint=existing.endpoint,
            certificate_authority=existing.certificate_authority,
            opts=self._opts,
        )
        self.ref = EksClusterRef(
            name=existing.name,
            target_group_binding=existing.target_group_binding,
            identity=existing.identity,
            oidc_provider_arn=existing.oidc_provider_arn,
            labels=existing.labels,
            tolerations=existing.tolerations,
        )
        self.cluster_name = Output.from_input(existing.name)
        self.endpoint = Output.from_input(existing.endpoint)
        self.security_group_id = Output.from_input(existing.security_group_id)
        if not existing.network_policy_engine:
            pulumi.log.warn(
                "network policies are without effect in the existing cluster: existing.network_policy_engine is false",
                self,
            )

    def _say_who_deploys(self, settings: EksArgs) -> None:
        note(
            "what stands in the cluster is made by whoever runs pulumi up, with the AWS CLI: one of"
            f" {', '.join(settings.admins)}",
            self,
        )

    def _say_end_of_support(self, settings: EksArgs) -> None:
        ends = soon_unsupported(settings.version)
        if ends is not None:
            pulumi.log.warn(
                f"Kubernetes {settings.version} leaves EKS's standard support on {ends}, when EKS updates the cluster"
                f" by itself: raise version before",
                self,
            )
