"""Words for the copies of a function that are started before they are needed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Optional
from zoneinfo import available_timezones

from fastapi_on_aws.args import Check, Defaulted, arg, between, matching
from fastapi_on_aws.errors import UsageError

_COPIES: Final = between(1, 10_000)
_EXPRESSION: Final = matching(
    r"cron\([^\s()]+( [^\s()]+){5}\)"
    r"|rate\([0-9]+ (minute|hour|day)s?\)"
    r"|at\([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\)",
    "must be a schedule of AWS: cron(0 8 ? * MON-FRI *), of six fields, rate(1 day) or at(2027-01-31T08:00:00)",
)
_ZONE: Final = Check(
    lambda zone: zone in available_timezones(), "must be a time zone that this machine knows, such as Europe/Berlin"
)
_NAMES: Final = Check(
    lambda schedules: all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", name) for name in schedules),
    "must have names of letters, digits, dots, hyphens and underscores",
)


@dataclass(frozen=True, kw_only=True)
class CapacityScheduleArgs:
    """From when on other bounds hold."""

    when: str = arg(_EXPRESSION)
    """Such as `cron(0 8 ? * MON-FRI *)`."""

    min: int = arg(between(0, 10_000))
    """Fewest copies from then on."""

    max: int = arg(_COPIES)
    """Most copies from then on."""

    timezone: Defaulted[str] = arg(
        matching(r"[A-Za-z]+(/[A-Za-z0-9_+-]+)*", "must be a time zone such as Europe/Berlin"), _ZONE, default="UTC"
    )
    """Time zone of `when`. Default: `UTC`."""

    def check_together(self, path: str) -> None:
        """The bounds are in order."""
        if self.min > self.max:
            raise UsageError(f"{path}.min is {self.min}, more than {path}.max, {self.max}")


@dataclass(frozen=True, kw_only=True)
class ProvisionedArgs:
    """Copies that wait for requests, so that none waits for a cold start. They are paid for by the hour."""

    min: int = arg(_COPIES)
    """Fewest copies."""

    max: Optional[int] = arg(_COPIES, default=None)
    """Most copies; with more than `min` they follow their use. Default: `min`."""

    utilization_percent: Defaulted[int] = arg(between(10, 90), default=70)
    """Mean use to hold, in percent. Default: 70."""

    schedule: Defaulted[Mapping[str, CapacityScheduleArgs]] = arg(_NAMES, factory=dict)
    """Other bounds at certain times, by name. Default: none."""

    @property
    def most(self) -> int:
        """The upper bound."""
        return self.max or self.min

    @property
    def scales(self) -> bool:
        """Whether the number changes by itself."""
        return self.most > self.min or bool(self.schedule)

    def check_together(self, path: str) -> None:
        """The bounds are in order."""
        if self.most < self.min:
            raise UsageError(f"{path}.min is {self.min}, more than {path}.max, {self.max}")
