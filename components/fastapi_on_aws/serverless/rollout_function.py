"""Sees a new version of a Lambda function through: waits for it, moves the alias's requests; runs on Lambda itself.

What it finds is what it starts from, so a run that died or was cut off needs no repair. The alias's own version is the
one that was good; weights that somebody left beside it are replaced by the first step's. Of two runs the younger wins:
the older one sees that the alias has changed (by its `RevisionId`), and leaves it alone.
"""

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from fastapi_on_aws.rollouts.watch import LOOK_SECONDS, MARGIN_SECONDS, RolloutError, Watch, code_of

_BAD_REQUEST: Final = 400
_END_OF_HEAD: Final = b"\0" * 8
"""Between status and body of an answer that is streamed. Source: AWS Lambda developer guide, "Response streaming"."""

log = logging.getLogger(__name__)


class AliasChangedError(RolloutError):
    """The alias is somebody else's now."""


@dataclass(frozen=True)
class Order:
    """What is asked for."""

    function_name: str
    alias: str
    version: str
    percents: Sequence[int]
    """Of requests for the version, in each step before it has all."""
    interval_seconds: int
    alarms: Sequence[str]
    check: str = ""
    """Path that the version is asked for before it gets a request; empty: it is asked for none."""
    kept_versions: int = 0
    """The newest ones, beside those that the alias leads to; older ones are deleted. 0: all are kept."""


