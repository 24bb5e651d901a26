"""What the function of every rollout does on Lambda: it asks AWS with patience, and looks at alarms in good time.

It has the standard library and boto3, which AWS's Python comes with, and is uploaded as it is. An error it raises ends
`pulumi up`, which prints the sentence.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

LOOK_SECONDS: Final = 5
"""Between two looks at the alarms."""
MARGIN_SECONDS: Final = 30
"""Kept to put everything back before Lambda ends the function."""
PERMISSION_SECONDS: Final = 60
"""How long one call waits until a policy that was just written holds, or a crowd of calls has passed."""

_PASSES: Final = ("AccessDenied", "AccessDeniedException", "Throttling", "ThrottlingException")


class RolloutError(Exception):
    """The new version does not have all requests; one sentence that says why, and who has them."""


class Watch:
    """AWS's answers, the alarms of one rollout, and the time that Lambda leaves it."""

    def __init__(
        self,
        alarms: Sequence[str],
        *,
        cloudwatch: Any,
        remaining_seconds: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.remaining_seconds, self.sleep = remaining_seconds, sleep
        self._alarms, self._cloudwatch = list(alarms), cloudwatch

    def call(self, operation: Callable[..., Any], **request: Any) -> Any:
        """What AWS answers; a permission that was just given, and calls that were too many, are waited for."""
        waited = 0
        while True:
            try:
                return operation(**request)
            except ClientError as error:
                if (
                    code_of(error) not in _PASSES
                    or waited >= PERMISSION_SECONDS
                    or self.remaining_seconds() < MARGIN_SECONDS + LOOK_SECONDS
                ):
                    raise
            self.sleep(LOOK_SECONDS)
            waited += LOOK_SECONDS

    def alarming(self) -> str:
        """What is wrong, or nothing. An alarm without enough data is none."""
        if not self._alarms:
            return ""
        found = self.call(
            self._cloudwatch.describe_alarms, AlarmNames=self._alarms, AlarmTypes=["MetricAlarm"], MaxRecords=100
        )
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in found["MetricAlarms"]}
        missing = [name for name in self._alarms if name not in states]
        if missing:
            return f"there is no alarm {', '.join(missing)} to watch"
        ringing = [name for name in self._alarms if states[name] == "ALARM"]
        return f"{', '.join(ringing)} in state ALARM" if ringing else ""

    def too_long(self, seconds: int) -> str:
        """Why a rollout of this length would not come to its end, or nothing."""
        needed = seconds + MARGIN_SECONDS
        if needed <= self.remaining_seconds():
            return ""
        return f"it needs {needed} seconds, and Lambda leaves it {self.remaining_seconds():.0f}; lower interval_seconds"

    def look_on(self, seconds: int, look: Callable[[], str]) -> str:
        """What goes wrong in this time, or nothing. An alarm counts to the last second, so there is a look after it."""
        end = self.remaining_seconds() - seconds
        while (left := self.remaining_seconds() - end) > 0:
            self.sleep(min(LOOK_SECONDS, left))
            wrong = look() or self.alarming()
            if wrong:
                return wrong
            if self.remaining_seconds() < MARGIN_SECONDS:
                return "Lambda's time for the rollout ran out; lower interval_seconds"
        return ""


def code_of(error: ClientError) -> str:
    """What AWS calls an error."""
    return str(error.response.get("Error", {}).get("Code", ""))
