"""Words for how requests move to a new version of a function."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Optional

from fastapi_on_aws.args import Defaulted, arg, between, given, matching
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.rollouts.limits import LONGEST_ROLLOUT_SECONDS

_CANARY_SECONDS: Final = 300
_LINEAR_SECONDS: Final = 60

_PATH: Final = matching(r"/[^\s?#]*(\?[^\s#]*)?", "must be a path such as /readyz")


class RolloutKind(StrEnum):
    """How requests move to a new version, in the words of AWS CodeDeploy."""

    ALL_AT_ONCE = "all_at_once"
    """All of them, the moment that it is there."""
    CANARY = "canary"
    """Some of them for a while, then all."""
    LINEAR = "linear"
    """A few more of them after each interval."""


@dataclass(frozen=True, kw_only=True)
class RolloutArgs:
    """How requests move to a new version. While they do, an alarm of the function puts all of them back."""

    kind: Defaulted[RolloutKind] = RolloutKind.ALL_AT_ONCE
    """`all_at_once`, `canary` or `linear`. Default: `all_at_once`."""

    percent: Defaulted[int] = arg(between(1, 99), default=10)
    """How many of the requests go to the new version first, and of `linear` how many more after each interval, in
    percent. Default: 10."""

    interval_seconds: Optional[int] = arg(between(60, LONGEST_ROLLOUT_SECONDS), default=None)
    """How long each step lasts; CloudWatch needs one to three minutes to see what is wrong. Default: 300 for `canary`,
    60 for `linear`."""

    check: Optional[str] = arg(_PATH, default=None)
    """What the new version is asked for (GET) before it gets a request; if it answers 400 or more, it gets none.
    Default: nothing is asked."""

    @property
    def shifts(self) -> bool:
        """Whether both versions answer for a time."""
        return self.kind is not RolloutKind.ALL_AT_ONCE

    @property
    def steps(self) -> list[int]:
        """Percent of requests for the new version in each interval; after the last it has all of them."""
        if self.kind is RolloutKind.LINEAR:
            return list(range(self.percent, 100, self.percent))
        return [self.percent] if self.shifts else []

    @property
    def step_seconds(self) -> int:
        """How long a step lasts."""
        return self.interval_seconds or (_LINEAR_SECONDS if self.kind is RolloutKind.LINEAR else _CANARY_SECONDS)

    def check_together(self, path: str) -> None:
        """The words mean something, and the steps end before Lambda ends the function that takes them."""
        if not self.shifts:
            for word in given(self):
                raise UsageError(
                    f"{path}.{word} is of a canary or linear rollout, and {path}.kind is {self.kind}; take it out, or"
                    f" set {path}.kind to canary or linear"
                )
        total = len(self.steps) * self.step_seconds
        if total > LONGEST_ROLLOUT_SECONDS:
            raise UsageError(
                f"{path} takes {total} seconds ({len(self.steps)} steps of {self.step_seconds}), and a rollout can take"
                f" {LONGEST_ROLLOUT_SECONDS}; raise {path}.percent or lower {path}.interval_seconds"
            )


def check_rollout(args: RolloutArgs, *, provisioned: bool, path: str) -> None:
    """Refuse what AWS does not take: weights on an alias with provisioned concurrency.

    It answers "Alias with weights can not be used with Provisioned Concurrency". Source: hashicorp/terraform#24957.
    Lambda gives such an alias's copies to the new version by itself, and starts requests cold until they are there.
    """
    if args.shifts and provisioned:
        raise UsageError(
            f"{path}.rollout.kind is {args.kind}, and an alias with provisioned concurrency takes no weights; take out"
            f" {path}.provisioned, or set {path}.rollout.kind to all_at_once"
        )
