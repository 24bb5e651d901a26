"""API Gateway's HTTP API in front of functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Optional

import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from fastapi_on_aws.component import after
from fastapi_on_aws.naming import logical
from fastapi_on_aws.references import OriginRef
from fastapi_on_aws.rollouts.alarm import Attempts
from fastapi_on_aws.serverless.alarms import server_errors
from fastapi_on_aws.serverless.alarms_args import AlarmsArgs
from fastapi_on_aws.serverless.api_args import ApiArgs, ApiDomainArgs, CorsArgs, JwtArgs
from fastapi_on_aws.serverless.entry import AccessLog, Target, allow_api, path_mark
from fastapi_on_aws.serverless.limits import HTTP_API_TIMEOUT_SECONDS

_STAGE: Final = "$default"


class HttpApi:
    """One stage that is in no path; requests are limited, logged and, if wished, asked for a token."""

    def __init__(
        self, name: str, args: ApiArgs, *, alarms: AlarmsArgs, log_retention_days: int, opts: ResourceOptions
    ) -> None:
        self._name, self._args, self._opts = name, args, opts
        self.api = aws.apigatewayv2.Api(
            logical("API", name),
            protocol_type="HTTP",
            description="Requests to functions",
            cors_configuration=_cors(args.cors) if args.cors else None,
            disable_execute_api_endpoint=True if args.domain else None,
            opts=opts,
        )
        logs = args.access_logs is not False
        self.access_log = AccessLog(name, log_retention_days, opts) if logs else None
        self.authorizer = self._create_authorizer(args.jwt) if args.jwt else None
        self.stage = self._create_stage()
        self.alarms = [self._create_alarm(alarms)] if alarms.enabled else []
        self.domain_name = self._create_domain(args.domain) if args.domain else None
        self.url = Output.concat("https://", args.domain.name) if args.domain else self.api.api_endpoint
        self.routes: dict[str, aws.apigatewayv2.Route] = {}
        self.integrations: dict[str, aws.apigatewayv2.Integration] = {}
        self.permissions: dict[str, aws.lambda_.Permission] = {}

    @property
    def origin(self) -> OriginRef:
        """What the front door takes, once it is open: handed out when requests are answered behind it."""
        host = after(self.url.apply(lambda url: url.removeprefix("https://")), *self.routes.values(), self.stage)
        return OriginRef(domain_name=host, read_timeout_seconds=HTTP_API_TIMEOUT_SECONDS + 1)

    def lead(self, name: str, target: Target, prefixes: Sequence[str], opts: ResourceOptions) -> None:
        """Send requests below these prefixes to a function; `/` gets what no other prefix matches."""
        permission = allow_api(name, target, self.api.execution_arn, opts)
        integration = aws.apigatewayv2.Integration(
            name,
            api_id=self.api.id,
            integration_type="AWS_PROXY",
            integration_uri=target.invoke_arn,
            payload_format_version="2.0",
            timeout_milliseconds=HTTP_API_TIMEOUT_SECONDS * 1000,
            opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[permission])),
        )
        self.permissions[name], self.integrations[name] = permission, integration
        routes = dict.fromkeys(route_keys(prefixes), self._args.jwt)
        if self._args.jwt:
            routes |= dict.fromkeys(preflight_keys(prefixes))
        for route_key, jwt in routes.items():
            self.routes[route_key] = self._create_route(route_key, integration, jwt)

    def _create_route(
        self, route_key: str, integration: aws.apigatewayv2.Integration, jwt: Optional[JwtArgs]
    ) -> aws.apigatewayv2.Route:
        """Named by its key, of which an API has one: another function that gets its requests updates it in place."""
        return aws.apigatewayv2.Route(
            f"{self._name}{mark_of(route_key)}",
            api_id=self.api.id,
            route_key=route_key,
            target=Output.concat("integrations/", integration.id),
            authorization_type="JWT" if jwt else "NONE",
            authorizer_id=self.authorizer.id if self.authorizer and jwt else None,
            authorization_scopes=(jwt.scopes or None) if jwt else None,
            opts=self._opts,
        )

    def open(self) -> None:
        """Nothing to do: the stage serves each route as soon as there is one."""

    def _create_authorizer(self, jwt: JwtArgs) -> aws.apigatewayv2.Authorizer:
        return aws.apigatewayv2.Authorizer(
            logical("API", self._name),
            api_id=self.api.id,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration={"issuer": jwt.issuer, "audiences": jwt.audiences},
            opts=self._opts,
        )

    def _create_stage(self) -> aws.apigatewayv2.Stage:
        limits, log = self._args.effective_throttling, self.access_log
        return aws.apigatewayv2.Stage(
            self._name,
            api_id=self.api.id,
            name=_STAGE,
            auto_deploy=True,
            default_route_settings={
                "throttling_rate_limit": limits.requests_per_second,
                "throttling_burst_limit": limits.burst,
            },
            access_log_settings={"destination_arn": log.log_group.arn, "format": log.format} if log else None,
            opts=self._opts,
        )

    def _create_alarm(self, args: AlarmsArgs) -> aws.cloudwatch.MetricAlarm:
        """Source: API Gateway developer guide, "Monitor CloudWatch metrics for HTTP APIs"."""
        answers = Attempts(namespace="AWS/ApiGateway", failed="5xx", tried="Count", dimensions={"ApiId": self.api.id})
        return server_errors(self._name, args, answers, self._opts)

    def _create_domain(self, domain: ApiDomainArgs) -> aws.apigatewayv2.DomainName:
        name = aws.apigatewayv2.DomainName(
            self._name,
            domain_name=domain.name,
            domain_name_configuration={
                "certificate_arn": domain.certificate_arn,
                "endpoint_type": "REGIONAL",
                "security_policy": "TLS_1_2",
            },
            opts=self._opts,
        )
        self.mapping = aws.apigatewayv2.ApiMapping(
            self._name, api_id=self.api.id, domain_name=name.id, stage=self.stage.id, opts=self._opts
        )
        return name

    @property
    def domain_target(self) -> Optional[Output[str]]:
        """DNS name that a domain of one's own has to lead to; None without one."""
        if self.domain_name is None:
            return None
        # With the ARN, which a preview does not know: of a block it may know all but what AWS puts in.
        configuration = self.domain_name.domain_name_configuration
        target = configuration.apply(lambda known: known.target_domain_name or "")
        return self.domain_name.arn.apply(lambda _: target)


