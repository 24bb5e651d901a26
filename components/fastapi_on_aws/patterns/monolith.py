"""The monolith: the whole app as one ECS service, its workers as services of their own."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

import pulumi
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.args import Defaulted, arg
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import after, note, token
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.ecs.cluster import EcsCluster, EcsClusterArgs
from fastapi_on_aws.ecs.ecs_args import EcsArgs
from fastapi_on_aws.ecs.service import EcsService
from fastapi_on_aws.ecs.service_args import EcsServiceArgs
from fastapi_on_aws.environment import APP_SERVICES, FORWARDED_ALLOW_IPS, PUBLIC_SCHEME, url_variable
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ingress.domain import CERTIFICATE_ARN, DOMAIN_NAME
from fastapi_on_aws.ingress.load_balancer import Access, LoadBalancer, LoadBalancerArgs, check_access
from fastapi_on_aws.ingress.route_args import RouteArgs
from fastapi_on_aws.ingress.traffic import Traffic
from fastapi_on_aws.patterns.calls import notes_on_circles
from fastapi_on_aws.patterns.ecs_units import check_callers_reach, monolith_units
from fastapi_on_aws.patterns.unit import SHARED_UNIT, Unit
from fastapi_on_aws.patterns.units import image_of, urls_below
from fastapi_on_aws.references import ClusterRef, ImageRef, NetworkRef, OriginRef
from fastapi_on_aws.service import AppArgs, ServiceArgs


@dataclass(frozen=True, kw_only=True)
class MonolithArgs:
    """A FastAPI app on ECS Fargate, as one service behind one load balancer."""

    network: NetworkRef
    """Where it runs: `Network(...).ref`, or an existing network."""

    image: Optional[ImageRef] = None
    """What it runs: `Image(...).ref`. Default: `app.image`, which then has to be a `uri`."""

    service_images: Defaulted[Mapping[str, ImageRef]] = arg(factory=dict)
    """Images of the services that have their own. Default: their `image`, which then has to be a `uri`."""

    app: Defaulted[AppArgs] = arg(factory=AppArgs)
    """How it is served, its size and scaling."""

    services: Optional[Mapping[str, ServiceArgs]] = None
    """Its seams. Those with a command or image of their own run on their own. Default: one service at `/`."""

    ecs: Defaulted[EcsArgs] = arg(factory=EcsArgs)
    """ECS's own settings."""

    access: Defaulted[Access] = Access.CLOUDFRONT
    """Who can reach the load balancer. Default: `cloudfront`, which a `FrontDoor` makes public."""

    certificate_arn: Optional[Input[str]] = arg(CERTIFICATE_ARN, default=None)
    """ACM certificate for the load balancer; needed for access from the internet. Default: none."""

    domain_name: Optional[Input[str]] = arg(DOMAIN_NAME, default=None)
    """Name that the certificate is for, and that you make lead to the load balancer. Needed with a certificate.
    Default: none."""

    def check_together(self, path: str) -> None:
        """The way in works, and tasks have subnets to stand in."""
        check_access(self.access, self.certificate_arn, self.domain_name, self.network, path)
        if self.ecs.assign_public_ip and self.network.has_no_public_subnets:
            raise UsageError(f"{path}.ecs.assign_public_ip is true, and the network has no public subnets")


