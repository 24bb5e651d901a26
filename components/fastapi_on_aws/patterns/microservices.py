"""Microservices: each service of the app on EKS on its own, behind one load balancer."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.args import Defaulted, arg
from fastapi_on_aws.coerce import coerce, join
from fastapi_on_aws.component import after, note, token
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.eks.cluster import EksCluster, EksClusterArgs
from fastapi_on_aws.eks.eks_args import EksArgs
from fastapi_on_aws.eks.service import EksService
from fastapi_on_aws.eks.service_args import CalledArgs, EksServiceArgs
from fastapi_on_aws.environment import APP_SERVICES, FORWARDED_ALLOW_IPS, PUBLIC_SCHEME
from fastapi_on_aws.ingress.domain import CERTIFICATE_ARN, DOMAIN_NAME
from fastapi_on_aws.ingress.load_balancer import Access, LoadBalancer, LoadBalancerArgs, check_access
from fastapi_on_aws.ingress.route_args import RouteArgs
from fastapi_on_aws.ingress.traffic import OTHER_PORT, Traffic
from fastapi_on_aws.patterns.eks_fit import check_fit, notes_on
from fastapi_on_aws.patterns.eks_units import microservices_units
from fastapi_on_aws.patterns.unit import Unit
from fastapi_on_aws.patterns.units import image_of, urls_below
from fastapi_on_aws.references import ImageRef, NetworkRef, OriginRef
from fastapi_on_aws.service import AppArgs, ServiceArgs


@dataclass(frozen=True, kw_only=True)
class MicroservicesArgs:
    """A FastAPI app on EKS, each of its services as a Deployment behind one load balancer."""

    network: NetworkRef
    """Where it runs: `Network(...).ref`, or an existing network."""

    image: Optional[ImageRef] = None
    """What it runs: `Image(...).ref`. Default: `app.image`, which then has to be a `uri`."""

    service_images: Defaulted[Mapping[str, ImageRef]] = arg(factory=dict)
    """Images of the services that have their own. Default: their `image`, which then has to be a `uri`."""

    app: Defaulted[AppArgs] = arg(factory=AppArgs)
    """How it is served, and the size and scaling of each service that says nothing else."""

    services: Optional[Mapping[str, ServiceArgs]] = None
    """What runs on its own. Default: one service, `app`, at `/`."""

    eks: Defaulted[EksArgs] = arg(factory=EksArgs)
    """EKS's own settings. A cluster of our own needs `admins` and `endpoint`."""

    access: Defaulted[Access] = Access.CLOUDFRONT
    """Who can reach the load balancer. Default: `cloudfront`, which a `FrontDoor` makes public."""

    certificate_arn: Optional[Input[str]] = arg(CERTIFICATE_ARN, default=None)
    """ACM certificate for the load balancer; needed for access from the internet. Default: none."""

    domain_name: Optional[Input[str]] = arg(DOMAIN_NAME, default=None)
    """Name that the certificate is for, and that you make lead to the load balancer. Needed with a certificate.
    Default: none."""

    def check_together(self, path: str) -> None:
        """The way in works, and there is a cluster, or all that makes one."""
        check_access(self.access, self.certificate_arn, self.domain_name, self.network, path)
        self.eks.check_complete(join(path, "eks"))


