"""Whose the listener's rule is while new pods are tried: another run's, somebody's who changes it, or nobody's."""

import dataclasses
import json
import threading
from string import Template
from typing import Any

import pytest

from fastapi_on_aws.eks.canary_function import RuleChangedError
from fastapi_on_aws.rollouts.watch import LOOK_SECONDS, RolloutError
from tests.eks.listener import Listener, at_rest, run
from tests.support.rollouts import Clock, alarm

LOGIN = {
    "Type": "authenticate-oidc",
    "AuthenticateOidcConfig": {
        "Issuer": "https://login.example.com",
        "AuthorizationEndpoint": "https://login.example.com/authorize",
        "TokenEndpoint": "https://login.example.com/token",
        "UserInfoEndpoint": "https://login.example.com/userinfo",
        "ClientId": "app",
        "ClientSecret": "none",
    },
}


def forward(*groups: str, **also: Any) -> Any:
    """An action; in the place of each ARN stands what the listener calls the group."""
    weighted = [{"TargetGroupArn": f"${group}", "Weight": 1} for group in groups]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": weighted, **also}}


@pytest.mark.parametrize(
    "actions",
    [
        [forward("others")],
        [forward("canary")],
        [forward("stable", "others")],
        [forward("stable", TargetGroupStickinessConfig={"Enabled": True, "DurationSeconds": 60})],
        [LOGIN, forward("stable")],
        [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
    ],
)
def test_a_rule_that_does_more_or_other_lets_no_version_through_untried(listener: Listener, actions: Any) -> None:
    arns = {"stable": listener.stable, "canary": listener.canary, "others": listener.others}
    listener.point(*json.loads(Template(json.dumps(actions)).substitute(arns)))
    before, clock = listener.client.describe_rules(RuleArns=[listener.rule]), Clock()
    how = f"let it forward to {listener.stable} alone again, and `pulumi up`, or set eks.rollout.kind to rolling$"
    with pytest.raises(RuleChangedError, match="^the listener's rule of app-orders does more or other than .*" + how):
        run(listener, clock)
    assert (listener.seen, clock.now) == ([], 0)
    assert listener.client.describe_rules(RuleArns=[listener.rule])["Rules"] == before["Rules"]


def test_who_asks_for_a_login_while_new_pods_are_tried_has_it_afterwards(listener: Listener) -> None:
    clock, stable = Clock(), {"Type": "forward", "TargetGroupArn": listener.stable}
    clock.events.append((30, lambda: listener.point(LOGIN, stable)))
    with pytest.raises(RuleChangedError, match="it was left as it is now$"):
        run(listener, clock)
    (rule,) = listener.client.describe_rules(RuleArns=[listener.rule])["Rules"]
    assert [action["Type"] for action in rule["Actions"]] == ["authenticate-oidc", "forward"]


def test_a_rule_that_has_its_old_priority_still_is_found_by_where_it_leads(listener: Listener) -> None:
    order = dataclasses.replace(listener.order, priority=11000)
    assert "were good" in run(listener, order=order), "Pulumi gives it the new one once the pods serve"
    assert at_rest(listener)


def test_a_share_that_a_dead_run_left_behind_is_taken_back_first(listener: Listener) -> None:
    listener.leave(10)
    assert "were good" in run(listener)
    assert [share[1] for share in listener.seen] == [0, 10, 0]
    assert at_rest(listener)


def test_a_share_left_behind_is_taken_back_even_where_nothing_is_tried(listener: Listener) -> None:
    listener.leave(10)
    alarm("ALARM")
    with pytest.raises(RolloutError, match="get no request"):
        run(listener)
    assert at_rest(listener)


def test_of_two_runs_the_younger_wins(listener: Listener) -> None:
    clock, younger = Clock(), Clock()
    seen: list[str] = []
    clock.events.append((100, lambda: seen.append(run(listener, younger))))
    with pytest.raises(RuleChangedError, match="somebody else has changed the listener's rule of app-orders"):
        run(listener, clock)
    assert seen, "the younger one came to its end"
    assert at_rest(listener)


@pytest.mark.parametrize("second", [20, 100, 350])
def test_the_older_run_leaves_the_rule_to_the_younger_whatever_it_waits_for(listener: Listener, second: int) -> None:
    """While an alarm fades, while it tries, and while it looks back."""
    older, younger = Clock(), Clock()
    ends: list[object] = []
    threads: list[threading.Thread] = []
    goes_on = threading.Event()
    if second < 50:
        alarm("ALARM")
        older.events.append((50, lambda: alarm("OK")))

    def wait() -> None:
        goes_on.wait()

    def begin() -> None:
        reached = threading.Event()
        younger.events.append((2 * LOOK_SECONDS, reached.set))
        younger.events.append((2 * LOOK_SECONDS, wait))
        other = threading.Thread(target=lambda: ends.append(run(listener, younger)))
        other.start()
        threads.append(other)
        reached.wait()

    older.events.append((second, begin))
    try:
        with pytest.raises(RuleChangedError, match="^another run has begun to try new pods of app-orders; this one"):
            run(listener, older)
    finally:
        alarm("OK")
        goes_on.set()
        threads[0].join()
    assert older.now <= second + LOOK_SECONDS
    assert ends[-1] == "the new pods of app-orders were good for 300 seconds", "Pulumi waits for this answer"
    assert at_rest(listener)


def test_a_change_that_aws_has_refused_is_too_late_once_another_run_has_begun(listener: Listener) -> None:
    clock = Clock()
    listener.refusals = ["Throttling"]
    clock.events.append((1, lambda: listener.leave(0, size=7)))
    with pytest.raises(RuleChangedError, match="^another run has begun to try new pods of app-orders; this one"):
        run(listener, clock)
    assert listener.seen == [], "the rule was left to it"


def test_the_younger_run_takes_a_rule_that_the_older_has_just_changed(listener: Listener) -> None:
    listener.leave(0, size=7)
    clock = Clock()
    listener.refusals = ["Throttling"]
    clock.events.append((1, lambda: listener.leave(10, size=7)))
    assert "were good" in run(listener, clock)
    assert at_rest(listener)


def test_the_younger_run_waits_until_the_older_must_have_seen_it(listener: Listener) -> None:
    listener.leave(10)
    clock = Clock()
    run(listener, clock)
    assert clock.now - 300 > LOOK_SECONDS, "the older one looks each 5 s, and stops once its share is gone"


@pytest.mark.parametrize("percent", [0, 50])
def test_a_rule_that_somebody_changes_is_left_to_them(listener: Listener, percent: int) -> None:
    clock = Clock()
    clock.events.append((30, lambda: listener.leave(percent)))
    with pytest.raises(RuleChangedError, match="it was left as it is now$"):
        run(listener, clock)
    assert listener.now[1] == percent


def test_a_rule_that_is_deleted_gives_nobody_a_request(listener: Listener) -> None:
    clock = Clock()
    clock.events.append((30, lambda: listener.client.delete_rule(RuleArn=listener.rule)))
    sentence = "^somebody has deleted the listener's rule of app-orders while .* until `pulumi up --refresh`$"
    with pytest.raises(RuleChangedError, match=sentence):
        run(listener, clock)
    assert clock.now <= 30 + LOOK_SECONDS
