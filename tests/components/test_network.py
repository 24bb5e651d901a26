"""The network: what stands where, and that it stays there."""

import dataclasses
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from fastapi_on_aws import FlowLogsArgs, Nat, Network, NetworkArgs, UsageError
from fastapi_on_aws.recording import STACK_TYPE, Graph, Mode, plain, record
from tests.support.recorded import (
    INGRESS_RULE,
    MODES,
    NAT_GATEWAY,
    ROLE_POLICY,
    ROUTE,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    VPC,
    VPC_ENDPOINT,
    existing_network,
    identity,
    names,
    updated,
)

ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"

SMALL = NetworkArgs(region="eu-west-1")
EVERYTHING = NetworkArgs(
    region="us-east-1",
    cidr="10.8.0.0/18",
    avoid_cidrs=["10.0.0.0/16"],
    zones=["us-east-1a", "us-east-1d", "us-east-1f"],
    nat=Nat.SINGLE,
    isolated=True,
    interface_endpoints=["ecr.api", "ecr.dkr", "logs"],
    flow_logs=FlowLogsArgs(retention_days=90),
)


def network(args: NetworkArgs, mode: Mode = Mode.UPDATE) -> Graph:
    return record(lambda: Network("network", args), mode=mode)


@pytest.mark.parametrize("mode", MODES)
def test_only_a_region_gives_two_zones_with_a_nat_gateway_each(mode: Mode) -> None:
    graph = network(SMALL, mode)
    assert names(graph.of_type(SUBNET)) == {
        "network-private-a",
        "network-private-b",
        "network-public-a",
        "network-public-b",
    }
    assert names(graph.of_type(NAT_GATEWAY)) == {"network-nat-a", "network-nat-b"}
    assert graph.one(VPC).inputs["cidrBlock"] == "10.0.0.0/16"


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    graph = network(EVERYTHING, mode)
    assert {s.inputs["availabilityZone"] for s in graph.of_type(SUBNET)} == {"us-east-1a", "us-east-1d", "us-east-1f"}
    assert "network-isolated-f" in names(graph.of_type(SUBNET))
    assert names(graph.of_type(NAT_GATEWAY)) == {"network-nat-a"}
    assert graph.one(VPC).inputs == {
        "cidrBlock": "10.8.0.0/18",
        "enableDnsHostnames": True,
        "enableDnsSupport": True,  # without it no name of AWS leads to an endpoint
        "tags": {"Name": "network"},
    }
    assert {(e.inputs["serviceName"], e.inputs["vpcEndpointType"]) for e in graph.of_type(VPC_ENDPOINT)} == {
        ("com.amazonaws.us-east-1.s3", "Gateway"),
        ("com.amazonaws.us-east-1.dynamodb", "Gateway"),
        ("com.amazonaws.us-east-1.ecr.api", "Interface"),
        ("com.amazonaws.us-east-1.ecr.dkr", "Interface"),
        ("com.amazonaws.us-east-1.logs", "Interface"),
    }
    assert graph.one("aws:cloudwatch/logGroup:LogGroup").inputs["retentionInDays"] == 90


def test_one_nat_gateway_serves_all_zones_and_none_serves_none() -> None:
    def nat_routes(nat: Nat) -> list[Any]:
        graph = network(dataclasses.replace(SMALL, nat=nat))
        return [r.inputs["natGatewayId"] for r in graph.of_type(ROUTE) if "natGatewayId" in r.inputs]

    single = nat_routes(Nat.SINGLE)
    assert len(single) == 2
    assert len(set(single)) == 1, "both zones go out through the same gateway"
    assert len(set(nat_routes(Nat.PER_ZONE))) == 2, "each zone has its own way out"
    assert nat_routes(Nat.NONE) == []


def test_isolated_subnets_have_no_way_out() -> None:
    graph = network(EVERYTHING)
    isolated = graph.one(ROUTE_TABLE, "network-isolated")
    assert isolated.id not in [route.inputs["routeTableId"] for route in graph.of_type(ROUTE)]


