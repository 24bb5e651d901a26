"""EKS's own words: what only this runtime understands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.args import Check, Defaulted, arg, at_most, each, given, matching
from fastapi_on_aws.eks.addon_args import OBSERVABILITY, AddonArgs, check_addons
from fastapi_on_aws.eks.existing_args import ExistingClusterArgs
from fastapi_on_aws.eks.node_pool_args import NodePoolArgs
from fastapi_on_aws.eks.rollout_args import EksRolloutArgs
from fastapi_on_aws.eks.versions import DEFAULT_VERSION, check_version
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ports import OF_THE_APP
from fastapi_on_aws.retention import RETENTION_DAYS

_PRINCIPAL: Final = matching(
    r"arn:aws:iam::[0-9]{12}:(role|user)/([a-zA-Z0-9_+=,.@-]+/)*[a-zA-Z0-9_+=,.@-]{1,64}",
    "must be the ARN of an IAM role or user, such as arn:aws:iam::123456789012:role/deployer (of an assumed role, the"
    " role's own)",
)
_EACH_ONCE: Final = Check(lambda items: len({*items}) == len(items), "must name each once", {"uniqueItems": True})


_RESERVED: Final = [
    IPv4Network(cidr)
    for cidr in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
]


def _is_public_range(cidr: str) -> bool:
    try:
        network = IPv4Network(cidr)
    except ValueError:
        return False
    return "/" in cidr and network.prefixlen >= 8 and not any(network.overlaps(reserved) for reserved in _RESERVED)


_PUBLIC_RANGE: Final = Check(
    _is_public_range,
    "must be a public IPv4 range in CIDR notation, such as 203.0.113.5/32 of a CI runner or 203.0.113.0/24, no larger"
    " than /8 and without reserved addresses; the whole internet (0.0.0.0/0, ::/0) is never let in",
)
"""Reserved addresses are refused by EKS, too. Source: Amazon EKS user guide, "Cluster API server endpoint"."""
_MOST_RANGES: Final = 40
"""Source: Amazon EKS user guide, "Service quotas"."""


class EksEndpoint(StrEnum):
    """From where the cluster's API server can be reached; from the network it always can."""

    PRIVATE = "private"
    """From the network alone: `pulumi up` has to run in it, or in what is connected to it."""
    PUBLIC = "public"
    """From `public_access_cidrs`, too."""


_NOT_ON_EKS: Final = Check(
    lambda _: False,
    "must be left out: Kubernetes' autoscaler counts no requests of a load balancer; scale on app.scaling.cpu and"
    " memory, or run it with pattern monolith",
)
_OF_SERVICES: Final = ("existing", "rollout", "scaling", "log_retention_days")
"""What may be said of services in a cluster that is there."""


_OF_FARGATE: Final = {
    "spot": "; it is of ECS Fargate: on EKS it is the nodes that are Spot instances, by node_pool: { spot: true }",
    "assign_public_ip": (
        "; it is of ECS Fargate: nodes and pods have no public addresses; without a NAT gateway they need"
        " network.interface_endpoints"
    ),
    "container_insights": (
        "; it is of ECS: on EKS it is addons: { amazon-cloudwatch-observability: { configuration:"
        " { containerInsights: { enabled: true } } } }"
    ),
}
"""What somebody who knows the words of `ecs:` would try here."""


@dataclass(frozen=True, kw_only=True)
class EksScalingArgs:
    """Nothing yet: pods scale as `app.scaling` says."""

    requests: Optional[Input[int]] = arg(_NOT_ON_EKS, default=None)
    """Refused, with the reason: on EKS requests do not scale. Default: none."""