def route_keys(prefixes: Sequence[str]) -> list[str]:
    """What leads to a function.

    >>> route_keys(["/orders"])
    ['ANY /orders', 'ANY /orders/{proxy+}']
    """
    if "/" in prefixes:
        return ["$default"]
    return [key for prefix in prefixes for key in (f"ANY {prefix}", f"ANY {prefix}/{{proxy+}}")]


def preflight_keys(prefixes: Sequence[str]) -> list[str]:
    """What browsers ask before a request, without a token.

    Source: API Gateway developer guide, "Configuring CORS for an HTTP API with a $default route and an authorizer".

    >>> preflight_keys(["/orders"])
    ['OPTIONS /orders', 'OPTIONS /orders/{proxy+}']
    """
    tops = ["/"] if "/" in prefixes else prefixes
    return [key for top in tops for key in (f"OPTIONS {top}", f"OPTIONS {top.rstrip('/')}/{{proxy+}}")]


def mark_of(route_key: str) -> str:
    """A route key as the end of a resource's name.

    >>> [mark_of(key) for key in ("$default", "ANY /a/B", "OPTIONS /a/{proxy+}")]
    ['-default', '-any/a/B', '-options/a/+']
    """
    method, _, path = route_key.removeprefix("$").partition(" ")
    return f"-{method.lower()}{path_mark(path)}"


def _cors(cors: CorsArgs) -> aws.apigatewayv2.ApiCorsConfigurationArgsDict:
    return {
        "allow_origins": cors.origins,
        "allow_methods": cors.methods,
        "allow_headers": cors.headers,
        "expose_headers": cors.expose_headers,
        "allow_credentials": cors.credentials,
        "max_age": cors.max_age_seconds,
    }
