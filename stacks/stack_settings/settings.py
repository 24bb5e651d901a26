"""All keys of a stack file, with their defaults."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import pulumi
from pulumi.runtime.config import CONFIG

from fastapi_on_aws import (
    Access,
    AppArgs,
    DomainArgs,
    EcsArgs,
    FrontDoorArgs,
    ImageArgs,
    Nat,
    NetworkArgs,
    OriginRef,
    PriceClass,
    ServiceArgs,
    UsageError,
)
from fastapi_on_aws.args import Defaulted, arg, not_empty
from fastapi_on_aws.coerce import coerce, nearest
from fastapi_on_aws.patterns.monolith import check_callers_reach, monolith_units
from fastapi_on_aws.regions import ZONE_LETTERS

SAMPLE_APP_DOCKERFILE: Final = "sample_app/Dockerfile"
SAMPLE_APP_ASGI: Final = "sample_app.entrypoints.asgi:app"

APP: Final = "app"
"""Name of the pattern's component; names of services have to fit behind it."""


LONGEST_ANSWER_SECONDS: Final = 60
"""What CloudFront waits for an origin without a higher quota."""


class Pattern(StrEnum):
    """The architecture."""

    MONOLITH = "monolith"
    """One ECS Fargate service for the app, one for each worker."""


@dataclass(frozen=True, kw_only=True)
class FrontDoorBlock:
    """CloudFront: the public URL."""

    enabled: Defaulted[bool] = True
    """Whether there is one. Default: true; without it the load balancer is reached from the VPC or the internet."""

    domain: DomainArgs | None = None
    """A domain of yours. Default: the distribution's own name, with CloudFront's certificate."""

    price_class: Defaulted[PriceClass] = PriceClass.ALL
    """Where requests are answered. Default: `PriceClass_All`."""

    web_acl_arn: str | None = None
    """AWS WAF web ACL (of scope CLOUDFRONT, in us-east-1). Default: none."""

    def before(self, origin: OriginRef) -> FrontDoorArgs:
        """The front door of an origin, as chosen here."""
        return FrontDoorArgs(
            origin=origin, domain=self.domain, price_class=self.price_class, web_acl_arn=self.web_acl_arn
        )


@dataclass(frozen=True, kw_only=True)
class LoadBalancerBlock:
    """The load balancer of the app."""

    access: Access | None = None
    """Who can reach it. Default: `cloudfront` with a front door, `vpc` without."""

    certificate_arn: str | None = None
    """ACM certificate in the stack's region; needed for access from the internet."""

    domain_name: str | None = None
    """Name that the certificate is for, and that you make lead to the load balancer."""


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """A stack file. A region and nothing else is a whole one."""

    pattern: Defaulted[Pattern] = Pattern.MONOLITH
    """The architecture. Default: `monolith`."""

    app: Defaulted[AppArgs] = arg(factory=AppArgs)
    """The FastAPI app: image, command, health, size, scaling. Default: the sample app."""

    services: Mapping[str, ServiceArgs] | None = arg(
        not_empty("must name at least one service, or be left out for one at /"), default=None
    )
    """The app's seams, by name. Default: one service at `/`."""

    network: Defaulted[NetworkArgs] = arg(factory=NetworkArgs)
    """A VPC, or an existing one."""

    load_balancer: Defaulted[LoadBalancerBlock] = arg(factory=LoadBalancerBlock)
    """Who can reach the load balancer."""

    front_door: Defaulted[FrontDoorBlock] = arg(factory=FrontDoorBlock)
    """The public URL."""

    ecs: Defaulted[EcsArgs] = arg(factory=EcsArgs)
    """ECS's own settings."""

    protect: Defaulted[bool] = False
    """Whether the network, the images and the front door refuse to be deleted. Default: false."""

    tags: Defaulted[Mapping[str, str]] = arg(factory=dict)
    """Tags of every resource, beside `project`, `stack` and `managed-by`."""

    @property
    def access(self) -> Access:
        """Who can reach the load balancer."""
        return self.load_balancer.access or (Access.CLOUDFRONT if self.front_door.enabled else Access.VPC)

    @property
    def own_images(self) -> dict[str, ImageArgs]:
        """The images of services that have their own."""
        return {name: service.image for name, service in (self.services or {}).items() if service.image}

    @property
    def app_runs(self) -> bool:
        """Whether anything runs the app's own image."""
        return any(not unit.own_image for unit in monolith_units(APP, self.app, self.services, ""))

    def check_together(self, path: str) -> None:
        """The services fit the pattern, and the ways in and out fit each other. Nothing is registered yet."""
        check_callers_reach(monolith_units(APP, self.app, self.services, path), self.access, path)
        if self.front_door.enabled and self.access is not Access.CLOUDFRONT:
            raise UsageError(
                f"{path}load_balancer.access is {self.access}, which leaves the front door outside;"
                f" set {path}front_door.enabled to false, or take access out"
            )
        if not self.front_door.enabled and self.access is Access.CLOUDFRONT:
            raise UsageError(
                f"{path}load_balancer.access is cloudfront, and {path}front_door.enabled is false: nobody could reach"
                " it; use access vpc or internet"
            )
        if self.front_door.enabled and self.app.drain_seconds > LONGEST_ANSWER_SECONDS:
            raise UsageError(
                f"{path}app.drain_seconds is {self.app.drain_seconds}, and the front door waits"
                f" {LONGEST_ANSWER_SECONDS} s for an answer; lower it, or set {path}front_door.enabled to false"
            )
        network = self.network
        no_way_out = network.existing is None and network.nat is Nat.NONE and not network.interface_endpoints
        if no_way_out and not self.ecs.assign_public_ip:
            raise UsageError(
                f"{path}network.nat is none, so tasks in private subnets could not even pull their image;"
                f" set {path}ecs.assign_public_ip to true, or list {path}network.interface_endpoints"
            )


def read_settings() -> StackSettings:
    """The settings of the running stack; raises ``UsageError`` with the config path of what is wrong."""
    namespace = f"{pulumi.get_project()}:"
    given = {
        key.removeprefix(namespace): _parsed(value) for key, value in CONFIG.get().items() if key.startswith(namespace)
    }
    network = given.get("network", {})
    if isinstance(network, Mapping):
        given["network"] = {**network, "region": _region(network, namespace)}
    settings = coerce(StackSettings, given, namespace)
    return dataclasses.replace(settings, app=_sample_app_by_default(settings.app))


def _sample_app_by_default(app: AppArgs) -> AppArgs:
    """The sample app, as long as nothing says what else to serve."""
    image = app.image
    if image.uri or image.context or image.dockerfile or app.asgi or app.command:
        return app
    return dataclasses.replace(
        app, image=dataclasses.replace(image, dockerfile=SAMPLE_APP_DOCKERFILE), asgi=SAMPLE_APP_ASGI
    )


def _parsed(raw: str) -> Any:
    """What the engine hands over: text as it is, everything else as JSON."""
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _region(network: Mapping[str, Any], namespace: str) -> str:
    region = pulumi.Config("aws").get("region")
    if region is None:
        raise UsageError("aws:region is missing: set it in the stack file, such as aws:region: eu-west-1")
    if region not in ZONE_LETTERS and "zones" not in network:
        raise UsageError(f"aws:region cannot be {region!r}{nearest(region, ZONE_LETTERS)}")
    if network.get("region") not in (None, region):
        raise UsageError(
            f"{namespace}network.region is {network['region']}, and aws:region is {region}; take the first one out"
        )
    return region
