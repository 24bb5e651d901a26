"""Serverless: the whole app as one Lambda function, or one function for each service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

import pulumi
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.args import Defaulted, arg
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import note, token
from fastapi_on_aws.environment import APP_SERVICES, FRONT_DOOR, ROOT_PATH, UVICORN_ROOT_PATH, url_variable
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.patterns.lambda_fit import check_fit, check_image_source, notes_on
from fastapi_on_aws.patterns.lambda_units import serverless_units
from fastapi_on_aws.patterns.unit import Unit
from fastapi_on_aws.patterns.units import image_of, urls_below
from fastapi_on_aws.references import ImageRef, NetworkRef, ZipRef
from fastapi_on_aws.serverless.api_args import ApiKind
from fastapi_on_aws.serverless.entry import Entry, Target
from fastapi_on_aws.serverless.function import LambdaFunction
from fastapi_on_aws.serverless.function_args import LambdaFunctionArgs
from fastapi_on_aws.serverless.function_url import FunctionUrl
from fastapi_on_aws.serverless.http_api import HttpApi
from fastapi_on_aws.serverless.lambda_args import LambdaArgs, Package
from fastapi_on_aws.serverless.rest_api import RestApi
from fastapi_on_aws.service import AppArgs, ServiceArgs


@dataclass(frozen=True, kw_only=True)
class ServerlessArgs:
    """A FastAPI app on AWS Lambda, behind an API or a function URL."""

    image: Optional[ImageRef] = None
    """What it runs unless it is a zip: `Image(...).ref`. Default: `app.image`, which then has to be a `uri`."""

    service_images: Defaulted[Mapping[str, ImageRef]] = arg(factory=dict)
    """Images of the services that have their own. Default: their `image`, which then has to be a `uri`."""

    zip: Optional[ZipRef] = None
    """What it runs with `lambda.package: zip`. Default: none."""

    network: Optional[NetworkRef] = None
    """Where functions stand that `lambda` puts into a network. Default: in none."""

    app: Defaulted[AppArgs] = arg(factory=AppArgs)
    """How it is served, and its memory."""

    services: Optional[Mapping[str, ServiceArgs]] = None
    """Its seams. Those with a command or image of their own run on their own. Default: one service at `/`."""

    lambda_: Defaulted[LambdaArgs] = arg(factory=LambdaArgs)
    """Lambda's own settings."""

    front_door: Defaulted[bool] = True
    """Whether a `FrontDoor` stands before it, whose word for host and client the app then believes. Default: true."""

    public_host: Defaulted[str] = "*.cloudfront.net"
    """The front door's own domain, the one host that is believed. Default: any of CloudFront's own."""

    def check_together(self, path: str) -> None:
        """Lambda can do what the app needs, and has what it runs."""
        check_fit(self.app, self.lambda_, path, front_door=self.front_door)
        if self.lambda_.in_network and self.network is None:
            raise UsageError(f"{path}.network is missing: {path}.lambda puts the functions into one")


