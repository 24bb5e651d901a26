"""Tries new pods of a service: gives them some of its requests for a while, and looks on; runs on Lambda itself.

What it finds is what it starts from, so after a run that died or was cut off the next one needs no repair: a share that
was left behind is taken back first. A run begins by writing weights of a size of its own into the rule; of two at the
same time the older one sees by it that there is a younger one, before it changes anything, and leaves the rule to it.
At the end, good or bad, the rule is as it was, and as Pulumi has it.
"""

import json
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import boto3
from botocore.exceptions import ClientError

from fastapi_on_aws.rollouts.watch import LOOK_SECONDS, RolloutError, Watch, code_of

TOLD_SECONDS: Final = 120
"""How long CloudWatch may take to tell of a minute that is over. Source: Elastic Load Balancing, "CloudWatch metrics
for your Application Load Balancer"."""
SETTLE_SECONDS: Final = 180
"""How long what was wrong with the pods before these may still be seen: an alarm, or one that is leaving."""
_ALL: Final = 100
_SIZES: Final = range(2, 10)
"""By which the weights of a run are multiplied: one has up to 999, and people's make a hundred."""

log = logging.getLogger(__name__)


class RuleChangedError(RolloutError):
    """The rule is somebody else's now."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked for."""

    service: str
    listener: str
    """ARN of the listener that has the service's rule."""
    priority: int
    """Of the rule; no other one of the listener can have it."""
    stable: str
    """ARN of the target group of the pods that serve."""
    canary: str
    """ARN of the target group of the pods to try."""
    percent: int
    """Of requests, for the pods to try."""
    interval_seconds: int
    alarms: Sequence[str]


