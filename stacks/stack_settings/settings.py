"""All keys of a stack file, with their defaults."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fastapi_on_aws import (
    Access,
    AppArgs,
    Architecture,
    EcsArgs,
    EksArgs,
    ImageArgs,
    LambdaArgs,
    Nat,
    NetworkArgs,
    Package,
    ServiceArgs,
    UsageError,
    ZipArgs,
)
from fastapi_on_aws.args import Defaulted, arg, given, not_empty
from fastapi_on_aws.coerce import is_known
from fastapi_on_aws.eks.existing_args import region_in
from fastapi_on_aws.ingress.load_balancer import check_access
from fastapi_on_aws.patterns import eks_fit
from fastapi_on_aws.patterns.ecs_units import check_callers_reach, monolith_units
from fastapi_on_aws.patterns.eks_units import microservices_units
from fastapi_on_aws.patterns.lambda_fit import check_fit, check_image_source, check_regions
from fastapi_on_aws.patterns.lambda_units import serverless_units
from fastapi_on_aws.patterns.unit import Unit
from fastapi_on_aws.policy_documents import region_of
from stack_settings.blocks import FrontDoorBlock, LoadBalancerBlock
from stack_settings.sample_app import is_sample_app
from stack_settings.tags import check_tags
from stack_settings.without_nat import NEEDED_BY_NODES, NEEDED_BY_TASKS, check_reached

APP: Final = "app"
"""Name of the pattern's component; names of services have to fit behind it."""

LONGEST_ANSWER_SECONDS: Final = 60
"""What CloudFront waits for an origin without a higher quota."""


