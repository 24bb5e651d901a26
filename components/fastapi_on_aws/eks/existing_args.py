"""A cluster that is there already, and what differs in clusters that others have made."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.args import Check, Defaulted, arg, matching
from fastapi_on_aws.errors import UsageError

ENDPOINT: Final = r"https://[A-Za-z0-9.-]+\.([a-z]{2}(?:-[a-z]+)+-[0-9])\.(?:eks\.amazonaws\.com|api\.aws)"
"""A cluster's endpoint; its group is the region. Source: Amazon EKS user guide, "Cluster API server endpoint"."""

_NAME: Final = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_DOMAIN_WORD: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_LABEL_KEY: Final = rf"(?:(?=[^/]{{1,253}}/){_DOMAIN_WORD}(?:\.{_DOMAIN_WORD})*/)?{_NAME}"
_LABEL_VALUE: Final = rf"(?:{_NAME})?"
_LABELS: Final = Check(
    lambda labels: all(
        re.fullmatch(_LABEL_KEY, key) and re.fullmatch(_LABEL_VALUE, value) for key, value in labels.items()
    ),
    "must be labels of Kubernetes, such as team: shop: letters, digits, -, _ and ., up to 63, a letter or digit first"
    " and last; a key may have a domain and a slash before it",
)
"""Source: Kubernetes documentation, "Labels and Selectors"."""

ARCHITECTURE_LABEL: Final = "kubernetes.io/arch"
"""What Kubernetes itself labels each node with."""


def region_in(endpoint: str) -> str:
    """The region in the endpoint of a cluster.

    >>> region_in("https://0A1B.gr7.eu-west-1.eks.amazonaws.com")
    'eu-west-1'
    """
    found = re.fullmatch(ENDPOINT, endpoint)
    if not found:
        raise UsageError(f"{endpoint!r} is not the endpoint of an EKS cluster: its region is not in it")
    return found[1]


class TargetGroupBindingApi(StrEnum):
    """Whose controller puts pods into target groups: the API version of its `TargetGroupBinding`."""

    AUTO_MODE = "eks.amazonaws.com/v1"
    """EKS Auto Mode's own."""
    CONTROLLER = "elbv2.k8s.aws/v1beta1"
    """The AWS Load Balancer Controller, which somebody runs in the cluster."""


class PodIdentityKind(StrEnum):
    """How pods get a role of IAM."""

    POD_IDENTITY = "pod_identity"
    """EKS Pod Identity: by its agent on each node."""
    IRSA = "irsa"
    """IAM roles for service accounts: by the cluster's OIDC provider."""


class TolerationOperator(StrEnum):
    """How a toleration finds its taint, in Kubernetes' words."""

    EQUAL = "Equal"
    """By key and value."""
    EXISTS = "Exists"
    """By key, whatever the value."""


class TaintEffect(StrEnum):
    """What a taint does to pods that do not tolerate it, in Kubernetes' words."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


@dataclass(frozen=True, kw_only=True)
class TolerationArgs:
    """A taint of nodes that the app's pods may ignore."""

    key: Optional[str] = arg(matching(_LABEL_KEY, "must be a key of Kubernetes, such as team"), default=None)
    """Key of the taint. Default: every key, which needs `operator: Exists`."""

    operator: Defaulted[TolerationOperator] = TolerationOperator.EQUAL
    """`Equal` or `Exists`. Default: `Equal`."""

    value: Optional[str] = arg(
        matching(_LABEL_VALUE, "must be a value of Kubernetes, such as shop: letters, digits, -, _ and ., up to 63"),
        default=None,
    )
    """Value of the taint. Only with `Equal`. Default: the empty one."""

    effect: Optional[TaintEffect] = None
    """`NoSchedule`, `PreferNoSchedule` or `NoExecute`. Default: all of them."""

    def check_together(self, path: str) -> None:
        """What Kubernetes does not take together."""
        exists = self.operator is TolerationOperator.EXISTS
        if exists and self.value is not None:
            raise UsageError(f"{path}.value is given, and operator Exists looks at no value; take one of them out")
        if not exists and self.key is None:
            raise UsageError(f"{path}.key is missing, and operator Equal needs one; give it, or set operator to Exists")


@dataclass(frozen=True, kw_only=True)
class ExistingClusterArgs:
    """An EKS cluster that somebody else looks after."""

    name: Input[str] = arg(
        matching(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}", "must be the name of a cluster: letters, digits, - and _")
    )
    """Name of the cluster."""

    endpoint: Input[str] = arg(
        matching(ENDPOINT, "must be the endpoint of an EKS cluster, such as https://….gr7.eu-west-1.eks.amazonaws.com")
    )
    """URL of its API server, as `aws eks describe-cluster` tells it."""

    certificate_authority: Input[str] = arg(
        matching(r"[A-Za-z0-9+/]+={0,2}", "must be a certificate in Base64, as aws eks describe-cluster tells it")
    )
    """Certificate of its API server, in Base64 (`certificateAuthority.data`)."""

    security_group_id: Optional[Input[str]] = arg(
        matching(r"sg-[0-9a-f]+", "must be the id of a security group, such as sg-0a1b2c3d"), default=None
    )
    """Security group of its nodes, which lets the load balancer in. Default: none; somebody else lets it in."""

    target_group_binding: Defaulted[TargetGroupBindingApi] = TargetGroupBindingApi.AUTO_MODE
    """`eks.amazonaws.com/v1` (Auto Mode) or `elbv2.k8s.aws/v1beta1` (a controller of your own). Default:
    `eks.amazonaws.com/v1`."""

    identity: Defaulted[PodIdentityKind] = PodIdentityKind.POD_IDENTITY
    """`pod_identity` or `irsa`. Default: `pod_identity`."""

    oidc_provider_arn: Optional[Input[str]] = arg(
        matching(
            r"arn:aws:iam::[0-9]{12}:oidc-provider/oidc\.eks\.[a-z0-9-]+\.amazonaws\.com/id/[0-9A-Z]+",
            "must be the ARN of the cluster's OIDC provider in IAM",
        ),
        default=None,
    )
    """ARN of the cluster's OIDC provider. Only with `irsa`, which needs it. Default: none."""

    network_policy_engine: Defaulted[bool] = False
    """Whether something in the cluster enforces network policies. Default: false; the plan then says that they are
    without effect."""

    labels: Defaulted[Mapping[str, str]] = arg(_LABELS, factory=dict)
    """Labels of the nodes that the app's pods run on. Default: any node."""

    tolerations: Defaulted[Sequence[TolerationArgs]] = arg(factory=list)
    """Taints of nodes that the app's pods may ignore. Default: none."""

    def check_together(self, path: str) -> None:
        """IRSA and its provider come together; the image alone says what it runs on."""
        if ARCHITECTURE_LABEL in self.labels:
            raise UsageError(
                f"{path}.labels has {ARCHITECTURE_LABEL}, which is set to what each image was built for; take it out"
            )
        irsa = self.identity is PodIdentityKind.IRSA
        if irsa and self.oidc_provider_arn is None:
            raise UsageError(f"{path}.identity is irsa, which needs the OIDC provider; give {path}.oidc_provider_arn")
        if not irsa and self.oidc_provider_arn is not None:
            raise UsageError(
                f"{path}.oidc_provider_arn is of IRSA, and {path}.identity is pod_identity; take it out, or set"
                f" {path}.identity to irsa"
            )
