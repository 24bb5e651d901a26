"""How new pods take the place of old ones."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Optional

from fastapi_on_aws.args import Defaulted, arg, between, given
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.rollouts.limits import LONGEST_CANARY_SECONDS

_OF_BOTH: Final = ("kind", "max_surge_percent", "max_unavailable_percent", "ready_seconds")


class EksRolloutKind(StrEnum):
    """How requests come to new pods."""

    ROLLING = "rolling"
    """Pod by pod, as each is ready."""
    CANARY = "canary"
    """Some of them for a while, which extra pods answer; then the others are replaced pod by pod."""


@dataclass(frozen=True, kw_only=True)
class EksRolloutArgs:
    """A rolling update, with a canary before it or without; what does not become ready in time fails `pulumi up`, and
    old pods go on serving."""

    kind: Defaulted[EksRolloutKind] = EksRolloutKind.ROLLING
    """`rolling` or `canary`. Only services with a prefix have a canary; workers are rolled. Default: `rolling`."""

    percent: Defaulted[int] = arg(between(1, 99), default=10)
    """How many of the requests go to the new version first, in percent. Only with `canary`. Default: 10."""

    interval_seconds: Defaulted[int] = arg(between(60, LONGEST_CANARY_SECONDS), default=300)
    """How long they do; two minutes more are waited for what CloudWatch tells of the last one. Only with `canary`.
    Default: 300."""

    errors_percent: Defaulted[float] = arg(between(0.1, 100), default=1)
    """How many of the new version's own answers may be 5xx in a minute, and of its connections fail, in percent; with
    more it gets no more requests, and `pulumi up` fails. What the load balancer answers in its place (502, 504) is not
    seen. Only with `canary`. Default: 1."""

    slowest_seconds: Optional[float] = arg(between(0.01, 120), default=None)
    """How long the slowest hundredth of the new version's answers may take. Only with `canary`. Default: nobody
    looks."""

    max_surge_percent: Defaulted[int] = arg(between(0, 100), default=25)
    """How many pods there may be beyond those that are asked for; rounded up, so that 1 already allows one. Default:
    25."""

    max_unavailable_percent: Defaulted[int] = arg(between(0, 100), default=0)
    """How many pods may be missing meanwhile; rounded down. Default: 0, an old pod goes when a new one serves."""

    ready_seconds: Defaulted[int] = arg(between(60, 3600), default=600)
    """How long it may take until all new pods are ready, with their nodes, the image and the load balancer's checks
    (Kubernetes: `progressDeadlineSeconds`, of each pod; Pulumi waits no longer for all of them). Default: 600."""

    @property
    def has_canary(self) -> bool:
        """Whether some of the requests try a new version first."""
        return self.kind is EksRolloutKind.CANARY

    @property
    def of_a_worker(self) -> "EksRolloutArgs":
        """The same for what gets no requests."""
        return EksRolloutArgs(
            max_surge_percent=self.max_surge_percent,
            max_unavailable_percent=self.max_unavailable_percent,
            ready_seconds=self.ready_seconds,
        )

    def check_together(self, path: str) -> None:
        """Something has to move, and the words mean something."""
        if self.max_surge_percent == 0 and self.max_unavailable_percent == 0:
            raise UsageError(
                f"{path}.max_surge_percent and {path}.max_unavailable_percent are both 0, and no pod could ever be"
                " replaced; raise one of them"
            )
        for word in given(self, but=_OF_BOTH) if not self.has_canary else []:
            raise UsageError(
                f"{path}.{word} is of a canary, and {path}.kind is {self.kind}; take it out, or set {path}.kind to"
                " canary"
            )
