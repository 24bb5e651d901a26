"""What the ways in to a function have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Optional, Protocol

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.component import KEEPS_NAME, stack_path
from fastapi_on_aws.naming import physical
from fastapi_on_aws.references import FunctionRef, OriginRef

LOGGED: Final = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "client": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "responseBytes": "$context.responseLength",
    "durationMs": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
    "userAgent": "$context.identity.userAgent",
}
"""One line of JSON a request, in the variables that HTTP and REST APIs share."""


@dataclass(frozen=True, kw_only=True)
class Target(FunctionRef):
    """A function, as an API calls it."""

    invoke_arn: Input[str]


class Entry(Protocol):
    """A way in: an API, or a function URL."""

    url: Output[str]
    """Base URL, without a slash at its end."""

    alarms: list[aws.cloudwatch.MetricAlarm]
    """Of its answers; empty where the function's own alarms count them, or there are to be none."""

    @property
    def domain_target(self) -> Optional[Output[str]]:
        """DNS name that a domain of one's own has to lead to, once it is open; None without one."""

    def lead(self, name: str, target: Target, prefixes: Sequence[str], opts: ResourceOptions) -> None:
        """Send requests below these prefixes to a function; `/` gets what no other prefix matches."""

    def open(self) -> None:
        """Serve what leads somewhere now."""

    @property
    def origin(self) -> OriginRef:
        """What the front door takes, once it is open: handed out when requests are answered behind it."""


class AccessLog:
    """A log group with an end, and the line that is written for each request."""

    def __init__(self, name: str, retention_days: int, opts: ResourceOptions) -> None:
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-access",
            # AWS needs this prefix to write there without a policy of the group for each API.
            name=physical("log group", f"/aws/vendedlogs/{stack_path()}/{name}-access"),
            retention_in_days=retention_days,
            opts=ResourceOptions.merge(opts, KEEPS_NAME),
        )
        self.format = json.dumps(LOGGED)


def path_mark(path: str) -> str:
    """A path as the end of a resource's name, like that of no other path.

    >>> path_mark("/a/b/{proxy+}")
    '/a/b/+'
    """
    return path.rstrip("/").replace("{proxy+}", "+")


def allow_api(name: str, target: Target, execution_arn: Input[str], opts: ResourceOptions) -> aws.lambda_.Permission:
    """Let one API invoke a function by its alias."""
    return aws.lambda_.Permission(
        name,
        action="lambda:InvokeFunction",
        function=target.name,
        qualifier=target.alias,
        principal="apigateway.amazonaws.com",
        source_arn=Output.concat(execution_arn, "/*"),
        opts=opts,
    )
