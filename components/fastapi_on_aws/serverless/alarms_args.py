"""Words for the alarms of a function."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pulumi import Input

from fastapi_on_aws.args import Defaulted, arg, at_most, between, each, given, matching
from fastapi_on_aws.errors import UsageError

_TOPIC: Final = matching(
    r"arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}", "must be the ARN of an SNS topic (arn:aws:sns:…)"
)
_MOST_TOPICS: Final = 5
"""Actions of an alarm. Source: CloudWatch API reference, "PutMetricAlarm"."""
_PERCENT: Final = between(0.1, 100)


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """When a function is not well. A rollout looks at the same alarms."""

    enabled: Defaulted[bool] = True
    """Whether there are alarms; $0.10 a month each. Default: true."""

    topics: Defaulted[Sequence[Input[str]]] = arg(at_most(_MOST_TOPICS), each(_TOPIC), factory=list)
    """SNS topics that are told, by ARN. Default: none; the alarms are seen in CloudWatch."""

    errors_percent: Defaulted[float] = arg(_PERCENT, default=1)
    """How many of the invocations may fail in a minute, and of the answers be 5xx, in percent. Default: 1."""

    throttles_per_minute: Defaulted[int] = arg(between(1, 1_000_000), default=1)
    """How many invocations turned away are too many. Default: 1."""

    duration_percent: Defaulted[float] = arg(_PERCENT, default=80)
    """How much of the time-out the slowest hundredth may take, in percent. Default: 80."""

    def check_together(self, path: str) -> None:
        """Without alarms nothing else means anything."""
        unused = [] if self.enabled else given(self, but=("enabled",))
        if unused:
            raise UsageError(f"{path}.{unused[0]} does not apply while {path}.enabled is false")
