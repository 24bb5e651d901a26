"""A function's own endpoint."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from fastapi_on_aws.component import after
from fastapi_on_aws.references import LONGEST_READ_TIMEOUT_SECONDS, OriginRef
from fastapi_on_aws.serverless.api_args import ApiArgs, CorsArgs, UrlAuth
from fastapi_on_aws.serverless.entry import Target
from fastapi_on_aws.url_access import url_permissions


class FunctionUrl:
    """The endpoint of one function's alias, open to whom `auth` says."""

    url: pulumi.Output[str]

    def __init__(self, args: ApiArgs, *, streaming: bool, timeout_seconds: int) -> None:
        self._args, self._streaming, self._timeout_seconds = args, streaming, timeout_seconds
        self._auth = args.auth or UrlAuth.IAM
        self.alarms: list[aws.cloudwatch.MetricAlarm] = []
        self.permissions: list[aws.lambda_.Permission] = []

    def lead(self, name: str, target: Target, prefixes: Sequence[str], opts: ResourceOptions) -> None:  # noqa: ARG002
        """Send all requests to a function, the only one, whatever the prefixes: it has no routes."""
        self._function = target
        self.function_url = aws.lambda_.FunctionUrl(
            name,
            function_name=target.name,
            qualifier=target.alias,
            authorization_type="NONE" if self._auth is UrlAuth.NONE else "AWS_IAM",
            invoke_mode="RESPONSE_STREAM" if self._streaming else "BUFFERED",
            cors=_cors(self._args.cors) if self._args.cors else None,
            opts=opts,
        )
        self.url = self.function_url.function_url.apply(lambda url: url.rstrip("/"))
        if self._auth is UrlAuth.NONE:
            opts = ResourceOptions.merge(opts, ResourceOptions(depends_on=[self.function_url]))
            self.permissions = url_permissions(
                name, self._function, principal="*", authorization_type="NONE", opts=opts
            )

    def open(self) -> None:
        """Nothing to do: it is open as soon as it is there."""

    @property
    def domain_target(self) -> None:
        """None: it takes no domain."""
        return None

    @property
    def origin(self) -> OriginRef:
        """What the front door takes, once it is open: handed out when requests are answered behind it."""
        host = after(self.url.apply(lambda url: url.removeprefix("https://")), *self.permissions)
        return OriginRef(
            domain_name=host,
            read_timeout_seconds=min(self._timeout_seconds + 1, LONGEST_READ_TIMEOUT_SECONDS),
            signed_for=self._function if self._auth is UrlAuth.IAM else None,
        )


def _cors(cors: CorsArgs) -> aws.lambda_.FunctionUrlCorsArgsDict:
    return {
        "allow_origins": cors.origins,
        "allow_methods": cors.methods,
        "allow_headers": cors.headers,
        "expose_headers": cors.expose_headers,
        "allow_credentials": cors.credentials,
        "max_age": cors.max_age_seconds,
    }