@dataclass(frozen=True, kw_only=True)
class EksArgs:
    """Settings of EKS; they lie unused while another runtime is chosen."""

    admins: Defaulted[Sequence[str]] = arg(each(_PRINCIPAL), _EACH_ONCE, factory=list)
    """ARNs of the IAM roles and users that may do everything in the cluster; whoever runs `pulumi up` has to be among
    them. A cluster of our own needs one. Default: none."""

    endpoint: Optional[EksEndpoint] = None
    """`private` or `public`: from where `pulumi up` and `kubectl` reach the cluster. A cluster of our own needs the
    word. Default: none."""

    public_access_cidrs: Defaulted[Sequence[str]] = arg(
        at_most(_MOST_RANGES), each(_PUBLIC_RANGE), _EACH_ONCE, factory=list
    )
    """IPv4 ranges that reach a public endpoint (AWS: `publicAccessCidrs`). Only with `endpoint: public`, which needs
    one. Default: none."""

    version: Defaulted[str] = arg(
        matching(r"1\.[0-9]{2}", 'must be a minor version of Kubernetes, such as "1.36", in quotes'),
        default=DEFAULT_VERSION,
    )
    """Version of Kubernetes; it can be raised, one at a time, and never lowered. Default: 1.36."""

    node_pool: Defaulted[NodePoolArgs] = arg(factory=NodePoolArgs)
    """The nodes that pods run on. Default: arm64, on demand."""

    addons: Defaulted[Mapping[str, AddonArgs]] = arg(factory=dict)
    """EKS add-ons by name, beside `metrics-server`, `aws-secrets-store-csi-driver-provider` and the one of
    `container_logs`. Default: those."""

    container_logs: Defaulted[bool] = True
    """Whether what pods write goes to CloudWatch Logs ($0.50 a GB), by the add-on `amazon-cloudwatch-observability`.
    Default: true; without, it is lost with the pod."""

    log_retention_days: Defaulted[int] = arg(RETENTION_DAYS, default=30)
    """How long logs are kept: the control plane's, those of pods and nodes, and of canaries. Default: 30."""

    deletion_protection: Defaulted[bool] = True
    """Whether AWS refuses to delete the cluster, and Pulumi to begin. Default: true; set it to false, and `pulumi up`,
    before a `pulumi destroy` or another pattern."""

    zonal_shift: Defaulted[bool] = True
    """Whether AWS may move traffic out of a zone that is not well. Default: true."""

    rollout: Defaulted[EksRolloutArgs] = arg(factory=EksRolloutArgs)
    """How new pods take the place of old ones. Default: a quarter more at a time, and none less."""

    scaling: Defaulted[EksScalingArgs] = arg(factory=EksScalingArgs)
    """Beside `app.scaling`. Default: nothing."""

    existing: Optional[ExistingClusterArgs] = None
    """A cluster that is there already, in the place of one of our own. Default: none."""

    @classmethod
    def elsewhere(cls, word: str) -> Optional[str]:
        """Where a word of ECS Fargate is on EKS, and where one of the app is."""
        return {**_OF_FARGATE, **OF_THE_APP}.get(word)

    def check_together(self, path: str) -> None:
        """What cannot be said at the same time."""
        if self.existing is not None:
            for word in given(self, but=_OF_SERVICES):
                raise UsageError(
                    f"{path}.{word} is of a cluster that is made here, and {path}.existing names one that is there;"
                    " take one of them out"
                )
            return
        if "version" in given(self):
            check_version(self.version, f"{path}.version")
        check_addons(self.addons, f"{path}.addons")
        self._check_container_logs(path)
        self._check_endpoint(path)

    def check_complete(self, path: str) -> None:
        """What a cluster has no default for; asked once one is to be made."""
        if self.existing is not None:
            return
        check_version(self.version, f"{path}.version")
        if not self.admins:
            raise UsageError(
                f"{path}.admins is empty, and nobody could do anything in the cluster: EKS lets its creator in no more"
                " than others; name one IAM role or user or more, among them the one that runs pulumi up"
            )
        if self.endpoint is None:
            raise UsageError(
                f"{path}.endpoint is missing: say private if pulumi up runs in the network or is connected to it, else"
                f" public, with its addresses as {path}.public_access_cidrs"
            )

    def _check_container_logs(self, path: str) -> None:
        said = self.addons.get(OBSERVABILITY)
        if said and not said.enabled and self.container_logs:
            raise UsageError(
                f"{path}.addons.{OBSERVABILITY}.enabled is false, and it ships the logs of {path}.container_logs; set"
                " that to false, too"
            )
        words = said.configuration.get("containerLogs") if said else None
        if self.container_logs and isinstance(words, dict) and words.get("enabled") is False:
            raise UsageError(
                f"{path}.addons.{OBSERVABILITY}.configuration.containerLogs.enabled is false, and {path}.container_logs"
                " is true; set that to false, or take the former out"
            )

    def _check_endpoint(self, path: str) -> None:
        public = self.endpoint is EksEndpoint.PUBLIC
        if public and not self.public_access_cidrs:
            raise UsageError(
                f"{path}.endpoint is public, and {path}.public_access_cidrs is empty, which AWS takes for the whole"
                " internet; name the ranges that may reach it, such as 203.0.113.5/32, or set endpoint to private"
            )
        if not public and self.public_access_cidrs:
            raise UsageError(
                f"{path}.public_access_cidrs is of a public endpoint, and {path}.endpoint is"
                f" {self.endpoint or 'missing'}; take it out, or set {path}.endpoint to public"
            )
