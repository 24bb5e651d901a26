"""ECS's own words: what only this runtime understands."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Optional

from pulumi import Input

from fastapi_on_aws.args import Defaulted, arg, between
from fastapi_on_aws.ports import OF_THE_APP
from fastapi_on_aws.retention import RETENTION_DAYS


class ContainerInsights(StrEnum):
    """How much CloudWatch observes of a cluster, in its own words."""

    ENHANCED = "enhanced"
    """Down to tasks and containers; each is billed as metrics."""
    ENABLED = "enabled"
    """Cluster and services."""
    DISABLED = "disabled"
    """Only the free metrics of each service: CPU and memory."""


@dataclass(frozen=True, kw_only=True)
class SpotArgs:
    """How much runs on Fargate Spot: about 70 % cheaper, and interrupted with two minutes' notice."""

    base: Defaulted[int] = arg(between(0, 1000), default=0)
    """How many copies run on demand before Spot is used. Default: 0."""

    share: Defaulted[int] = arg(between(0, 100), default=0)
    """Percent of the further copies that run on Spot. Default: 0."""


@dataclass(frozen=True, kw_only=True)
class EcsScalingArgs:
    """Scaling on what only a load balancer counts."""

    requests: Optional[Input[int]] = arg(between(1, 1_000_000), default=None)
    """Requests a minute and copy to hold. Default: requests do not scale."""


@dataclass(frozen=True, kw_only=True)
class EcsArgs:
    """Settings of ECS Fargate; they lie unused while another runtime is chosen."""

    container_insights: Defaulted[ContainerInsights] = ContainerInsights.ENABLED
    """Default: `enabled`."""

    spot: Defaulted[SpotArgs] = arg(factory=SpotArgs)
    """Default: everything runs on demand."""

    scaling: Defaulted[EcsScalingArgs] = arg(factory=EcsScalingArgs)
    """Beside `app.scaling`."""

    assign_public_ip: Defaulted[bool] = False
    """Whether tasks stand in public subnets with an address each ($3.65 a month), so that no NAT gateway is needed.

    Their security group still lets in nothing but the load balancer. Default: false.
    """

    log_retention_days: Defaulted[int] = arg(RETENTION_DAYS, default=30)
    """How long logs are kept. Default: 30."""

    @classmethod
    def elsewhere(cls, word: str) -> Optional[str]:
        """Where a word of the app is."""
        return OF_THE_APP.get(word)
