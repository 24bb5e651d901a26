"""An ECS cluster for Fargate."""

from dataclasses import dataclass
from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from fastapi_on_aws.args import Defaulted
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import after, token
from fastapi_on_aws.ecs.ecs_args import ContainerInsights
from fastapi_on_aws.naming import logical
from fastapi_on_aws.references import ClusterRef

FARGATE: Final = "FARGATE"
FARGATE_SPOT: Final = "FARGATE_SPOT"


@dataclass(frozen=True, kw_only=True)
class EcsClusterArgs:
    """An ECS cluster without servers."""

    container_insights: Defaulted[ContainerInsights] = ContainerInsights.ENABLED
    """How much CloudWatch observes. Default: `enabled`."""


class EcsCluster(pulumi.ComponentResource):
    """A cluster with both Fargate capacity providers, so that a service can move to Spot without being replaced."""

    arn: pulumi.Output[str]
    """Of the cluster; handed out once the capacity providers are there."""

    cluster_name: pulumi.Output[str]
    """Its name."""

    def __init__(self, name: str, args: EcsClusterArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(EcsClusterArgs, args, name)
        super().__init__(token(EcsCluster), name, None, opts)
        self.cluster = aws.ecs.Cluster(
            logical("ECS cluster", name),
            settings=[{"name": "containerInsights", "value": args.container_insights}],
            opts=ResourceOptions(parent=self),
        )
        self.capacity_providers = aws.ecs.ClusterCapacityProviders(
            name,
            cluster_name=self.cluster.name,
            capacity_providers=[FARGATE, FARGATE_SPOT],
            opts=ResourceOptions(parent=self),
        )
        self.arn = after(self.cluster.arn, self.capacity_providers)
        self.cluster_name = self.cluster.name
        self.register_outputs({"arn": self.arn, "clusterName": self.cluster_name})

    @property
    def ref(self) -> ClusterRef:
        """What a service takes."""
        return ClusterRef(arn=self.arn, name=self.cluster_name)