class Pattern(StrEnum):
    """The architecture."""

    MONOLITH = "monolith"
    """One ECS Fargate service for the app, one for each worker."""
    MICROSERVICES = "microservices"
    """One Deployment on EKS for each service."""
    SERVERLESS = "serverless"
    """One Lambda function for the app, or one for each service."""


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

    eks: Defaulted[EksArgs] = arg(factory=EksArgs)
    """EKS's own settings. Microservices need `admins` and `endpoint`, or a cluster that is there."""

    lambda_: Defaulted[LambdaArgs] = arg(factory=LambdaArgs)
    """Lambda's own settings."""

    protect: Defaulted[bool] = False
    """Whether the network, the images and the front door refuse to be deleted. Default: false."""

    tags: Defaulted[Mapping[str, str]] = arg(factory=dict)
    """Tags of every resource, beside `project`, `stack` and `managed-by`. Default: none."""

    @property
    def access(self) -> Access:
        """Who can reach the load balancer."""
        return self.load_balancer.access or (Access.CLOUDFRONT if self.front_door.enabled else Access.VPC)

    @property
    def images(self) -> dict[str, ImageArgs]:
        """The app's own image, if any service runs it, and those of services that have their own; by logical name.

        The same with every pattern, since their repositories stay. While a zip runs, nothing is built into them.
        """
        images = {where.replace("services.", f"{APP}-"): image for where, image in self.described_images.items()}
        if self.runs_zip:
            return {
                name: image if image.uri else dataclasses.replace(image, build=False) for name, image in images.items()
            }
        return images

    @property
    def described_images(self) -> dict[str, ImageArgs]:
        """Config path of who has it -> image; the app's is there unless all services have their own."""
        services = self.services or {}
        own = {f"services.{name}": service.image for name, service in services.items() if service.image}
        return own if services and len(own) == len(services) else {"app": self.app.image, **own}

    @property
    def zip(self) -> ZipArgs:
        """What the zip file is made of, with the code's folder filled in."""
        zip_args = self.lambda_.zip or ZipArgs()
        folder = (zip_args.handler or "").partition(".")[0]
        return dataclasses.replace(zip_args, include=zip_args.include or [folder])

    @property
    def runs_zip(self) -> bool:
        """Whether functions run a zip file and no image."""
        return self.pattern is Pattern.SERVERLESS and self.lambda_.package is Package.ZIP

    @property
    def nat_is_idle(self) -> bool:
        """Whether there are NAT gateways with nobody behind them."""
        made = self.network.existing is None and self.network.nat is not Nat.NONE
        return made and self.pattern is Pattern.SERVERLESS and not self.lambda_.in_network

    def check_together(self, path: str) -> None:
        """The services fit the pattern, and the ways in and out fit each other. Nothing is registered yet."""
        unused = [] if self.front_door.enabled else given(self.front_door, but=("enabled",))
        if unused:
            raise UsageError(f"{path}front_door.{unused[0]} does not apply while {path}front_door.enabled is false")
        check_tags(self.tags, f"{path}tags")
        self._check_images(path)
        if self.pattern is Pattern.SERVERLESS:
            serverless_units(APP, self.app, self.services, self.lambda_, path)
            check_fit(self.app, self.lambda_, path, front_door=self.front_door.enabled)
            check_regions(self.lambda_, self.network.region, path)
            if not self.runs_zip:
                for where, image in self.described_images.items():
                    check_image_source(image.uri, self.network.region, f"{path}{where}.image.uri")
            self._check_zip(path)
            return
        if self.pattern is Pattern.MICROSERVICES:
            self._check_microservices(path)
            return
        check_callers_reach(monolith_units(APP, self.app, self.services, path), self.access, path)
        self._check_ways_in(path)
        self._check_ways_out(path)

    def _check_microservices(self, path: str) -> None:
        units = microservices_units(APP, self.app, self.services, self.eks, path)
        self.eks.check_complete(f"{path}eks")
        eks_fit.check_fit(self.app, units, {unit.name: self._built_for(unit) for unit in units}, self.eks, path)
        self._check_ways_in(path)
        existing = self.eks.existing
        if existing and is_known(existing.endpoint) and region_in(str(existing.endpoint)) != self.network.region:
            raise UsageError(
                f"{path}eks.existing.endpoint is of {region_in(str(existing.endpoint))}, and the stack is in"
                f" {self.network.region}: its load balancer reaches no pods there; name a cluster of"
                f" {self.network.region}, or set aws:region"
            )
        if existing and self.network.existing is None:
            raise UsageError(
                f"{path}eks.existing is a cluster in a network of its own, and the stack would make another, whose load"
                f" balancer reaches no pods there; name the cluster's under {path}network.existing"
            )
        check_reached(
            self.network,
            NEEDED_BY_NODES | {"logs"} if self.eks.container_logs else NEEDED_BY_NODES,
            self.described_images,
            self._known_secrets,
            path,
            stuck="nodes in private subnets could not join the cluster, nor pods start; set it to single or per_zone",
        )

    @property
    def _known_secrets(self) -> dict[str, str]:
        """Config path -> ARN."""
        owners = {"app": self.app.secrets, **{f"services.{n}": s.secrets for n, s in (self.services or {}).items()}}
        return {
            f"{owner}.secrets.{name}": str(arn)
            for owner, secrets in owners.items()
            for name, arn in secrets.items()
            if is_known(arn)
        }

    def _built_for(self, unit: Unit) -> Architecture:
        own = (self.services or {})[unit.name].image if unit.own_image else None
        return (own or self.app.image).architecture or Architecture.ARM64

    def _check_images(self, path: str) -> None:
        for where, image in self.described_images.items():
            if not image.build and not self.runs_zip:
                raise UsageError(f"{path}{where}.image.build is false, and its image is what runs; take it out")

    def _check_zip(self, path: str) -> None:
        if self.runs_zip and self.zip.handler is None and not is_sample_app(self.app, self.lambda_):
            raise UsageError(
                f"{path}lambda.zip.handler is missing: name the function of your app that answers Lambda's events, such"
                " as shop.lambda_handler.handler; sample_app/entrypoints/aws_lambda.py is one to copy"
            )

    def _check_ways_in(self, path: str) -> None:
        balancer, front_door = self.load_balancer, self.front_door
        if front_door.enabled and self.access is not Access.CLOUDFRONT:
            raise UsageError(
                f"{path}load_balancer.access is {self.access}, which leaves the front door outside;"
                f" set {path}front_door.enabled to false, or take access out"
            )
        if not front_door.enabled and self.access is Access.CLOUDFRONT:
            raise UsageError(
                f"{path}load_balancer.access is cloudfront, and {path}front_door.enabled is false: nobody could reach"
                " it; use access vpc or internet"
            )
        existing, where = self.network.existing, f"{path}load_balancer"
        check_access(self.access, balancer.certificate_arn, balancer.domain_name, existing, where)
        certified = balancer.certificate_arn
        if certified and region_of(certified) != self.network.region:
            raise UsageError(
                f"{where}.certificate_arn is of {region_of(certified)}, and a load balancer takes those of its own"
                f" region alone; ask ACM for one in {self.network.region}"
            )
        if front_door.enabled and self.app.drain_seconds > LONGEST_ANSWER_SECONDS:
            raise UsageError(
                f"{path}app.drain_seconds is {self.app.drain_seconds}, and the front door waits"
                f" {LONGEST_ANSWER_SECONDS} s for an answer; lower it, or set {path}front_door.enabled to false"
            )

    def _check_ways_out(self, path: str) -> None:
        network = self.network
        if self.ecs.assign_public_ip:
            if network.existing and network.existing.has_no_public_subnets:
                raise UsageError(
                    f"{path}ecs.assign_public_ip is true, and {path}network.existing has no public subnets"
                )
            return
        check_reached(
            network,
            NEEDED_BY_TASKS,
            self.described_images,
            self._known_secrets,
            path,
            stuck="tasks in private subnets could not pull their image or start; set"
            f" {path}ecs.assign_public_ip to true",
        )
