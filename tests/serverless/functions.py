"""A function with versions and an alias, on moto."""

import dataclasses
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Literal

import boto3
from botocore.exceptions import ClientError

from fastapi_on_aws.serverless.rollout_function import Order, Rollout
from tests.support.rollouts import Clock

NAME, ALIAS = "shop", "live"
OLD, NEW, OTHER = "1", "2", "3"
CANARY = Order(function_name=NAME, alias=ALIAS, version=NEW, percents=[10], interval_seconds=300, alarms=["errors"])
LINEAR = dataclasses.replace(CANARY, percents=[25, 50, 75], interval_seconds=60)


class Functions:
    """moto's Lambda and alarms, with the `RevisionId` that moto never changes and never looks at."""

    def __init__(self) -> None:
        self.client = boto3.client("lambda")
        self.revision = 0
        self.seen: list[tuple[str, dict[str, float]]] = []
        """What each change made of the alias: its version, and the weights beside it."""
        self.refusals: defaultdict[str, list[str]] = defaultdict(list)
        """Error codes that the next calls of an operation answer with."""
        self.states: list[str] = []
        """States that the version is in, one after the other, before it is active."""
        self.answer = b""
        """What the new version answers."""
        self.asked: list[str] = []
        """Paths that it was asked for."""
        self.on_ask: Callable[[], None] = lambda: None
        """What happens while it answers."""
        self.in_use: set[str] = set()
        """Versions that another alias leads to."""

    def get_alias(self, **request: Any) -> dict[str, Any]:
        self._refuse("GetAlias")
        return {**self.client.get_alias(**request), "RevisionId": str(self.revision)}

    def update_alias(self, **request: Any) -> dict[str, Any]:
        self._refuse("UpdateAlias")
        if request.pop("RevisionId", None) not in (None, str(self.revision)):
            raise ClientError({"Error": {"Code": "PreconditionFailedException"}}, "UpdateAlias")
        self.revision += 1
        answer = self.client.update_alias(**request)
        self.seen.append((answer["FunctionVersion"], request["RoutingConfig"]["AdditionalVersionWeights"]))
        return {**answer, "RevisionId": str(self.revision)}

    def get_function_configuration(self, **request: Any) -> dict[str, Any]:
        self._refuse("GetFunctionConfiguration")
        found = {**self.client.get_function_configuration(**request)}
        return {**found, "State": self.states.pop(0) if self.states else "Active", "StateReason": "it raised"}

    def invoke(self, **request: Any) -> dict[str, Any]:
        self._refuse("Invoke")
        assert request["Qualifier"] == NEW, "not the one that serves"
        self.on_ask()
        self.asked.append(json.loads(request["Payload"])["rawPath"])
        answer = {"Payload": io.BytesIO(self.answer)}
        return {**answer, "FunctionError": "Unhandled"} if b"errorMessage" in self.answer else answer

    def describe_alarms(self, **request: Any) -> Any:
        self._refuse("DescribeAlarms")
        return boto3.client("cloudwatch").describe_alarms(**request)

    def get_paginator(self, operation: Literal["list_versions_by_function"]) -> Any:
        self._refuse("ListVersionsByFunction")
        return self.client.get_paginator(operation)

    def delete_function(self, **request: Any) -> None:
        if request["Qualifier"] in self.in_use:
            raise ClientError({"Error": {"Code": "ResourceConflictException"}}, "DeleteFunction")
        self.client.delete_function(**request)

    @property
    def versions(self) -> list[str]:
        """Those that are there."""
        return [each["Version"] for each in self.client.list_versions_by_function(FunctionName=NAME)["Versions"][1:]]

    def set(self, version: str, weights: dict[str, float]) -> None:
        """Somebody changes the alias."""
        routing = {"AdditionalVersionWeights": weights}
        self.update_alias(FunctionName=NAME, Name=ALIAS, FunctionVersion=version, RoutingConfig=routing)
        self.seen.clear()

    @property
    def now(self) -> tuple[str, dict[str, float]]:
        """The alias's version and weights, as moto has them."""
        alias = self.client.get_alias(FunctionName=NAME, Name=ALIAS)
        return alias["FunctionVersion"], (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}

    def _refuse(self, operation: str) -> None:
        if self.refusals[operation]:
            raise ClientError({"Error": {"Code": self.refusals[operation].pop(0)}}, operation)


def create_function() -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "")
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = boto3.client("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    client = boto3.client("lambda")
    client.create_function(
        FunctionName=NAME, Runtime="python3.13", Role=role, Handler="app.x", Code={"ZipFile": code.getvalue()}
    )
    for version in (OLD, NEW, OTHER):
        client.update_function_configuration(FunctionName=NAME, Description=version)
        assert client.publish_version(FunctionName=NAME)["Version"] == version
    client.create_alias(FunctionName=NAME, Name=ALIAS, FunctionVersion=OLD)


def run(functions: Functions, order: Order = CANARY, clock: Clock | None = None) -> str:
    """One run of the function."""
    clock = clock or Clock()
    return Rollout(
        order,
        functions=functions,
        cloudwatch=functions,
        remaining_seconds=clock.remaining,
        sleep=clock.sleep,
    ).run()
