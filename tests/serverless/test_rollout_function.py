"""The function that moves an alias, against moto's Lambda and CloudWatch, with a clock that takes no time."""

import dataclasses
import re
from typing import Final

import boto3
import pytest
from botocore.exceptions import ClientError

from fastapi_on_aws.rollouts.watch import LOOK_SECONDS, PERMISSION_SECONDS, RolloutError
from fastapi_on_aws.serverless import rollout_function
from tests.serverless.functions import ALIAS, CANARY, LINEAR, NAME, NEW, OLD, OTHER, Functions, run
from tests.support.rollouts import Clock, alarm

OK: Final = b'{"statusCode": 200}'


def test_a_canary_sends_some_requests_for_a_while_then_all(functions: Functions) -> None:
    clock = Clock()
    assert run(functions, clock=clock) == "version 2 has all requests, after 1 steps"
    assert functions.seen == [(OLD, {NEW: 0.1}), (NEW, {})], "the last change moves the version and drops the weights"
    assert clock.now == 300, "no longer and no shorter than asked for"


def test_a_linear_rollout_sends_a_few_more_after_each_interval(functions: Functions) -> None:
    clock = Clock()
    run(functions, LINEAR, clock)
    assert functions.seen == [(OLD, {NEW: 0.25}), (OLD, {NEW: 0.5}), (OLD, {NEW: 0.75}), (NEW, {})]
    assert clock.now == 180, "three steps of 60 s"


def test_with_the_alias_there_already_nothing_happens(functions: Functions) -> None:
    alarm("ALARM")
    clock = Clock()
    already = dataclasses.replace(CANARY, version=OLD)
    assert run(functions, already, clock) == "version 1 has all requests already", "a first deployment has no old one"
    assert (functions.seen, clock.now) == ([], 0), "and no alarm is asked"


def test_a_version_gets_no_request_before_its_snapshot_is_taken(functions: Functions) -> None:
    functions.states = ["Pending"] * 20
    clock = Clock()
    run(functions, clock=clock)
    assert clock.now == 20 * LOOK_SECONDS + 300, "then the steps begin"


def test_the_first_version_is_waited_for_too(functions: Functions) -> None:
    functions.states = ["Pending"] * 3
    clock = Clock()
    assert run(functions, dataclasses.replace(CANARY, version=OLD), clock) == "version 1 has all requests already"
    assert clock.now == 3 * LOOK_SECONDS, "what leads to it comes after this"


def test_a_version_that_cannot_start_gets_no_request(functions: Functions) -> None:
    functions.states = ["Pending", "Failed"]
    with pytest.raises(RolloutError, match="^version 2 cannot start: it raised$"):
        run(functions)
    assert functions.now == (OLD, {})


def test_a_version_that_never_gets_ready_ends_in_time(functions: Functions) -> None:
    functions.states = ["Pending"] * 1000
    with pytest.raises(RolloutError, match="^version 2 was not ready in time$"):
        run(functions)


CHECKED = dataclasses.replace(CANARY, check="/readyz?deep=1")


@pytest.mark.parametrize(
    "answer", [b'{"statusCode": 200}', b'{"statusCode": 302, "headers": {}}' + b"\0" * 8 + b"body"]
)
def test_a_version_that_answers_gets_requests(functions: Functions, answer: bytes) -> None:
    functions.answer = answer
    assert run(functions, CHECKED).startswith("version 2 has all requests")
    assert functions.asked == ["/readyz"], "once, before the first step"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b'{"statusCode": 503, "body": "no database"}', "asked for /readyz?deep=1, it answered 503"),
        (b'{"statusCode": 404}', "it answered 404"),
        (b'{"errorMessage": "no module named x"}', 'it failed: {"errorMessage": "no module named x"}'),
        (b"null", "it failed: null"),
    ],
)
def test_a_version_that_does_not_answer_gets_none(functions: Functions, answer: bytes, sentence: str) -> None:
    functions.answer = answer
    with pytest.raises(RolloutError, match=f"^version 2 gets no request: .*{re.escape(sentence)}$"):
        run(functions, CHECKED)
    assert (functions.seen, functions.now) == ([], (OLD, {})), "nobody has seen it"


def test_old_versions_go_but_for_those_that_serve(functions: Functions) -> None:
    run(functions, dataclasses.replace(CANARY, kept_versions=1))
    assert functions.versions == [NEW, OTHER], "the newest, and what the alias leads to"


def test_without_snapshots_all_versions_stay(functions: Functions) -> None:
    run(functions)
    assert functions.versions == [OLD, NEW, OTHER]