class Serverless(pulumi.ComponentResource):
    """One way in, one function for the app or for each service.

    `origin` is what a `FrontDoor` takes; its parts are outputs too, for other languages.
    """

    url: pulumi.Output[str]
    """Base URL of the API or function URL, which stays reachable beside a front door."""

    service_urls: pulumi.Output[Mapping[str, str]]
    """Base URL of each service, below `url`."""

    origin_domain_name: pulumi.Output[str]
    """DNS name of the API or function URL."""

    origin_path: pulumi.Output[str]
    """What the front door puts before each path; empty unless it is a REST API without a domain of yours."""

    domain_target: pulumi.Output[str]
    """DNS name that `lambda.api.domain` has to lead to; empty without one."""

    def __init__(self, name: str, args: ServerlessArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(ServerlessArgs, args, name)
        units = serverless_units(name, args.app, args.services, args.lambda_, name)
        packages = {unit.name: self._package_of(unit, args, name) for unit in units}
        super().__init__(token(Serverless), name, None, opts)
        self._name, self._args, self._units = name, args, units
        self._opts = ResourceOptions(parent=self)
        self.entry = self._create_entry()
        self.functions: dict[str, LambdaFunction] = {}
        for unit in units:
            self.functions[unit.name] = self._create_function(unit, *packages[unit.name])
        self.entry.open()
        self.origin = self.entry.origin
        self._tell_notes()
        self._set_outputs()

    def urls_below(self, base_url: Input[str]) -> Output[Mapping[str, str]]:
        """The base URL of each service, below a base URL such as the front door's."""
        return urls_below(base_url, self._units)

    def _set_outputs(self) -> None:
        self.url = self.entry.url
        self.service_urls = self.urls_below(self.url)
        self.origin_domain_name = Output.from_input(self.origin.domain_name)
        self.origin_path = Output.from_input(self.origin.origin_path or "")
        self.domain_target = Output.from_input(self.entry.domain_target or "")
        self.register_outputs(
            {
                "url": self.url,
                "serviceUrls": self.service_urls,
                "originDomainName": self.origin_domain_name,
                "originPath": self.origin_path,
                "domainTarget": self.domain_target,
            }
        )

    @staticmethod
    def _package_of(unit: Unit, args: ServerlessArgs, path: str) -> tuple[Optional[ImageRef], Optional[ZipRef]]:
        if args.lambda_.package is Package.ZIP:
            if args.zip is None:
                raise UsageError(f"{path}.zip is missing: {path}.lambda.package is zip, and a pattern builds none")
            return None, args.zip
        image = image_of(
            unit,
            app=(args.image, args.app.image),
            services=args.services,
            service_images=args.service_images,
            path=path,
        )
        check_image_source(image.uri, None, f"{path}: the image of {unit.name}")
        return image, None

    def _create_entry(self) -> Entry:
        args, settings = self._args, self._args.lambda_
        name = f"{self._name}-api"
        if settings.api.kind is ApiKind.HTTP:
            return HttpApi(
                name,
                settings.api,
                alarms=settings.alarms,
                log_retention_days=settings.log_retention_days,
                opts=self._opts,
            )
        if settings.api.kind is ApiKind.FUNCTION_URL:
            return FunctionUrl(settings.api, streaming=args.app.streaming, timeout_seconds=settings.timeout_seconds)
        return RestApi(
            name,
            settings.api,
            streaming=args.app.streaming,
            timeout_seconds=settings.timeout_seconds,
            alarms=settings.alarms,
            log_retention_days=settings.log_retention_days,
            opts=self._opts,
        )

    def _create_function(self, unit: Unit, image: Optional[ImageRef], package: Optional[ZipRef]) -> LambdaFunction:
        args, name = self._args, f"{self._name}-{unit.name}"
        function = LambdaFunction(
            name,
            LambdaFunctionArgs(
                image=image,
                zip=package,
                network=args.network if args.lambda_.in_network else None,
                egress_ports=args.app.egress_ports if args.lambda_.in_network else None,
                command=unit.command if image else None,
                port=args.app.port,
                health=args.app.health,
                memory=unit.memory,
                streaming=args.app.streaming,
                env={**unit.env, **self._told(unit)},
                secrets=unit.secrets,
                settings=args.lambda_,
                has_url=args.lambda_.api.kind is ApiKind.FUNCTION_URL,
                rollout_alarms=[alarm.arn for alarm in self.entry.alarms],
            ),
            self._opts,
        )
        target = Target(name=function.function_name, alias=function.alias_name, invoke_arn=function.invoke_arn)
        seen_through = [function.rollout.invocation] if function.rollout else []
        opts = ResourceOptions(parent=function, depends_on=seen_through)
        self.entry.lead(name, target, unit.prefixes, opts)
        return function

    def _told(self, unit: Unit) -> dict[str, Input[str]]:
        """What every runtime tells a unit, and how the public URL differs from what an API asks for."""
        args = self._args
        urls = {url_variable(called): self.entry.url for called in unit.calls}
        served = {APP_SERVICES: ",".join(unit.services)} if args.services else {}
        api = args.lambda_.api
        public: dict[str, Input[str]] = {}
        if args.front_door:
            public = {FRONT_DOOR: args.public_host}
        elif api.kind is ApiKind.REST and api.domain is None:
            public = {ROOT_PATH: f"/{api.stage}", UVICORN_ROOT_PATH: f"/{api.stage}"}
        own = {*unit.env, *unit.secrets}
        return {**{name: value for name, value in public.items() if name not in own}, **served, **urls}

    def _tell_notes(self) -> None:
        args = self._args
        for sentence in notes_on(args.app, args.services, args.lambda_, self._units, front_door=args.front_door):
            note(sentence, self)
