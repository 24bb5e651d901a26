"""How new pods take the place of old ones."""

from dataclasses import dataclass

from fastapi_on_aws.args import Defaulted, arg, between
from fastapi_on_aws.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class EksRolloutArgs:
    """A rolling update; what does not become ready in time fails `pulumi up`, and old pods go on serving."""

    max_surge_percent: Defaulted[int] = arg(between(0, 100), default=25)
    """How many pods there may be beyond those that are asked for; rounded up, so that 1 already allows one. Default:
    25."""

    max_unavailable_percent: Defaulted[int] = arg(between(0, 100), default=0)
    """How many pods may be missing meanwhile; rounded down. Default: 0, an old pod goes when a new one serves."""

    ready_seconds: Defaulted[int] = arg(between(60, 3600), default=600)
    """How long it may take until one more pod is ready, with its node, its image and the load balancer's checks
    (Kubernetes: `progressDeadlineSeconds`). Default: 600."""

    def check_together(self, path: str) -> None:
        """Something has to move."""
        if self.max_surge_percent == 0 and self.max_unavailable_percent == 0:
            raise UsageError(
                f"{path}.max_surge_percent and {path}.max_unavailable_percent are both 0, and no pod could ever be"
                " replaced; raise one of them"
            )
