"""Words for the alarms of a function."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pulumi import Input

from fastapi_on_aws.args import Check, Defaulted, arg, between, matching

_TOPIC: Final = r"arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}"
_TOPICS: Final = Check(
    lambda topics: all(not isinstance(topic, str) or matching(_TOPIC, "").holds(topic) for topic in topics),
    "must name SNS topics by their ARN (arn:aws:sns:…)",
)
_PERCENT: Final = between(0.1, 100)


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """When a function is not well. A rollout looks at the same alarms."""

    enabled: Defaulted[bool] = True
    """Whether there are alarms; $0.10 a month each. Default: true."""

    topics: Defaulted[Sequence[Input[str]]] = arg(_TOPICS, factory=list)
    """SNS topics that are told, by ARN. Default: none; the alarms are seen in CloudWatch."""

    errors_percent: Defaulted[float] = arg(_PERCENT, default=1)
    """How many of the invocations may fail in a minute, and of the answers be 5xx, in percent. Default: 1."""

    throttles: Defaulted[int] = arg(between(1, 1_000_000), default=1)
    """How many invocations turned away in a minute are too many. Default: 1."""

    duration_percent: Defaulted[float] = arg(_PERCENT, default=80)
    """How much of the time-out the slowest hundredth may take, in percent. Default: 80."""
