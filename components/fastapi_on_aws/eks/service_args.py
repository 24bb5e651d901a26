"""What a service on EKS takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.args import Defaulted, arg, not_empty
from fastapi_on_aws.coerce import is_known
from fastapi_on_aws.eks.cluster_ref import EksClusterRef
from fastapi_on_aws.eks.rollout_args import EksRolloutArgs
from fastapi_on_aws.eks.secret_files import check_secret_files
from fastapi_on_aws.eks.sizes import pod_size
from fastapi_on_aws.environment import PORT, check_environment, url_variable
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ingress.route_args import RouteArgs
from fastapi_on_aws.ports import POD_PORTS, check_own_port
from fastapi_on_aws.references import ImageRef, NetworkRef
from fastapi_on_aws.retention import RETENTION_DAYS
from fastapi_on_aws.service import DRAIN_SECONDS, UNPRIVILEGED_PORT, AppArgs, HealthArgs, ScalingArgs, check_command

SET_BY_EKS: Final = frozenset(
    {
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_SERVICE_PORT",
    }
)
"""Variables that a pod has from EKS; with other values it has no role. Source: Amazon EKS user guide, "How
EKS Pod Identity works"."""


@dataclass(frozen=True, kw_only=True)
class CalledArgs:
    """Another service of this stack, in the same cluster."""

    name: str = arg(not_empty())
    """Name of its `EksService`."""

    port: Defaulted[Input[int]] = arg(UNPRIVILEGED_PORT, default=AppArgs.port)
    """Where it listens. Default: 8000."""


@dataclass(frozen=True, kw_only=True)
class EksServiceArgs:
    """What runs, how large, how it is reached and whom it may reach."""

    cluster: EksClusterRef
    """Where it runs: `EksCluster(...).ref`. The cluster's `provider` is given as an option."""

    network: NetworkRef
    """Where the load balancer stands: pods let in what comes from its range."""

    image: ImageRef
    """What it runs."""

    command: Optional[Sequence[Input[str]]] = arg(not_empty(), default=None)
    """In the place of the image's command; its entry point stays. Default: the image's own."""

    route: Optional[RouteArgs] = None
    """Which requests it receives. Default: none, it is a worker."""

    port: Defaulted[Input[int]] = arg(UNPRIVILEGED_PORT, default=AppArgs.port)
    """Where it listens. Default: 8000."""

    health: Defaulted[HealthArgs] = arg(factory=HealthArgs)
    """Where it says how it is."""

    cpu: Defaulted[Input[str]] = AppArgs.cpu
    """What a pod is sure to have; it may use more while its node has it. Default: `0.5 vCPU`."""

    memory: Defaulted[Input[str]] = AppArgs.memory
    """What a pod has, and no more. Default: `1 GB`."""

    scaling: Defaulted[ScalingArgs] = arg(factory=ScalingArgs)
    """How many pods run."""

    rollout: Defaulted[EksRolloutArgs] = arg(factory=EksRolloutArgs)
    """How new pods take the place of old ones. Default: a quarter more at a time, and none less."""

    drain_seconds: Defaulted[int] = arg(DRAIN_SECONDS, default=AppArgs.drain_seconds)
    """How long the longest request may take while its pod is replaced. Default: 20."""

    env: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variables. Default: none."""

    secrets: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variable -> ARN of a Secrets Manager secret or SSM parameter. Each is a file in the pod, which
    `<NAME>_FILE` names. Default: none."""

    calls: Defaulted[Mapping[str, CalledArgs]] = arg(factory=dict)
    """Services that it may call, by the name that makes `<NAME>_URL`. Default: none."""

    callers: Defaulted[Sequence[str]] = arg(factory=list)
    """Names of the `EksService`s that may call it. Default: none."""

    egress_ports: Defaulted[Sequence[int]] = arg(POD_PORTS, factory=lambda: [443])
    """TCP ports on which pods may reach anywhere. Default: 443."""

    log_retention_days: Defaulted[int] = arg(RETENTION_DAYS, default=30)
    """How long the logs of a canary's rollout are kept; pods' own are the cluster's business. Default: 30."""

    def check_together(self, path: str) -> None:
        """A pod of this size can be had, and is told nothing twice, and no secret."""
        check_command(self.command, path)
        check_environment(self.env, self.secrets, path, reserved=(PORT, *SET_BY_EKS))
        check_secret_files(self.env, self.secrets, path)
        for called in self.calls:
            if url_variable(called) in {*self.env, *self.secrets}:
                raise UsageError(
                    f"{path}: {url_variable(called)} is told because of calls.{called}; take one of them out"
                )
        if self.rollout.has_canary and self.route is None:
            raise UsageError(
                f"{path}.rollout.kind is canary, and nothing is sent to a worker; set it to rolling, or give"
                f" {path}.route"
            )
        if self.scaling.min == 0:
            raise UsageError(
                f"{path}.scaling.min is 0, and Kubernetes' autoscaler never goes below one pod; set it to 1 or more"
            )
        if is_known(self.cpu) and is_known(self.memory):
            pod_size(str(self.cpu), str(self.memory), path)
        if isinstance(self.port, int):
            check_own_port(self.port, self.egress_ports, path)
