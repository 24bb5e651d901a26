"""The nodes that EKS Auto Mode starts for pods."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi_on_aws.args import Check, Defaulted, arg, between
from fastapi_on_aws.references import Architecture
from fastapi_on_aws.sizing import memory_mib
from fastapi_on_aws.tags import is_tag

_KEPT_BY_EKS: Final = ("aws:", "eks:", "eks.amazonaws.com/", "karpenter.sh/", "kubernetes.io/cluster/")
_TAGS: Final = Check(
    lambda tags: len(tags) <= 40 and all(is_tag(*tag) and not tag[0].startswith(_KEPT_BY_EKS) for tag in tags.items()),
    "must have 40 tags or fewer: keys of 1 to 128 and values of up to 256 letters, digits, spaces and . : / = + - @ _,"
    f" no key beginning with {', '.join(_KEPT_BY_EKS)}, which are EKS's own",
    {"maxProperties": 40},
)
"""Source: Amazon EKS user guide, "Create a Node Class for Amazon EKS"; an instance has 50 tags, some of them EKS's."""


@dataclass(frozen=True, kw_only=True)
class NodeLimitsArgs:
    """The most that all nodes of the pool have together: where a mistake in scaling stops to cost.

    Whole nodes count, of which Kubernetes and the add-ons keep a part: leave about a quarter of room.
    """

    cpu: Defaulted[int] = arg(between(1, 10_000), default=64)
    """vCPUs. Default: 64."""

    memory: Defaulted[str] = "256 GB"
    """Memory, such as `256 GB`. Default: 256 GB."""

    def check_together(self, path: str) -> None:
        """The memory is a size."""
        memory_mib(self.memory, f"{path}.memory")


@dataclass(frozen=True, kw_only=True)
class NodePoolArgs:
    """What EKS Auto Mode may start as nodes; about 12 % are added to EC2's price."""

    architecture: Defaulted[Architecture] = Architecture.ARM64
    """`arm64` or `amd64`: what the images are built for. Default: `arm64`."""

    spot: Defaulted[bool] = False
    """Whether nodes are Spot instances where there are any: about 70 % cheaper, and taken away with two minutes'
    notice. Default: false."""

    limits: Defaulted[NodeLimitsArgs] = arg(factory=NodeLimitsArgs)
    """Default: 64 vCPUs and 256 GB."""

    tags: Defaulted[Mapping[str, str]] = arg(_TAGS, factory=dict)
    """Tags of the instances and their volumes, which the stack's own tags do not reach. Default: none."""
