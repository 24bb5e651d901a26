"""The function that tries new pods, against moto's load balancer and CloudWatch, with a clock that takes no time."""

import dataclasses
import itertools
import json

import pytest
from botocore.exceptions import ClientError

from fastapi_on_aws.eks import canary_function
from fastapi_on_aws.eks.canary_function import SETTLE_SECONDS, TOLD_SECONDS
from fastapi_on_aws.rollouts.limits import LONGEST_CANARY_SECONDS
from fastapi_on_aws.rollouts.watch import LOOK_SECONDS, PERMISSION_SECONDS, RolloutError
from tests.eks.listener import Listener, at_rest, run
from tests.support.rollouts import Clock, alarm

SHARED, AT_REST = (90, 10), (100, 0)
BACK = "; the pods that served before have all requests again$"


def test_new_pods_get_their_share_for_a_while_and_then_none(listener: Listener) -> None:
    clock = Clock()
    assert run(listener, clock) == "the new pods of app-orders were good for 300 seconds"
    assert listener.seen == [AT_REST, SHARED, AT_REST], "the first tells other runs of this one"
    assert clock.now == 300 + TOLD_SECONDS, "no longer and no shorter than asked for, and until all of it is told"
    assert at_rest(listener)


def test_only_the_rule_of_the_service_is_changed(listener: Listener) -> None:
    def others() -> list[object]:
        rules = listener.client.describe_rules(ListenerArn=listener.arn)["Rules"]
        return [rule for rule in rules if rule["RuleArn"] != listener.rule]

    before = others()
    run(listener)
    assert others() == before, "nor the one that has the pods' health checked, which names the same groups"
    assert len(before) == 3


def test_the_first_pods_of_a_service_have_nothing_to_be_tried_with(new_service: Listener) -> None:
    clock = Clock()
    alarm("ALARM")
    assert run(new_service, clock).startswith("app-orders gets no requests yet")
    assert (new_service.seen, clock.now) == ([], 0), "no time is lost, and no alarm asked"


def test_an_alarm_takes_them_out_at_once(listener: Listener) -> None:
    clock = Clock()
    clock.events.append((60, lambda: alarm("ALARM")))
    sentence = "^the new pods of app-orders were taken out at 10 % of requests: errors in state ALARM"
    with pytest.raises(RolloutError, match=sentence + BACK):
        run(listener, clock)
    assert clock.now <= 60 + LOOK_SECONDS
    assert at_rest(listener)


@pytest.mark.parametrize(
    ("second", "sentence"),
    [(300, "were taken out at 10 % of requests"), (300 + TOLD_SECONDS, "had 10 % of requests")],
)
def test_an_alarm_of_the_last_second_counts(listener: Listener, second: int, sentence: str) -> None:
    clock = Clock()
    clock.events.append((second, lambda: alarm("ALARM")))
    with pytest.raises(RolloutError, match=f"^the new pods of app-orders {sentence}: errors in state ALARM{BACK}"):
        run(listener, clock)
    assert at_rest(listener)


@pytest.mark.parametrize(
    ("health", "sentence"),
    [
        (["healthy", "unhealthy", "unhealthy"], "the load balancer finds 2 of 3 unhealthy"),
        (["initial"], "the load balancer finds none of them healthy"),
        ([], "the load balancer finds none of them healthy"),
    ],
)
def test_pods_that_become_unwell_are_taken_out(listener: Listener, health: list[str], sentence: str) -> None:
    clock = Clock()

    def fall_ill() -> None:
        listener.health = health

    clock.events.append((100, fall_ill))
    with pytest.raises(RolloutError, match=f"taken out at 10 % of requests: {sentence}{BACK}"):
        run(listener, clock)
    assert at_rest(listener), "a group without healthy targets answers with 503, and none of its alarms rings"


def test_what_was_wrong_with_the_pods_before_is_waited_out(listener: Listener) -> None:
    alarm("ALARM")
    clock = Clock()
    clock.events.append((90, lambda: alarm("OK")))
    listener.later = [["unhealthy", "healthy"], ["healthy", "draining"]]
    assert "were good" in run(listener, clock), "a mended app needs no second `up` after one that failed"
    assert clock.now == 90 + 300 + TOLD_SECONDS


@pytest.mark.parametrize(
    ("state", "health", "sentence"),
    [
        ("ALARM", ["healthy"], "errors in state ALARM"),
        ("OK", ["unhealthy"], "the load balancer finds 1 of 1 unhealthy"),
    ],
)
def test_what_stays_wrong_gets_no_request(listener: Listener, state: str, health: list[str], sentence: str) -> None:
    alarm(state)
    listener.health = health
    clock = Clock()
    stays = f"^the new pods of app-orders get no request: {sentence}{BACK}"
    with pytest.raises(RolloutError, match=stays):
        run(listener, clock)
    assert (set(listener.seen), clock.now) == ({AT_REST}, SETTLE_SECONDS)
    assert at_rest(listener)


