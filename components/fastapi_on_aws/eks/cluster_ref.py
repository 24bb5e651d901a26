"""A cluster as a service sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from pulumi import Input

from fastapi_on_aws.args import Defaulted, arg
from fastapi_on_aws.eks.existing_args import PodIdentityKind, TargetGroupBindingApi, TolerationArgs
from fastapi_on_aws.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class EksClusterRef:
    """An EKS cluster: `EksCluster(...).ref`. The defaults are those of one of our own."""

    name: Input[str]
    """Name of the cluster."""

    target_group_binding: Defaulted[TargetGroupBindingApi] = TargetGroupBindingApi.AUTO_MODE
    """Who puts pods into target groups. Default: `eks.amazonaws.com/v1`."""

    identity: Defaulted[PodIdentityKind] = PodIdentityKind.POD_IDENTITY
    """How pods get a role. Default: `pod_identity`."""

    oidc_provider_arn: Optional[Input[str]] = None
    """Whom a role has to trust for IRSA. Default: none."""

    labels: Defaulted[Mapping[str, str]] = arg(factory=dict)
    """Labels of the nodes that pods run on. Default: any node."""

    tolerations: Defaulted[Sequence[TolerationArgs]] = arg(factory=list)
    """Taints that pods may ignore. Default: none."""

    def check_together(self, path: str) -> None:
        """A role has somebody to trust."""
        if self.identity is PodIdentityKind.IRSA and self.oidc_provider_arn is None:
            raise UsageError(f"{path}.identity is irsa, which needs {path}.oidc_provider_arn, whom the roles trust")