class Microservices(pulumi.ComponentResource):
    """One load balancer, one cluster, one Deployment for each service; services call each other inside the cluster.

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

    cluster_name: pulumi.Output[str]
    """Name of the cluster, for `aws eks update-kubeconfig`."""

    def __init__(self, name: str, args: MicroservicesArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(MicroservicesArgs, args, name)
        units = microservices_units(name, args.app, args.services, args.eks, name)
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
        built_for = {unit: image.architecture for unit, image in images.items()}
        check_fit(args.app, units, built_for, args.eks, name)
        super().__init__(token(Microservices), name, None, opts)
        self._name, self._args, self._units = name, args, units
        self._opts = ResourceOptions(parent=self)
        self._create_load_balancer()
        self._create_cluster()
        self._let_in()
        self.services = {unit.name: self._create_service(unit, images[unit.name]) for unit in units}
        for sentence in notes_on(args.app, units, built_for, args.eks):
            note(sentence, self)
        self._set_outputs()

    def _set_outputs(self) -> None:
        self.origin = self._origin_once_served()
        self.origin_domain_name = self.load_balancer.origin_domain_name
        self.vpc_origin_id = self.load_balancer.vpc_origin_id
        self.url = self.load_balancer.url
        self.service_urls = self.urls_below(self.url)
        self.cluster_name = self.cluster.cluster_name
        self.register_outputs(
            {
                "url": self.url,
                "serviceUrls": self.service_urls,
                "originDomainName": self.origin_domain_name,
                "vpcOriginId": self.vpc_origin_id,
                "clusterName": self.cluster_name,
            }
        )

    def urls_below(self, base_url: Input[str]) -> Output[Mapping[str, str]]:
        """The base URL of each service that has a prefix, below a base URL such as the front door's."""
        return urls_below(base_url, self._units)

    def _origin_once_served(self) -> OriginRef:
        """Handed out once requests are answered behind it: no front door turns to it sooner, or stays longer."""
        rules = [service.listener_rule for service in self.services.values() if service.listener_rule]
        origin = self.load_balancer.origin
        return dataclasses.replace(origin, domain_name=after(origin.domain_name, *rules))

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
        settings = EksClusterArgs(network=self._args.network, settings=self._args.eks)
        self.cluster = EksCluster(f"{self._name}-eks", settings, self._opts)

    def _let_in(self) -> None:
        """Requests reach pods through the group of their nodes; of a cluster that keeps it to itself, only the way out
        is ours."""
        existing, port = self._args.eks.existing, self._args.app.port
        self.ways_in: list[pulumi.Resource] = []
        if existing is None or existing.security_group_id is not None:
            requests = Traffic(
                f"{self._name}-requests",
                from_group_id=self.load_balancer.security_group_id,
                to_group_id=self.cluster.security_group_id.apply(str),
                port=port,
                description="Requests and health checks",
                opts=self._opts,
            )
            self.ways_in = [*requests.rules]
            return
        out = aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-requests-out",
            security_group_id=self.load_balancer.security_group_id,
            cidr_ipv4=self._args.network.cidr,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description="Requests and health checks",
            opts=ResourceOptions.merge(self._opts, OTHER_PORT),
        )
        self.ways_in = [out]

    def _create_service(self, unit: Unit, image: ImageRef) -> EksService:
        args = self._args
        return EksService(
            self._named(unit.name),
            EksServiceArgs(
                cluster=self.cluster.ref,
                network=args.network,
                image=image,
                command=unit.command,
                route=self._route(unit) if unit.routes else None,
                port=args.app.port,
                health=args.app.health,
                cpu=unit.cpu,
                memory=unit.memory,
                scaling=unit.scaling,
                rollout=args.eks.rollout if unit.routes else args.eks.rollout.of_a_worker,
                drain_seconds=args.app.drain_seconds,
                env={**unit.env, **self._told(unit)},
                secrets=unit.secrets,
                calls={name: CalledArgs(name=self._named(name), port=args.app.port) for name in unit.calls},
                callers=[self._named(caller.name) for caller in self._units if unit.name in caller.calls],
                egress_ports=args.app.egress_ports,
                log_retention_days=args.eks.log_retention_days,
            ),
            ResourceOptions(parent=self, providers=[self.cluster.provider]),
        )

    def _named(self, service: str) -> str:
        return f"{self._name}-{service}"

    def _route(self, unit: Unit) -> RouteArgs:
        """Handed out once the load balancer reaches pods, which are not ready before."""
        listener = self.load_balancer.listener_ref
        reached = dataclasses.replace(listener, arn=after(listener.arn, *self.ways_in))
        return RouteArgs(listener=reached, path_patterns=unit.path_patterns, priority=unit.priority)

    def _told(self, unit: Unit) -> dict[str, Input[str]]:
        """What every runtime tells a unit; where those are that it calls, its service tells it."""
        served = {APP_SERVICES: ",".join(unit.services)} if self._args.services else {}
        proxies: dict[str, Input[str]] = {FORWARDED_ALLOW_IPS: self._args.network.cidr}
        if self._args.access is Access.CLOUDFRONT:
            proxies[PUBLIC_SCHEME] = "https"
        own = {*unit.env, *unit.secrets}
        return {**{name: value for name, value in proxies.items() if name not in own}, **served}
