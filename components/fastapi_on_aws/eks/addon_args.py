"""EKS add-ons: what runs in the cluster for its workloads, installed by EKS."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Optional

from fastapi_on_aws.args import Defaulted, arg, matching
from fastapi_on_aws.errors import UsageError

METRICS_SERVER: Final = "metrics-server"
"""What pods use, without which nothing scales on CPU and memory. Source: Amazon EKS user guide, "Community add-ons"."""

SECRETS_STORE: Final = "aws-secrets-store-csi-driver-provider"
"""Secrets and parameters as files: the Secrets Store CSI driver with AWS's provider in one add-on. Source: AWS
Secrets Manager user guide, "Install ASCP for Amazon EKS"."""

OBSERVABILITY: Final = "amazon-cloudwatch-observability"
"""Ships what containers write to CloudWatch Logs. Source: Amazon EKS user guide, "AWS add-ons"."""

_KNOWN: Final = (METRICS_SERVER, SECRETS_STORE, OBSERVABILITY)
_IN_AUTO_MODE: Final = ("aws-ebs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni")
"""What each node of Auto Mode has already. Source: Amazon EKS user guide, "Considerations for EKS Auto Mode"."""


class AddonConflicts(StrEnum):
    """Who wins where a value in the cluster is not the add-on's."""

    OVERWRITE = "overwrite"
    """The add-on."""
    PRESERVE = "preserve"
    """The cluster, when the add-on is updated; when it is installed, it fails."""
    NONE = "none"
    """Nobody: it fails."""


@dataclass(frozen=True, kw_only=True)
class AddonArgs:
    """An EKS add-on."""

    enabled: Defaulted[bool] = True
    """Whether it is installed: false takes out one that is installed by default. Default: true."""

    version: Optional[str] = arg(
        matching(r"v[0-9]+\.[0-9]+\.[0-9]+-[a-z]+\.[0-9]+", "must be a version such as v0.8.0-eksbuild.3"), default=None
    )
    """Its version. Default: the one that EKS has for the cluster's version when it is installed."""

    configuration: Defaulted[Mapping[str, Any]] = arg(factory=dict)
    """Its own settings, as `aws eks describe-addon-configuration` lists them. Default: none."""

    conflicts: Defaulted[AddonConflicts] = AddonConflicts.OVERWRITE
    """`overwrite`, `preserve` or `none`. Default: `overwrite`."""


def addons_to_install(given: Mapping[str, AddonArgs]) -> dict[str, AddonArgs]:
    """The two that an app needs, and what else is asked for."""
    wanted = {METRICS_SERVER: AddonArgs(), SECRETS_STORE: AddonArgs(), **given}
    return {name: addon for name, addon in wanted.items() if addon.enabled}


def check_addons(given: Mapping[str, AddonArgs], path: str) -> None:
    """Refuse what Auto Mode has on each node already, beside which there would be two, and what has no such name."""
    for name in given:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", name):
            raise UsageError(
                f"{path} has '{name}', which is no add-on's name: those are of small letters, digits, - and _, as aws"
                " eks describe-addon-versions lists them"
            )
        close = difflib.get_close_matches(name, [word for word in _KNOWN if word not in given], 1, 0.85)
        if name not in _KNOWN and close:
            raise UsageError(
                f"{path}.{name} would be an add-on beside {close[0]}, which it resembles; did you mean that?"
            )
        if name in _IN_AUTO_MODE:
            raise UsageError(f"{path}.{name} is part of EKS Auto Mode, which runs it on each node; take it out")