class Monolith(pulumi.ComponentResource):
    """One load balancer, one cluster, one service for the app and one for each worker.

    `origin` is what a `FrontDoor` takes; its parts are outputs too, for other languages.
    """

    url: pulumi.Output[str]
    """Base URL of the load balancer, as seen by who can reach it."""

    service_urls: pulumi.Output[Mapping[str, str]]
    """Base URL of each service that has a prefix, below `url`."""

    origin_domain_name: pulumi.Output[str]
    """DNS name of the load balancer."""

    vpc_origin_id: pulumi.Output[str]
    """CloudFront VPC origin of the load balancer; empty unless access is from CloudFront."""

    def __init__(self, name: str, args: MonolithArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(MonolithArgs, args, name)
        units = monolith_units(name, args.app, args.services, name)
        check_callers_reach(units, args.access, name)
        images = {
            unit.name: image_of(
                unit,
                app=(args.image, args.app.image),
                services=args.services,
                service_images=args.service_images,
                path=name,
            )
            for unit in units
        }
        super().__init__(token(Monolith), name, None, opts)
        self._name, self._args, self._opts = name, args, ResourceOptions(parent=self)
        self._create_load_balancer()
        self._create_cluster()
        self.services: dict[str, EcsService] = {}
        for unit in units:
            self.services[unit.name] = self._create_service(unit, images[unit.name])
        for sentence in notes_on_circles(units):
            note(sentence, self)
        self.calls: dict[str, Traffic] = {}
        self._allow_calls(units)
        self.origin = self._origin_once_served()
        self.origin_domain_name = self.load_balancer.origin_domain_name
        self.vpc_origin_id = self.load_balancer.vpc_origin_id
        self.url = self.load_balancer.url
        self._units = units
        self.service_urls = self.urls_below(self.url)
        self.register_outputs(
            {
                "url": self.url,
                "serviceUrls": self.service_urls,
                "originDomainName": self.origin_domain_name,
                "vpcOriginId": self.vpc_origin_id,
            }
        )

    def _origin_once_served(self) -> OriginRef:
        """Handed out once requests are answered behind it: no front door turns to it sooner, or stays longer."""
        rules = [service.listener_rule for service in self.services.values() if service.listener_rule]
        origin = self.load_balancer.origin
        return dataclasses.replace(origin, domain_name=after(origin.domain_name, *rules))

    def urls_below(self, base_url: Input[str]) -> Output[Mapping[str, str]]:
        """The base URL of each service that has a prefix, below a base URL such as the front door's."""
        return urls_below(base_url, self._units)

    def _create_load_balancer(self) -> None:
        args = self._args
        self.load_balancer = LoadBalancer(
            f"{self._name}-lb",
            LoadBalancerArgs(
                network=args.network,
                access=args.access,
                certificate_arn=args.certificate_arn,
                domain_name=args.domain_name,
                idle_timeout_seconds=Draining(args.app.drain_seconds).idle_timeout_seconds,
            ),
            self._opts,
        )

    def _create_cluster(self) -> None:
        self.cluster = EcsCluster(
            self._name, EcsClusterArgs(container_insights=self._args.ecs.container_insights), self._opts
        )

    def _create_service(self, unit: Unit, image: ImageRef) -> EcsService:
        args = self._args
        for text in unit.notes:
            note(text, self)
        if args.ecs.scaling.requests is not None and not unit.routes:
            note(f"ecs.scaling.requests does not apply to {unit.name}: nothing is sent to a worker", self)
        return EcsService(
            f"{self._name}-{unit.name}",
            EcsServiceArgs(
                cluster=self._cluster_for(unit),
                network=args.network,
                image=image,
                command=unit.command,
                route=self._route(unit) if unit.routes else None,
                port=args.app.port,
                health=args.app.health,
                cpu=unit.cpu,
                memory=unit.memory,
                scaling=unit.scaling,
                drain_seconds=args.app.drain_seconds,
                env={**unit.env, **self._told(unit)},
                secrets=unit.secrets,
                spot=args.ecs.spot,
                requests=args.ecs.scaling.requests if unit.routes else None,
                assign_public_ip=args.ecs.assign_public_ip,
                egress_ports=args.app.egress_ports,
                log_retention_days=args.ecs.log_retention_days,
            ),
            self._opts,
        )

    def _cluster_for(self, unit: Unit) -> ClusterRef:
        """The shared unit stops serving what moved out of it only when that is served elsewhere."""
        if unit.name != SHARED_UNIT:
            return self.cluster.ref
        moved_out = [service.listener_rule for service in self.services.values() if service.listener_rule]
        return ClusterRef(arn=after(self.cluster.arn, *moved_out), name=self.cluster.cluster_name)

    def _route(self, unit: Unit) -> RouteArgs:
        return RouteArgs(
            listener=self.load_balancer.listener_ref, path_patterns=unit.path_patterns, priority=unit.priority
        )

    def _told(self, unit: Unit) -> dict[str, Input[str]]:
        """What every runtime tells a unit: which of the services it should serve, and where those are that it calls."""
        urls = {url_variable(called): self.load_balancer.url for called in unit.calls}
        served = {APP_SERVICES: ",".join(unit.services)} if self._args.services else {}
        proxies: dict[str, Input[str]] = {FORWARDED_ALLOW_IPS: self._args.network.cidr}
        if self._args.access is Access.CLOUDFRONT:
            proxies[PUBLIC_SCHEME] = "https"
        own = {*unit.env, *unit.secrets}
        return {**{name: value for name, value in proxies.items() if name not in own}, **served, **urls}

    def _allow_calls(self, units: list[Unit]) -> None:
        for unit in units:
            if unit.calls:
                service = self.services[unit.name]
                self.calls[unit.name] = self.load_balancer.allow_caller(
                    f"{self._name}-{unit.name}", service.security_group.id, ResourceOptions(parent=service)
                )
