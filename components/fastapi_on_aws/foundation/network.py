"""A VPC whose subnets never move."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from typing import Final, NamedTuple, Optional

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from fastapi_on_aws.args import Defaulted, arg, between, not_empty
from fastapi_on_aws.cidr_plan import Tier, subnet_cidr, vpc_network, zone_letters
from fastapi_on_aws.coerce import coerce, nearest
from fastapi_on_aws.component import after, token
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.foundation.flow_logs import FlowLogs, FlowLogsArgs
from fastapi_on_aws.foundation.vpc_endpoints import gateway_endpoints, interface_endpoints
from fastapi_on_aws.references import NetworkRef
from fastapi_on_aws.regions import ZONE_LETTERS, default_zones


class Nat(StrEnum):
    """How private subnets reach the internet."""

    NONE = "none"
    """Not at all: for tasks with public addresses, or with interface endpoints for all that they call."""
    SINGLE = "single"
    """Through one NAT gateway: when its zone fails, nothing private reaches out."""
    PER_ZONE = "per_zone"
    """Through a NAT gateway in each zone."""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """A VPC in two or more zones, or an existing one."""

    region: Optional[str] = None
    """AWS region, such as `eu-west-1`. Default in a stack file: `aws:region`."""

    cidr: Defaulted[str] = "10.0.0.0/16"
    """IPv4 range for private use, /16 to /20."""

    avoid_cidrs: Defaulted[Sequence[str]] = arg(factory=list)
    """Ranges that this VPC will be connected to (peers, VPN, office); `cidr` must not overlap them."""

    zone_count: Defaulted[int] = arg(between(2, 6), default=2)
    """How many zones, unless `zones` names them. Default: 2."""

    zones: Optional[Sequence[str]] = arg(not_empty(), default=None)
    """Availability zones by name. Default: the first `zone_count` that the region offers to a new account."""

    nat: Defaulted[Nat] = Nat.PER_ZONE
    """How private subnets reach the internet. Default: `per_zone`. A gateway costs $33 a month and $0.045 a GB."""

    isolated: Defaulted[bool] = False
    """Whether there are subnets without a way out, for databases. Default: false."""

    interface_endpoints: Defaulted[Sequence[str]] = arg(factory=list)
    """AWS services reached without NAT, by the last part of the endpoint's name, such as `ecr.api`, `ecr.dkr`, `logs`.

    Each costs about $7.30 a month and zone. S3 and DynamoDB have free gateway endpoints always.
    """

    flow_logs: Defaulted[FlowLogsArgs] = arg(factory=FlowLogsArgs)
    """A record of the traffic."""

    existing: Optional[NetworkRef] = None
    """A VPC that exists; then nothing is created, and of the rest only `region` may be given."""

    def check_together(self, path: str) -> None:
        """An existing network is taken as it is; a new one fits its region."""
        if self.existing is not None:
            default = NetworkArgs()
            given = [f for f in _CREATED if getattr(self, f) != getattr(default, f)]
            if given:
                raise UsageError(f"{path} has both existing and {given[0]}: an existing network is taken as it is")
            return
        vpc_network(self.cidr, self.avoid_cidrs, path)
        if self.region is None:
            return
        if self.region not in ZONE_LETTERS:
            raise UsageError(f"{path}.region {self.region!r} is not an AWS region{nearest(self.region, ZONE_LETTERS)}")
        zones = self.zone_names(path)
        zone_letters(zones, self.region, f"{path}.zones")
        if len(zones) < 2:
            raise UsageError(f"{path}.zones names one zone; a load balancer needs two")

    def zone_names(self, path: str) -> list[str]:
        """The zones of a new network, in the order given."""
        if self.zones is not None:
            return list(self.zones)
        return default_zones(self.region or "", self.zone_count, f"{path}.zone_count")


_CREATED: Final = ("cidr", "avoid_cidrs", "zone_count", "zones", "nat", "isolated", "interface_endpoints", "flow_logs")


class Subnet(NamedTuple):
    """A subnet and its place in a route table."""

    resource: aws.ec2.Subnet
    association: aws.ec2.RouteTableAssociation

    @property
    def id(self) -> pulumi.Output[str]:
        """Of the subnet itself, before its way out exists."""
        return self.resource.id


class Network(pulumi.ComponentResource):
    """A VPC: public and private subnets, isolated ones if asked for, and the ways out.

    Every subnet has a fixed range that depends on its tier and zone alone (see `cidr_plan`), so adding a zone or a
    tier moves nothing. The default security group is emptied. Nothing is looked up.

    `ref` is what a pattern takes. A subnet is handed out when its way out exists, so what starts in it can reach out.
    """

    vpc_id: pulumi.Output[str]
    private_subnet_ids: pulumi.Output[Sequence[str]]
    public_subnet_ids: pulumi.Output[Sequence[str]]
    isolated_subnet_ids: pulumi.Output[Sequence[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(NetworkArgs, args, name)
        super().__init__(token(Network), name, None, opts)
        self._name, self._opts = name, ResourceOptions(parent=self)
        self.ref = args.existing or self._create(args)
        self.vpc_id = pulumi.Output.from_input(self.ref.vpc_id)
        self.private_subnet_ids = _ids(self.ref.private_subnet_ids)
        self.public_subnet_ids = _ids(self.ref.public_subnet_ids)
        self.isolated_subnet_ids = _ids(self.ref.isolated_subnet_ids)
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "privateSubnetIds": self.private_subnet_ids,
                "publicSubnetIds": self.public_subnet_ids,
                "isolatedSubnetIds": self.isolated_subnet_ids,
            }
        )

    def _create(self, args: NetworkArgs) -> NetworkRef:
        if args.region is None:
            raise UsageError(f"{self._name}.region is missing: it has no default")
        zones = args.zone_names(self._name)
        self._zones = dict(zip(zone_letters(zones, args.region, f"{self._name}.zones"), zones, strict=True))
        self._range = vpc_network(args.cidr, args.avoid_cidrs, self._name)
        self._create_vpc()
        self._create_public_subnets()
        self._create_nat_gateways(args.nat)
        self._create_private_subnets()
        self._create_isolated_subnets(args.isolated)
        self._create_endpoints(args, args.region)
        if args.flow_logs.enabled:
            self.flow_logs = FlowLogs(f"{self._name}-flow-logs", self.vpc.id, args.flow_logs, self._opts)
        return self._reference()

    def _create_vpc(self) -> None:
        self.vpc = aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=str(self._range),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": self._name},
            opts=self._opts,
        )
        self.default_security_group = aws.ec2.DefaultSecurityGroup(
            f"{self._name}-default", vpc_id=self.vpc.id, ingress=[], egress=[], opts=self._opts
        )
        self.internet_gateway = aws.ec2.InternetGateway(
            f"{self._name}-internet", vpc_id=self.vpc.id, tags={"Name": self._name}, opts=self._opts
        )

    def _create_public_subnets(self) -> None:
        self.public_route_table = self._route_table(f"{self._name}-public")
        self.public_route = aws.ec2.Route(
            f"{self._name}-public-internet",
            route_table_id=self.public_route_table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=self.internet_gateway.id,
            opts=self._opts,
        )
        self.public_subnets = [self._subnet(Tier.PUBLIC, letter, self.public_route_table) for letter in self._zones]

    def _create_nat_gateways(self, nat: Nat) -> None:
        count = {Nat.NONE: 0, Nat.SINGLE: 1, Nat.PER_ZONE: len(self._zones)}[nat]
        self.nat_gateways = [
            self._nat_gateway(f"{self._name}-nat-{letter}", subnet)
            for letter, subnet in list(zip(self._zones, self.public_subnets, strict=True))[:count]
        ]

    def _nat_gateway(self, name: str, subnet: Subnet) -> aws.ec2.NatGateway:
        address = aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=self._opts)
        return aws.ec2.NatGateway(
            name,
            allocation_id=address.allocation_id,
            subnet_id=after(subnet.id, self.public_route),
            tags={"Name": name},
            opts=self._opts,
        )

    def _create_private_subnets(self) -> None:
        self.private_route_tables = [self._route_table(f"{self._name}-private-{letter}") for letter in self._zones]
        self.private_subnets = [
            self._subnet(Tier.PRIVATE, letter, table)
            for letter, table in zip(self._zones, self.private_route_tables, strict=True)
        ]
        self.private_routes = [
            aws.ec2.Route(
                f"{self._name}-private-{letter}-nat",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateway.id,
                opts=self._opts,
            )
            for letter, table, gateway in zip(self._zones, self.private_route_tables, cycle(self.nat_gateways))
        ]

    def _create_isolated_subnets(self, wanted: bool) -> None:
        self.isolated_subnets = []
        if wanted:
            self.isolated_route_table = self._route_table(f"{self._name}-isolated")
            self.isolated_subnets = [
                self._subnet(Tier.ISOLATED, letter, self.isolated_route_table) for letter in self._zones
            ]

    def _route_table(self, name: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(name, vpc_id=self.vpc.id, tags={"Name": name}, opts=self._opts)

    def _subnet(self, tier: Tier, letter: str, table: aws.ec2.RouteTable) -> Subnet:
        name = f"{self._name}-{tier}-{letter}"
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self.vpc.id,
            cidr_block=subnet_cidr(self._range, tier, letter),
            availability_zone=self._zones[letter],
            map_public_ip_on_launch=False,
            tags={"Name": name},
            opts=self._opts,
        )
        route = aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=self._opts)
        return Subnet(subnet, route)

    def _create_endpoints(self, args: NetworkArgs, region: str) -> None:
        tables = [self.public_route_table, *self.private_route_tables]
        self.gateway_endpoints = gateway_endpoints(self._name, region, self.vpc.id, tables, self._opts)
        self.interface_endpoints = interface_endpoints(
            self._name,
            region,
            args.interface_endpoints,
            vpc_id=self.vpc.id,
            vpc_cidr=str(self._range),
            subnet_ids=[subnet.id for subnet in self.private_subnets],
            opts=self._opts,
        )

    def _reference(self) -> NetworkRef:
        private_ways_out = [*self.private_routes, *self.gateway_endpoints, *self.interface_endpoints]
        return NetworkRef(
            vpc_id=after(self.vpc.id, self.internet_gateway),
            cidr=str(self._range),
            private_subnet_ids=[after(s.id, s.association, *private_ways_out) for s in self.private_subnets],
            public_subnet_ids=[after(s.id, s.association, self.public_route) for s in self.public_subnets],
            isolated_subnet_ids=[after(s.id, s.association) for s in self.isolated_subnets],
        )


def _ids(given: pulumi.Input[Sequence[pulumi.Input[str]]]) -> pulumi.Output[Sequence[str]]:
    return pulumi.Output.from_input(given).apply(lambda ids: [str(id) for id in ids])
