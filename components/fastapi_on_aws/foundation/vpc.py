"""The resources of a new network."""

from __future__ import annotations

from itertools import cycle
from typing import NamedTuple

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from fastapi_on_aws.cidr_plan import Tier, subnet_cidr, vpc_network
from fastapi_on_aws.component import after
from fastapi_on_aws.foundation.flow_logs import FlowLogs
from fastapi_on_aws.foundation.network_args import Nat, NetworkArgs
from fastapi_on_aws.foundation.vpc_endpoints import InterfaceEndpoints, gateway_endpoints
from fastapi_on_aws.references import NetworkRef


class Subnet(NamedTuple):
    """A subnet and its place in a route table."""

    resource: aws.ec2.Subnet
    association: aws.ec2.RouteTableAssociation

    @property
    def id(self) -> pulumi.Output[str]:
        """Of the subnet itself, before its way out exists."""
        return self.resource.id


class Vpc:
    """A VPC, its subnets and the ways out."""

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions) -> None:
        self._name, self._opts = name, opts
        self._zones = args.zone_letters(name)
        self._range = vpc_network(args.cidr, args.avoid_cidrs, name)
        self._create_vpc()
        self._create_public_subnets()
        self._create_nat_gateways(args.nat)
        self._create_private_subnets()
        self._create_isolated_subnets(wanted=args.isolated)
        self._create_endpoints(args)
        self.flow_logs = (
            FlowLogs(f"{name}-flow-logs", self.vpc.id, args.flow_logs, opts) if args.flow_logs.enabled else None
        )

    @property
    def ref(self) -> NetworkRef:
        """A subnet is handed out when its way out exists, so what starts in it can reach out."""
        private_ways_out = [*self.private_routes, *self.gateway_endpoints, *self.interface_endpoints.endpoints]
        return NetworkRef(
            vpc_id=after(self.vpc.id, self.internet_gateway),
            cidr=str(self._range),
            private_subnet_ids=[after(s.id, s.association, *private_ways_out) for s in self.private_subnets],
            public_subnet_ids=[after(s.id, s.association, self.public_route) for s in self.public_subnets],
            isolated_subnet_ids=[after(s.id, s.association) for s in self.isolated_subnets],
        )

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
        places = list(zip(self._zones, self.public_subnets, strict=True))[:count]
        self.nat_addresses = [self._nat_address(f"{self._name}-nat-{letter}") for letter, _ in places]
        self.nat_gateways = [
            self._nat_gateway(f"{self._name}-nat-{letter}", subnet, address)
            for (letter, subnet), address in zip(places, self.nat_addresses, strict=True)
        ]

    def _nat_address(self, name: str) -> aws.ec2.Eip:
        return aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=self._opts)

    def _nat_gateway(self, name: str, subnet: Subnet, address: aws.ec2.Eip) -> aws.ec2.NatGateway:
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

    def _create_isolated_subnets(self, *, wanted: bool) -> None:
        self.isolated_route_table = self._route_table(f"{self._name}-isolated") if wanted else None
        self.isolated_subnets = (
            [self._subnet(Tier.ISOLATED, letter, self.isolated_route_table) for letter in self._zones]
            if self.isolated_route_table
            else []
        )

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

    def _create_endpoints(self, args: NetworkArgs) -> None:
        region = args.region or ""
        tables = [self.public_route_table, *self.private_route_tables]
        self.gateway_endpoints = gateway_endpoints(self._name, region, self.vpc.id, tables, self._opts)
        self.interface_endpoints = InterfaceEndpoints(
            self._name,
            region,
            args.interface_endpoints,
            vpc_id=self.vpc.id,
            vpc_cidr=str(self._range),
            subnet_ids=[subnet.id for subnet in self.private_subnets],
            opts=self._opts,
        )