class Canary:
    """One run."""

    def __init__(
        self,
        order: Order,
        *,
        balancer: Any,
        cloudwatch: Any,
        remaining_seconds: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._order, self._balancer = order, balancer
        self._watch = Watch(order.alarms, cloudwatch=cloudwatch, remaining_seconds=remaining_seconds, sleep=sleep)
        self._rule_arn = ""
        self._size = 0
        self._had: list[dict[str, int]] = []
        """Weights with which the rule is this run's: as they were found or set, and as a change would have them that
        may have failed."""

    def run(self) -> str:
        """Give the new pods their share, look on, take it back; returns what came of it."""
        rule = self._find_rule()
        if rule is None:
            return f"{self._order.service} gets no requests yet, so there is nothing to try its pods with"
        self._rule_arn = rule["RuleArn"]
        self._check_rule(rule)
        try:
            self._take(rule)
            self._wait_until_well()
            self._try()
            self._look_back()
        except RuleChangedError:
            raise
        except Exception as error:
            self._put_back(error)
            raise RolloutError(f"{error}; the pods that served before have all requests again") from error
        return f"the new pods of {self._order.service} were good for {self._order.interval_seconds} seconds"

    def _take(self, rule: Any) -> None:
        """The rule is this run's from now on, without a share yet."""
        found = _weights(rule)
        self._had = [found]
        other = sum(found.values()) // _ALL if self._order.canary in found else 0
        self._size = secrets.choice([size for size in _SIZES if size != other])
        if other:
            log.info("another run left %s behind", found)
            # It may go on until it sees this one.
            self._had += [{self._order.stable: 1}, *(self._shared(percent, other) for percent in range(_ALL))]
        self._set(0)
        if other:
            self._watch.sleep(2 * LOOK_SECONDS)  # it has seen it by then

    def _wait_until_well(self) -> None:
        """What was wrong with the pods that were tried before is no more than a memory, which fades."""
        waited = 0
        while wrong := self._unwell() or self._watch.alarming():
            if waited >= SETTLE_SECONDS or self._too_long():
                self._refuse(wrong)
            self._watch.sleep(LOOK_SECONDS)
            waited += LOOK_SECONDS
            self._check_unchanged()
        if too_long := self._too_long():
            self._refuse(too_long)

    def _too_long(self) -> str:
        return self._watch.too_long(self._order.interval_seconds + TOLD_SECONDS)

    def _refuse(self, wrong: str) -> NoReturn:
        raise RolloutError(f"the new pods of {self._order.service} get no request: {wrong}")

    def _try(self) -> None:
        self._set(self._order.percent)
        wrong = self._watch.look_on(self._order.interval_seconds, self._look)
        if wrong:
            raise RolloutError(
                f"the new pods of {self._order.service} were taken out at {self._order.percent} % of requests: {wrong}"
            )
        self._give_back()

    def _look_back(self) -> None:
        """CloudWatch tells of a minute when it is over, and of the last one when the share has gone."""
        wrong = self._watch.look_on(TOLD_SECONDS, self._check_unchanged)
        if wrong:
            raise RolloutError(
                f"the new pods of {self._order.service} had {self._order.percent} % of requests: {wrong}"
            )

    def _look(self) -> str:
        """What the alarms would not tell, or tell late."""
        return self._check_unchanged() or self._unwell()

    def _check_unchanged(self) -> str:
        """Nothing is wrong while the rule is this run's."""
        self._watch.call(self._compare)
        return ""

    def _compare(self) -> None:
        now = self._now()
        if now not in self._had:
            raise self._changed(now)

    def _changed(self, now: dict[str, int]) -> RuleChangedError:
        service, canary = self._order.service, self._order.canary
        if canary in now and sum(now.values()) // _ALL in _SIZES:
            return RuleChangedError(
                f"another run has begun to try new pods of {service}; this one has left the listener's rule to it"
            )
        return RuleChangedError(
            f"somebody else has changed the listener's rule of {service} while its new pods were tried; it was left as"
            " it is now"
        )

    def _now(self) -> dict[str, int]:
        try:
            (found,) = self._balancer.describe_rules(RuleArns=[self._rule_arn])["Rules"]
        except ClientError as error:
            if code_of(error) != "RuleNotFound":
                raise
            raise RuleChangedError(
                f"somebody has deleted the listener's rule of {self._order.service} while its new pods were tried; no"
                " request comes to it, by its old pods or its new ones, until `pulumi up --refresh`"
            ) from error
        return _weights(found)

    def _unwell(self) -> str:
        """For an empty group the load balancer answers by itself, and an unhealthy one still gets requests."""
        found = self._watch.call(self._balancer.describe_target_health, TargetGroupArn=self._order.canary)
        states = [target["TargetHealth"]["State"] for target in found["TargetHealthDescriptions"]]
        unhealthy = states.count("unhealthy")
        if unhealthy:
            return f"the load balancer finds {unhealthy} of {len(states)} unhealthy"
        return "" if "healthy" in states else "the load balancer finds none of them healthy"

    def _put_back(self, why: Exception) -> None:
        try:
            self._give_back()
        except RuleChangedError:
            raise
        except Exception as error:
            if not any(weights.get(self._order.canary) for weights in self._had):
                return
            raise RolloutError(
                f"{why}; and the listener's rule of {self._order.service} could not be put back: {error}; its new pods"
                f" may have {self._order.percent} % of requests until `pulumi up --refresh`"
            ) from error

    def _find_rule(self) -> Any:
        """The one with the service's priority. Pulumi gives it another one last of all: else the one that leads to its
        pods by the paths of requests; a further one has their health checked."""
        found, own = None, {self._order.stable, self._order.canary}
        for rule in self._rules():
            if rule["Priority"] == str(self._order.priority):
                return rule
            by_path = any(condition["Field"] == "path-pattern" for condition in rule["Conditions"])
            if found is None and by_path and not own.isdisjoint(arn for arn, _ in _groups(rule)):
                found = rule
        return found

    def _check_rule(self, rule: Any) -> None:
        """Nobody else's group, and no page instead of the app: what somebody has made of it by hand is not undone."""
        order = self._order
        reached = {arn for arn, weight in _weights(rule).items() if weight}
        if order.stable not in reached or not reached <= {order.stable, order.canary}:
            raise RuleChangedError(
                f"the listener's rule of {order.service} does more or other than to lead to the pods that serve, so the"
                f" new ones were not tried; it was left as it is: let it forward to {order.stable} alone again, and"
                " `pulumi up`, or set eks.rollout.kind to rolling"
            )

    def _rules(self) -> Iterator[Any]:
        page = {"ListenerArn": self._order.listener}
        while True:
            found = self._watch.call(self._balancer.describe_rules, **page)
            yield from found["Rules"]
            if not found.get("NextMarker"):
                return
            page["Marker"] = found["NextMarker"]

    def _set(self, percent: int) -> None:
        """Let the new pods have this share."""
        weights = self._shared(percent, self._size)
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
        self._write(weights, {"ForwardConfig": {"TargetGroups": groups}})
        log.info("%s %% of requests for the new pods of %s", percent, self._order.service)

    def _shared(self, percent: int, size: int) -> dict[str, int]:
        return {self._order.stable: (_ALL - percent) * size, self._order.canary: percent * size}

    def _give_back(self) -> None:
        """The rule is as Pulumi has made it."""
        self._write({self._order.stable: 1}, {"TargetGroupArn": self._order.stable})
        log.info("all requests for the pods of %s that served before", self._order.service)

    def _write(self, weights: dict[str, int], forward: dict[str, Any]) -> None:
        self._had.append(weights)
        self._watch.call(self._modify, RuleArn=self._rule_arn, Actions=[{"Type": "forward", **forward}])
        self._had = [weights]

    def _modify(self, **request: Any) -> None:
        """Looked at anew each time, for a change that AWS has refused may be too late when it is asked for again."""
        self._compare()
        self._balancer.modify_rule(**request)


def _weights(rule: Any) -> dict[str, int]:
    """Of each target group; of a single one it means nothing. None of a rule that does more than forward requests."""
    (action, *others) = rule["Actions"]
    sticky = action.get("ForwardConfig", {}).get("TargetGroupStickinessConfig", {}).get("Enabled")
    found = {} if others or sticky else dict(_groups(rule))
    return found if len(found) > 1 else dict.fromkeys(found, 1)


def _groups(rule: Any) -> Iterator[tuple[str, int]]:
    """The target groups of a rule, and their weights."""
    for action in rule["Actions"]:
        weighted = action.get("ForwardConfig", {}).get("TargetGroups", [])
        yield from ((group["TargetGroupArn"], group.get("Weight", 1)) for group in weighted)
        if not weighted and "TargetGroupArn" in action:
            yield action["TargetGroupArn"], 1


def handler(_: dict[str, Any], context: Any) -> str:
    """What Lambda calls."""
    return Canary(
        Order(**json.loads(os.environ["ORDER"])),
        balancer=boto3.client("elbv2"),
        cloudwatch=boto3.client("cloudwatch"),
        remaining_seconds=lambda: context.get_remaining_time_in_millis() / 1000,
    ).run()
