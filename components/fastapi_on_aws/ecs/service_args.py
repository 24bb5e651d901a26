"""What an ECS service takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from pulumi import Input

from fastapi_on_aws.args import Defaulted, arg, between, not_empty
from fastapi_on_aws.coerce import is_known
from fastapi_on_aws.ecs.ecs_args import SpotArgs
from fastapi_on_aws.environment import PORT, check_environment
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ingress.route_args import RouteArgs
from fastapi_on_aws.ports import PORTS
from fastapi_on_aws.references import ClusterRef, ImageRef, NetworkRef
from fastapi_on_aws.retention import RETENTION_DAYS
from fastapi_on_aws.service import DRAIN_SECONDS, UNPRIVILEGED_PORT, AppArgs, HealthArgs, ScalingArgs, check_command
from fastapi_on_aws.sizing import fargate_size


@dataclass(frozen=True, kw_only=True)
class EcsServiceArgs:
    """What runs, how large, and how it is reached."""

    cluster: ClusterRef
    """Where it runs."""

    network: NetworkRef
    """Its subnets."""

    image: ImageRef
    """What it runs."""

    command: Optional[Sequence[Input[str]]] = arg(not_empty(), default=None)
    """Default: the image's own."""

    route: Optional[RouteArgs] = None
    """Which requests it receives. Default: none, it is a worker."""

    port: Defaulted[Input[int]] = arg(UNPRIVILEGED_PORT, default=AppArgs.port)
    """Where it listens. Default: 8000."""

    health: Defaulted[HealthArgs] = arg(factory=HealthArgs)
    """Where it says how it is."""

    cpu: Defaulted[Input[str]] = AppArgs.cpu
    """A size that Fargate offers. Default: `0.5 vCPU`."""

    memory: Defaulted[Input[str]] = AppArgs.memory
    """A size that Fargate offers with that CPU. Default: `1 GB`."""

    scaling: Defaulted[ScalingArgs] = arg(factory=ScalingArgs)
    """How many tasks run."""

    drain_seconds: Defaulted[int] = arg(DRAIN_SECONDS, default=AppArgs.drain_seconds)
    """How long the longest request may take while its task is replaced. Default: 20."""

    env: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variables. Default: none."""

    secrets: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variable -> ARN of a Secrets Manager secret or SSM parameter. Default: none."""

    spot: Defaulted[SpotArgs] = arg(factory=SpotArgs)
    """How much runs on Fargate Spot. Default: nothing."""

    requests: Optional[Input[int]] = arg(between(1, 1_000_000), default=None)
    """Requests a minute and task to hold, beside `scaling`. Default: requests do not scale."""

    assign_public_ip: Defaulted[bool] = False
    """Whether tasks stand in public subnets with an address each. Default: false."""

    egress_ports: Defaulted[Sequence[int]] = arg(PORTS, factory=lambda: [443])
    """TCP ports on which tasks may reach anywhere. Default: 443."""

    log_retention_days: Defaulted[int] = arg(RETENTION_DAYS, default=30)
    """How long logs are kept. Default: 30."""

    def check_together(self, path: str) -> None:
        """The size is one that Fargate offers, and the environment holds no secret."""
        check_command(self.command, path)
        check_environment(self.env, self.secrets, path, reserved=(PORT,))
        if self.requests is not None and self.route is None:
            raise UsageError(f"{path}.requests does not apply to a worker: nothing is sent to it")
        if is_known(self.cpu) and is_known(self.memory):
            fargate_size(str(self.cpu), str(self.memory), path)
        if self.assign_public_ip and self.network.has_no_public_subnets:
            raise UsageError(f"{path}.assign_public_ip is true, and the network has no public subnets")