def test_a_version_that_another_alias_leads_to_stays_without_an_error(functions: Functions) -> None:
    functions.in_use = {OLD}
    assert run(functions, dataclasses.replace(CANARY, kept_versions=1)).startswith("version 2 has all requests")
    assert functions.versions == [OLD, NEW, OTHER]


@pytest.mark.parametrize("at", [1, 150, 300])
def test_an_alarm_puts_all_requests_back(functions: Functions, at: int) -> None:
    clock = Clock()
    clock.events.append((at, lambda: alarm("ALARM")))
    sentence = "version 2 was taken back at 10 % of requests: errors in state ALARM; version 1 has all requests again"
    with pytest.raises(RolloutError, match=f"^{sentence}$"):
        run(functions, clock=clock)
    assert functions.now == (OLD, {}), "an alarm counts to the last second of a step"
    assert clock.now <= at + LOOK_SECONDS, "at once, not at the end of the step"


def test_an_alarm_in_a_later_step_puts_all_requests_back(functions: Functions) -> None:
    clock = Clock()
    clock.events.append((100, lambda: alarm("ALARM")))
    with pytest.raises(RolloutError, match="at 50 % of requests"):
        run(functions, LINEAR, clock)
    assert functions.seen[-1] == (OLD, {}), "back from any step, and in one change"


def test_after_a_roll_back_the_next_version_starts_from_the_old_one(functions: Functions) -> None:
    clock = Clock()
    clock.events.append((100, lambda: alarm("ALARM")))
    with pytest.raises(RolloutError):
        run(functions, clock=clock)
    alarm("OK")
    functions.seen.clear()
    run(functions, dataclasses.replace(CANARY, version=OTHER))
    assert functions.seen == [(OLD, {OTHER: 0.1}), (OTHER, {})], "the failed version gets no request any more"


def test_nothing_starts_while_an_alarm_rings(functions: Functions) -> None:
    alarm("ALARM")
    with pytest.raises(
        RolloutError, match="^the rollout of version 2 did not start: errors in state ALARM; wait until it is OK,"
    ):
        run(functions)
    assert functions.seen == [], "the alias was not touched"


def test_too_little_data_is_no_alarm(functions: Functions) -> None:
    alarm("INSUFFICIENT_DATA")
    run(functions)
    assert functions.now == (NEW, {}), "an app without requests can be deployed"


def test_nothing_starts_without_an_alarm_that_it_should_watch(functions: Functions) -> None:
    with pytest.raises(RolloutError, match="did not start: there is no alarm latency to watch"):
        run(functions, dataclasses.replace(CANARY, alarms=["errors", "latency"]))
    assert functions.seen == []


def test_an_alarm_that_goes_away_puts_all_requests_back(functions: Functions) -> None:
    clock = Clock()

    def delete() -> None:
        boto3.client("cloudwatch").delete_alarms(AlarmNames=["errors"])

    clock.events.append((50, delete))
    with pytest.raises(RolloutError, match="there is no alarm errors to watch; version 1 has all requests again"):
        run(functions, clock=clock)
    assert functions.now == (OLD, {}), "blind is not well"


def test_without_alarms_only_time_counts(functions: Functions) -> None:
    run(functions, dataclasses.replace(CANARY, alarms=[]))
    assert functions.now == (NEW, {})


@pytest.mark.parametrize("left_over", [{NEW: 0.5}, {OTHER: 0.5}])
def test_a_run_that_died_is_taken_up_from_the_first_step(functions: Functions, left_over: dict[str, float]) -> None:
    functions.set(OLD, left_over)
    run(functions)
    assert functions.seen == [(OLD, {NEW: 0.1}), (NEW, {})], "its weights are replaced, of whatever version"


def test_weights_left_beside_the_new_version_are_dropped(functions: Functions) -> None:
    functions.set(NEW, {OLD: 0.5})
    assert run(functions) == "version 2 has all requests already"
    assert functions.now == (NEW, {}), "what it says has to be so"


def test_a_run_that_died_is_undone_when_an_alarm_rings(functions: Functions) -> None:
    functions.set(OLD, {NEW: 0.5})
    alarm("ALARM")
    with pytest.raises(RolloutError, match="did not start"):
        run(functions)
    assert functions.now == (OLD, {}), "what rings may be what the dead run sent requests to"


def test_of_two_runs_the_younger_wins(functions: Functions) -> None:
    clock = Clock()
    younger = dataclasses.replace(CANARY, version=OTHER)
    results: list[str] = []
    clock.events.append((100, lambda: results.append(run(functions, younger))))
    sentence = "somebody else has changed the alias live of shop during the rollout of version 2; it was left as it is"
    with pytest.raises(RolloutError, match=sentence):
        run(functions, clock=clock)
    assert results == ["version 3 has all requests, after 1 steps"]
    assert functions.now == (OTHER, {}), "the older one changed nothing any more"
    assert clock.now <= 100 + LOOK_SECONDS, "and gave up at once"