class Rollout:
    """One run."""

    def __init__(
        self,
        order: Order,
        *,
        functions: Any,
        cloudwatch: Any,
        remaining_seconds: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._order, self._functions = order, functions
        self._watch = Watch(order.alarms, cloudwatch=cloudwatch, remaining_seconds=remaining_seconds, sleep=sleep)
        self._revision, self._old = "", ""
        self._function = {"FunctionName": order.function_name}

    def run(self) -> str:
        """Wait until the version can answer, move the requests; returns what came of it."""
        self._wait_until_active()
        done = self._move()
        if self._order.kept_versions:
            try:
                self._delete_old_versions()
            except (BotoCoreError, ClientError) as error:  # the requests have moved all the same
                log.warning("old versions are kept: %s", error)
        return done

    def _wait_until_active(self) -> None:
        """A version with a snapshot takes minutes until it is taken."""
        version = self._order.version
        while True:
            found = self._version()
            state = found.get("State", "Active")
            if state == "Failed":
                raise RolloutError(f"version {version} cannot start: {found.get('StateReason', 'no reason given')}")
            if state != "Pending":
                return
            if self._watch.remaining_seconds() < MARGIN_SECONDS:
                raise RolloutError(f"version {version} was not ready in time")
            self._watch.sleep(LOOK_SECONDS)

    def _move(self) -> str:
        new = self._order.version
        alias = self._alias()
        self._revision, self._old = alias["RevisionId"], alias["FunctionVersion"]
        left_over = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
        if self._old == new:
            if left_over:
                self._set(new)
            return f"version {new} has all requests already"
        if left_over:
            log.info("another run left weights behind: %s", left_over)
        try:
            self._check_alarms()
            self._check_answer()
            self._check_time()
        except Exception:
            if left_over:
                self._set(self._old)
            raise
        try:
            self._shift()
        except AliasChangedError:
            raise
        except Exception as error:
            self._put_back(error)
            raise RolloutError(f"{error}; version {self._old} has all requests again") from error
        return f"version {new} has all requests, after {len(self._order.percents)} steps"

    def _check_alarms(self) -> None:
        wrong = self._watch.alarming()
        if wrong:
            raise RolloutError(
                f"the rollout of version {self._order.version} did not start: {wrong}; wait until it is OK, or deploy"
                " what mends it with rollout.kind all_at_once"
            )

    def _check_time(self) -> None:
        wrong = self._watch.too_long(len(self._order.percents) * self._order.interval_seconds)
        if wrong:
            raise RolloutError(f"the rollout of version {self._order.version} did not start: {wrong}")

    def _check_answer(self) -> None:
        version, path = self._order.version, self._order.check
        if not path:
            return
        gets_none = f"version {version} gets no request: asked for {path}, it"
        payload = json.dumps(request(path)).encode()
        try:
            answer = self._watch.call(self._functions.invoke, **self._function, Qualifier=version, Payload=payload)
            said = answer["Payload"].read().partition(_END_OF_HEAD)[0].decode(errors="replace")
        except BotoCoreError as error:
            raise RolloutError(f"{gets_none} did not answer: {error}") from error
        status = _status(said) if not answer.get("FunctionError") else None
        if status is None:
            raise RolloutError(f"{gets_none} failed: {said[:200]}")
        if status >= _BAD_REQUEST:
            raise RolloutError(f"{gets_none} answered {status}")

    def _shift(self) -> None:
        for percent in self._order.percents:
            self._set(self._old, percent)
            wrong = self._watch.look_on(self._order.interval_seconds, self._check_alias)
            if wrong:
                raise RolloutError(f"version {self._order.version} was taken back at {percent} % of requests: {wrong}")
        self._set(self._order.version)

    def _check_alias(self) -> str:
        if self._alias()["RevisionId"] != self._revision:
            raise self._changed()
        return ""

    def _put_back(self, why: Exception) -> None:
        try:
            self._set(self._old)
        except Exception as error:
            raise RolloutError(f"{why}; version {self._old} could not be put back: {error}") from error

    def _delete_old_versions(self) -> None:
        """Each is paid for as long as it has a snapshot."""
        alias = self._alias()
        used = {alias["FunctionVersion"], *(alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})}
        pages = self._functions.get_paginator("list_versions_by_function")
        there = [
            int(version["Version"])
            for page in pages.paginate(**self._function)
            for version in page["Versions"]
            if version["Version"] != "$LATEST"
        ]
        for version in map(str, sorted(there)[: -self._order.kept_versions]):
            if version in used:
                continue
            try:
                self._functions.delete_function(**self._function, Qualifier=version)
            except ClientError as error:  # another alias leads to it
                log.warning("version %s is kept: %s", version, error)

    def _version(self) -> Any:
        return self._watch.call(
            self._functions.get_function_configuration, **self._function, Qualifier=self._order.version
        )

    def _alias(self) -> Any:
        return self._watch.call(self._functions.get_alias, **self._function, Name=self._order.alias)

    def _set(self, version: str, percent: int = 0) -> None:
        """Let ``version`` answer, but for ``percent`` of requests, which are for the new one."""
        weights = {self._order.version: percent / 100} if percent else {}
        try:
            alias = self._watch.call(
                self._functions.update_alias,
                **self._function,
                Name=self._order.alias,
                FunctionVersion=version,
                RoutingConfig={"AdditionalVersionWeights": weights},
                RevisionId=self._revision,
            )
        except ClientError as error:
            if code_of(error) == "PreconditionFailedException":
                raise self._changed() from error
            raise
        self._revision = alias["RevisionId"]
        log.info("version %s answers, weights beside it: %s", version, weights)

    def _changed(self) -> AliasChangedError:
        return AliasChangedError(
            f"somebody else has changed the alias {self._order.alias} of {self._order.function_name} during the rollout"
            f" of version {self._order.version}; it was left as it is now"
        )


def request(path: str) -> dict[str, Any]:
    """A GET as an HTTP API asks, which the adapter and Mangum understand behind any API."""
    raw_path, _, query = path.partition("?")
    http = {"method": "GET", "path": raw_path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "rollout"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": {"host": "localhost", "user-agent": "rollout", "accept": "*/*"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "rollout",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": http,
            "requestId": "rollout",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2027:00:00:00 +0000",
            "timeEpoch": 1798761600000,
        },
        "isBase64Encoded": False,
    }


def _status(said: str) -> int | None:
    try:
        return int(json.loads(said)["statusCode"])
    except (ValueError, TypeError, KeyError):
        return None


def handler(event: dict[str, Any], context: Any) -> str:
    """What Lambda calls."""
    return Rollout(
        Order(**event),
        functions=boto3.client("lambda"),
        cloudwatch=boto3.client("cloudwatch"),
        remaining_seconds=lambda: context.get_remaining_time_in_millis() / 1000,
    ).run()