def test_an_alarm_that_is_not_there_watches_nothing(listener: Listener) -> None:
    with pytest.raises(RolloutError, match="there is no alarm gone to watch"):
        run(listener, order=dataclasses.replace(listener.order, alarms=["gone"]))
    assert set(listener.seen) == {AT_REST}


def test_what_would_not_end_in_time_does_not_begin(listener: Listener) -> None:
    with pytest.raises(RolloutError, match="it needs 450 seconds, and Lambda leaves it 420"):
        run(listener, Clock(300 + TOLD_SECONDS))
    assert set(listener.seen) == {AT_REST}


def test_the_wait_for_the_alarms_leaves_time_for_the_rest(listener: Listener) -> None:
    alarm("ALARM")
    clock = Clock()
    clock.events.append((50, lambda: alarm("OK")))
    longest = dataclasses.replace(listener.order, interval_seconds=720)  # more than anybody can ask for
    with pytest.raises(RolloutError, match="get no request: errors in state ALARM"):
        run(listener, clock, longest)
    assert clock.now <= 900 - 720 - TOLD_SECONDS - 30 + LOOK_SECONDS, "what follows would be cut off by Lambda"


def test_the_longest_rollout_has_room_for_every_wait(listener: Listener) -> None:
    listener.leave(10)
    listener.refusals = ["AccessDenied"] * (PERMISSION_SECONDS // LOOK_SECONDS)
    alarm("ALARM")
    clock = Clock()
    waits = PERMISSION_SECONDS + 2 * LOOK_SECONDS + SETTLE_SECONDS
    clock.events.append((waits, lambda: alarm("OK")))
    longest = dataclasses.replace(listener.order, interval_seconds=LONGEST_CANARY_SECONDS)
    assert "were good" in run(listener, clock, longest)
    assert clock.now == waits + LONGEST_CANARY_SECONDS + TOLD_SECONDS


def test_a_permission_that_was_just_given_is_waited_for(listener: Listener) -> None:
    listener.refusals = ["AccessDenied"] * 3
    clock = Clock()
    assert "were good" in run(listener, clock)
    assert clock.now == 3 * LOOK_SECONDS + 300 + TOLD_SECONDS


def test_a_permission_that_never_comes_is_an_error(listener: Listener) -> None:
    listener.refusals = ["AccessDenied"] * 100
    clock = Clock()
    with pytest.raises(RolloutError, match=f"AccessDenied.*{BACK}"):
        run(listener, clock)
    assert clock.now == 2 * PERMISSION_SECONDS, "to take the rule, and to give it back"


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling"])
def test_what_passes_fails_no_good_version(listener: Listener, code: str) -> None:
    listener.refusals = [code] * 3
    assert "were good" in run(listener, Clock())
    assert at_rest(listener)


def test_one_look_in_five_that_is_too_many_fails_no_good_version(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, look = itertools.count(1), listener.describe_target_health

    def crowded(**request: object) -> object:
        if next(looks) % 5 == 0:
            raise ClientError({"Error": {"Code": "Throttling"}}, "DescribeTargetHealth")
        return look(**request)

    monkeypatch.setattr(listener, "describe_target_health", crowded)
    assert "were good" in run(listener, order=dataclasses.replace(listener.order, interval_seconds=480))
    assert next(looks) / 5 * LOOK_SECONDS > PERMISSION_SECONDS, "more in all than one call may wait"


def test_a_share_that_cannot_be_taken_back_is_told_with_who_has_it(listener: Listener) -> None:
    clock = Clock()
    clock.events.append((295, lambda: listener.refusals.extend(["InternalFailure"] * 9)))
    stays = "its new pods may have 10 % of requests until `pulumi up --refresh`$"
    with pytest.raises(RolloutError, match=stays):
        run(listener, clock)


def test_a_failure_of_aws_takes_the_share_back(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "InternalFailure"}}, "DescribeTargetHealth")

    clock = Clock()
    clock.events.append((50, lambda: monkeypatch.setattr(listener, "describe_target_health", refuse)))
    with pytest.raises(RolloutError, match=f"InternalFailure.*{BACK}"):
        run(listener, clock)
    assert at_rest(listener)


def test_the_handler_reads_its_order(new_service: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        def get_remaining_time_in_millis(self) -> int:
            return 900_000

    monkeypatch.setenv("ORDER", json.dumps(dataclasses.asdict(new_service.order)))
    assert canary_function.handler({"pods": "0a"}, Context()).startswith("app-orders gets no requests yet")
