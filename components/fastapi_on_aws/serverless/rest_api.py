"""API Gateway's REST API in front of functions: what streams."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, Optional

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.component import after
from fastapi_on_aws.naming import logical
from fastapi_on_aws.policy_documents import region_of
from fastapi_on_aws.references import LONGEST_READ_TIMEOUT_SECONDS, OriginRef
from fastapi_on_aws.rollouts.alarm import Attempts
from fastapi_on_aws.serverless.alarms import server_errors
from fastapi_on_aws.serverless.alarms_args import AlarmsArgs
from fastapi_on_aws.serverless.api_args import ApiArgs, ApiDomainArgs
from fastapi_on_aws.serverless.entry import AccessLog, Target, allow_api, path_mark
from fastapi_on_aws.serverless.limits import REST_API_TIMEOUT_SECONDS

LONGEST_STREAM_SECONDS: Final = 900
"""Source: API Gateway developer guide, "Stream the integration response for your proxy integrations"."""

_STREAMED: Final = "arn:aws:apigateway:{}:lambda:path/2021-11-15/functions/{}/response-streaming-invocations"


class RestApi:
    """A regional API with one stage; its paths are those of the app, below the stage."""

    def __init__(
        self,
        name: str,
        args: ApiArgs,
        *,
        streaming: bool,
        timeout_seconds: int,
        alarms: AlarmsArgs,
        log_retention_days: int,
        opts: ResourceOptions,
    ) -> None:
        self._name, self._args, self._opts = name, args, opts
        self._streaming, self._timeout_seconds = streaming, timeout_seconds
        self.api = aws.apigateway.RestApi(
            logical("API", name),
            description="Requests to functions",
            endpoint_configuration={"types": "REGIONAL", "ip_address_type": "dualstack"},
            binary_media_types=["*/*"],
            disable_execute_api_endpoint=True if args.domain else None,
            opts=opts,
        )
        self.alarms = [self._create_alarm(alarms)] if alarms.enabled else []
        self.access_log = AccessLog(name, log_retention_days, opts) if args.access_logs else None
        self.domain_name: Optional[aws.apigateway.DomainName] = None
        self.resources: dict[str, aws.apigateway.Resource] = {}
        self.methods: dict[str, aws.apigateway.Method] = {}
        self.integrations: dict[str, aws.apigateway.Integration] = {}
        self.permissions: dict[str, aws.lambda_.Permission] = {}
        self._host = Output.all(self.api.id, self.api.execution_arn).apply(
            lambda known: f"{known[0]}.execute-api.{region_of(known[1])}.amazonaws.com"
        )
        self.url = (
            Output.concat("https://", args.domain.name)
            if args.domain
            else Output.concat("https://", self._host, "/", args.stage)
        )

    @property
    def origin(self) -> OriginRef:
        """What the front door takes, once it is open: handed out when requests are answered behind it."""
        return OriginRef(
            domain_name=after(self._args.domain.name if self._args.domain else self._host, self.stage),
            origin_path=None if self._args.domain else f"/{self._args.stage}",
            read_timeout_seconds=min(self._timeout_seconds + 1, LONGEST_READ_TIMEOUT_SECONDS),
        )

    @property
    def domain_target(self) -> Optional[Output[str]]:
        """DNS name that a domain of one's own has to lead to, once it is open; None without one."""
        return self.domain_name.regional_domain_name if self.domain_name else None

    def lead(self, name: str, target: Target, prefixes: Sequence[str], opts: ResourceOptions) -> None:
        """Send requests below these prefixes to a function; `/` gets what no other prefix matches."""
        permission = self.permissions[name] = allow_api(name, target, self.api.execution_arn, opts)
        for prefix in prefixes:
            top = self._resource(prefix)
            self._connect(f"{prefix.rstrip('/')}/", top, target, permission)
            self._connect(f"{prefix.rstrip('/')}/{{proxy+}}", self._below(prefix, top), target, permission)

    def open(self) -> None:
        """Publish the paths there are now, and a stage of them."""
        self.deployment = self._create_deployment()
        self.stage = self._create_stage()
        self.method_settings = self._create_method_settings()
        if self._args.domain:
            self.domain_name = self._create_domain(self._args.domain)

    def _create_deployment(self) -> aws.apigateway.Deployment:
        connected = [*self.methods.values(), *self.integrations.values()]
        return aws.apigateway.Deployment(
            self._name,
            rest_api=self.api.id,
            triggers={
                "paths": Output.all(*(self._state_of(name) for name in sorted(self.methods))).apply(json.dumps),
                "endpoint": "off" if self._args.domain else "on",
            },
            opts=ResourceOptions.merge(self._opts, ResourceOptions(depends_on=connected)),
        )

    def _create_stage(self) -> aws.apigateway.Stage:
        log = self.access_log
        return aws.apigateway.Stage(
            self._name,
            rest_api=self.api.id,
            deployment=self.deployment.id,
            stage_name=self._args.stage,
            access_log_settings={"destination_arn": log.log_group.arn, "format": log.format} if log else None,
            opts=self._opts,
        )

    def _create_method_settings(self) -> aws.apigateway.MethodSettings:
        limits = self._args.effective_throttling
        return aws.apigateway.MethodSettings(
            self._name,
            rest_api=self.api.id,
            stage_name=self.stage.stage_name,
            method_path="*/*",
            settings={
                "throttling_rate_limit": limits.requests_per_second,
                "throttling_burst_limit": limits.burst,
                "metrics_enabled": True,
            },
            opts=self._opts,
        )

    def _create_alarm(self, args: AlarmsArgs) -> aws.cloudwatch.MetricAlarm:
        """Source: API Gateway developer guide, "Amazon API Gateway dimensions and metrics"."""
        answers = Attempts(
            namespace="AWS/ApiGateway",
            failed="5XXError",
            tried="Count",
            dimensions={"ApiName": self.api.name, "Stage": self._args.stage},
        )
        return server_errors(self._name, args, answers, self._opts)

    def _resource(self, prefix: str) -> Input[str]:
        """Id of the resource at a prefix; each part of the path is a resource of its own."""
        parent, path = self.api.root_resource_id, ""
        for part in filter(None, prefix.split("/")):
            path = f"{path}/{part}"
            if path not in self.resources:
                self.resources[path] = self._part(path, parent, part)
            parent = self.resources[path].id
        return parent

    def _below(self, prefix: str, parent: Input[str]) -> Input[str]:
        path = f"{prefix.rstrip('/')}/{{proxy+}}"
        self.resources[path] = self._part(path, parent, "{proxy+}")
        return self.resources[path].id

    def _part(self, path: str, parent: Input[str], part: str) -> aws.apigateway.Resource:
        return aws.apigateway.Resource(
            f"{self._name}{path_mark(path)}", rest_api=self.api.id, parent_id=parent, path_part=part, opts=self._opts
        )

    def _connect(self, path: str, resource_id: Input[str], target: Target, permission: aws.lambda_.Permission) -> None:
        """Named by the path, which has one method: another function that gets its requests updates it in place."""
        name = f"{self._name}-any{path_mark(path)}"
        self.methods[name] = aws.apigateway.Method(
            name,
            rest_api=self.api.id,
            resource_id=resource_id,
            http_method="ANY",
            authorization="NONE",
            opts=self._opts,
        )
        seconds = self._timeout_seconds + 1 if self._streaming else REST_API_TIMEOUT_SECONDS
        self.integrations[name] = aws.apigateway.Integration(
            name,
            rest_api=self.api.id,
            resource_id=resource_id,
            http_method=self.methods[name].http_method,
            integration_http_method="POST",
            type="AWS_PROXY",
            uri=self._uri(target),
            response_transfer_mode="STREAM" if self._streaming else "BUFFERED",
            timeout_milliseconds=min(seconds, LONGEST_STREAM_SECONDS) * 1000,
            opts=ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[permission])),
        )

    def _uri(self, target: Target) -> Input[str]:
        if not self._streaming:
            return target.invoke_arn
        return Output.from_input(target.invoke_arn).apply(streamed)

    def _state_of(self, name: str) -> Output[list[str]]:
        """What a deployment has to be made anew for."""
        integration = self.integrations[name]
        return Output.all(
            name, integration.uri, integration.response_transfer_mode, integration.timeout_milliseconds
        ).apply(lambda known: [str(value) for value in known])

    def _create_domain(self, domain: ApiDomainArgs) -> aws.apigateway.DomainName:
        name = aws.apigateway.DomainName(
            self._name,
            domain_name=domain.name,
            regional_certificate_arn=domain.certificate_arn,
            endpoint_configuration={"types": "REGIONAL"},
            security_policy="TLS_1_2",
            opts=self._opts,
        )
        self.mapping = aws.apigateway.BasePathMapping(
            self._name,
            rest_api=self.api.id,
            domain_name=name.domain_name,
            stage_name=self.stage.stage_name,
            opts=self._opts,
        )
        return name


def streamed(invoke_arn: str) -> str:
    """What a REST API calls a function by whose answer it passes on while it comes.

    >>> streamed("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:…:live/invocations")
    'arn:aws:apigateway:eu-west-1:lambda:path/2021-11-15/functions/arn:…:live/response-streaming-invocations'
    """
    function_arn = invoke_arn.partition("/functions/")[2].removesuffix("/invocations")
    return _STREAMED.format(region_of(invoke_arn), function_arn)