def test_nothing_is_open_by_itself() -> None:
    graph = network(EVERYTHING)
    default = graph.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert (default.inputs["ingress"], default.inputs["egress"]) == ([], []), "AWS's default group lets all members in"
    assert not any(subnet.inputs["mapPublicIpOnLaunch"] for subnet in graph.of_type(SUBNET))
    assert {rule.inputs["cidrIpv4"] for rule in graph.of_type(INGRESS_RULE)} == {"10.8.0.0/18"}
    assert names(graph.of_type(SECURITY_GROUP)) == {"network-endpoints"}


def test_the_flow_log_role_may_write_its_own_log_group_alone() -> None:
    policy = plain(network(SMALL).one(ROLE_POLICY).inputs["policy"])
    assert '"arn:aws:logs:us-east-1:123456789012:log-group:/project/dev/network-flow-logs:*"' in policy
    assert '"*"' not in policy


def test_aws_services_are_reached_without_nat_from_all_but_isolated_subnets() -> None:
    graph = network(EVERYTHING)
    ways_out = {table.id for table in graph.of_type(ROUTE_TABLE)} - {graph.one(ROUTE_TABLE, "network-isolated").id}
    for free in ("network-s3", "network-dynamodb"):
        assert set(graph.one(VPC_ENDPOINT, free).inputs["routeTableIds"]) == ways_out, "NAT costs by the gigabyte else"
    private = [graph.one(SUBNET, f"network-private-{letter}").id for letter in "adf"]
    for service in ("ecr.api", "ecr.dkr", "logs"):
        assert graph.one(VPC_ENDPOINT, f"network-{service}").inputs == {
            "vpcId": graph.one(VPC).id,
            "vpcEndpointType": "Interface",
            "serviceName": f"com.amazonaws.us-east-1.{service}",
            "subnetIds": private,
            "securityGroupIds": [graph.one(SECURITY_GROUP, "network-endpoints").id],
            "privateDnsEnabled": True,  # nobody asks for an endpoint by its own name
        }


@pytest.mark.parametrize(
    ("handed_out", "ready"),
    [
        (
            "private_subnet_ids",
            [
                (ASSOCIATION, "network-private-a"),
                (ROUTE, "network-private-a-nat"),
                (VPC_ENDPOINT, "network-s3"),
                (VPC_ENDPOINT, "network-ecr.api"),
            ],
        ),
        ("public_subnet_ids", [(ASSOCIATION, "network-public-a"), (ROUTE, "network-public-internet")]),
        ("isolated_subnet_ids", [(ASSOCIATION, "network-isolated-a")]),
    ],
)
def test_a_subnet_is_handed_out_when_its_way_out_exists(handed_out: str, ready: list[tuple[str, str]]) -> None:
    def program() -> None:
        ids = getattr(Network("network", EVERYTHING).ref, handed_out)
        aws.ec2.NetworkInterface("user", subnet_id=pulumi.Output.from_input(ids[0]))

    graph = updated(program)
    needs = graph.one("aws:ec2/networkInterface:NetworkInterface").dependencies
    for type_, name in ready:
        assert graph.one(type_, name).urn in needs, "what starts there could not pull its image else"


def test_the_vpc_is_handed_out_when_the_internet_gateway_is_attached() -> None:
    def program() -> None:
        aws.ec2.SecurityGroup("user", vpc_id=Network("network", SMALL).ref.vpc_id)

    graph = updated(program)
    assert graph.one(INTERNET_GATEWAY).urn in graph.one(SECURITY_GROUP, "user").dependencies, (
        "CloudFront makes no VPC origin in a VPC without one"
    )