def test_two_that_start_in_the_same_moment_do_not_both_go_on(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    alias = functions.get_alias(FunctionName=NAME, Name=ALIAS)
    functions.set(OLD, {OTHER: 0.1})
    monkeypatch.setattr(functions, "get_alias", lambda **_: alias)
    with pytest.raises(RolloutError, match="somebody else has changed the alias"):
        run(functions)
    assert functions.now == (OLD, {OTHER: 0.1}), "the other one's weights stand"


def test_the_time_that_the_version_takes_to_answer_counts(functions: Functions) -> None:
    clock, functions.answer = Clock(limit_seconds=335), OK
    functions.on_ask = lambda: clock.sleep(10)
    with pytest.raises(RolloutError, match="it needs 330 seconds, and Lambda leaves it 325"):
        run(functions, dataclasses.replace(CANARY, check="/readyz"), clock)
    assert functions.seen == []


def test_nothing_starts_that_lambda_would_end(functions: Functions) -> None:
    with pytest.raises(RolloutError, match="it needs 330 seconds, and Lambda leaves it 200; lower interval_seconds"):
        run(functions, clock=Clock(limit_seconds=200))
    assert functions.seen == []


def test_when_time_runs_out_everything_is_put_back_before_lambda_ends_it(functions: Functions) -> None:
    clock = Clock()

    def slow() -> None:
        clock.limit = clock.now + 20

    clock.events.append((100, slow))
    with pytest.raises(RolloutError, match="Lambda's time for the rollout ran out"):
        run(functions, clock=clock)
    assert functions.now == (OLD, {}), "weights must not stay behind"
    assert clock.remaining() > 0


def test_an_error_of_aws_in_the_middle_puts_everything_back(functions: Functions) -> None:
    clock = Clock()
    clock.events.append((100, lambda: functions.refusals["GetAlias"].append("ServiceException")))
    with pytest.raises(RolloutError, match="ServiceException.*version 1 has all requests again"):
        run(functions, clock=clock)
    assert functions.now == (OLD, {})


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("GetFunctionConfiguration", "AccessDeniedException"),
        ("GetAlias", "AccessDeniedException"),
        ("DescribeAlarms", "AccessDenied"),  # an API of an older kind
        ("Invoke", "AccessDeniedException"),
        ("UpdateAlias", "AccessDeniedException"),
    ],
)
def test_a_permission_that_was_just_given_is_waited_for(functions: Functions, operation: str, code: str) -> None:
    functions.refusals[operation] = [code] * 3
    functions.answer = OK
    run(functions, dataclasses.replace(CANARY, check="/readyz"))
    assert functions.now == (NEW, {}), "IAM takes some seconds until a new policy holds"


def test_a_permission_that_never_comes_is_an_error(functions: Functions) -> None:
    functions.refusals["GetAlias"] = ["AccessDeniedException"] * 100
    clock = Clock()
    with pytest.raises(ClientError, match="AccessDenied"):
        run(functions, clock=clock)
    assert clock.now == PERMISSION_SECONDS


def test_a_permission_that_is_lost_near_the_end_is_not_waited_for(functions: Functions) -> None:
    clock = Clock(limit_seconds=335)
    clock.events.append((300, lambda: functions.refusals["DescribeAlarms"].extend(["AccessDenied"] * 100)))
    with pytest.raises(RolloutError, match="version 1 has all requests again"):
        run(functions, clock=clock)
    assert (functions.now, clock.remaining() > 0) == ((OLD, {}), True), "before Lambda ends it"


def test_old_versions_that_cannot_be_deleted_are_no_failed_rollout(functions: Functions) -> None:
    functions.refusals["ListVersionsByFunction"] = ["TooManyRequestsException"]
    run(functions, dataclasses.replace(CANARY, kept_versions=1))
    assert functions.now == (NEW, {}), "the requests have moved"


def test_lambda_calls_it_with_what_pulumi_sends(functions: Functions) -> None:
    class Context:
        left_ms = 200_000

        def get_remaining_time_in_millis(self) -> int:
            return self.left_ms

    already = dataclasses.asdict(dataclasses.replace(CANARY, version=OLD))
    assert rollout_function.handler(already, Context()) == "version 1 has all requests already"
    with pytest.raises(RolloutError, match="Lambda leaves it 200;"):
        rollout_function.handler(dataclasses.asdict(CANARY), Context())