def test_what_needs_more_than_its_inputs_waits_for_it() -> None:
    graph = network(SMALL)
    to_internet = graph.one(ROUTE, "network-public-internet").urn
    assert all(to_internet in gateway.dependencies for gateway in graph.of_type(NAT_GATEWAY)), (
        "AWS fails a NAT gateway whose subnet has no way to the internet"
    )
    flow_log = graph.one("aws:ec2/flowLog:FlowLog")
    assert graph.one(ROLE_POLICY, "network-flow-logs").urn in flow_log.dependencies, "it may write nothing before"


def test_an_existing_network_creates_nothing_and_is_handed_on() -> None:
    graph = network(NetworkArgs(region="eu-west-1", existing=existing_network()))
    assert [r.type for r in graph if r.custom] == []
    outputs = graph.one("fastapi-on-aws:index:Network").outputs
    assert outputs["vpcId"] == "vpc-0123456789abcdef0"
    assert outputs["privateSubnetIds"] == ["subnet-private-a", "subnet-private-b"]


@pytest.mark.parametrize(
    "change",
    [
        {"zone_count": 3},
        {"zones": ["eu-west-1b", "eu-west-1a", "eu-west-1c"]},
        {"isolated": True},
        {"nat": Nat.NONE},
        {"nat": Nat.SINGLE},
        {"interface_endpoints": ["logs"]},
        {"flow_logs": FlowLogsArgs(enabled=False)},
        {"flow_logs": FlowLogsArgs(retention_days=7)},
        {"avoid_cidrs": ["192.168.0.0/16"]},
    ],
    ids=str,
)
def test_no_other_setting_moves_the_vpc_or_a_subnet(change: dict[str, Any]) -> None:
    kept = (VPC, SUBNET, INTERNET_GATEWAY, ROUTE_TABLE)
    before = identity(network(SMALL), *kept)
    after = identity(network(dataclasses.replace(SMALL, **change)), *kept)
    assert before.items() <= after.items(), "a subnet that moves is replaced, with everything in it"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({}, "network.region is missing"),
        (
            {"region": "eu-west-9"},
            "network.region 'eu-west-9' is not a region whose zones are known here",
        ),
        ({"region": "eu-west-1", "zone_count": 1}, "network.zone_count is 1; it must be 2 to 6"),
        ({"region": "eu-west-1", "zone_count": 4}, "eu-west-1 has 3 zones here: a, b, c"),
        ({"region": "eu-west-1", "zones": ["eu-west-1a"]}, "network.zones names one zone; a load balancer needs two"),
        ({"region": "eu-west-1", "nat": "singel"}, "network.nat cannot be 'singel'; did you mean single?"),
        ({"region": "eu-west-1", "flow_logs": {"retention_days": 8}}, "retention_days is 8; it must be a number of"),
        (
            {"region": "eu-west-1", "isolated": True, "existing": existing_network()},
            "network has both existing and isolated: an existing network is taken as it is",
        ),
        (
            {"existing": {"vpc_id": "vpc-1", "cidr": "10.0.0.0/16", "private_subnet_ids": ["subnet-1"]}},
            "network.existing.private_subnet_ids has one subnet; a load balancer needs them in two zones",
        ),
        (
            {"existing": {"vpc_id": "my-vpc", "cidr": "10.0.0.0/16", "private_subnet_ids": ["a", "b"]}},
            "network.existing.vpc_id is 'my-vpc'; it must be the id of a VPC",
        ),
    ],
)
def test_a_network_that_cannot_work_is_refused_before_anything_is_registered(args: Any, sentence: str) -> None:
    def program() -> None:
        with pytest.raises(UsageError, match=sentence):
            Network("network", args)

    assert [r.type for r in record(program)] == [STACK_TYPE]


def test_a_region_that_is_too_new_for_the_table_works_with_its_zones_named() -> None:
    graph = network(NetworkArgs(region="eu-east-7", zones=["eu-east-7a", "eu-east-7b"]))
    assert {s.inputs["availabilityZone"] for s in graph.of_type(SUBNET)} == {"eu-east-7a", "eu-east-7b"}
