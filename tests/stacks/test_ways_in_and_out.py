"""How requests come in and how tasks reach out, as a stack file says."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from fastapi_on_aws.recording import Mode
from tests.components.eks_services import NETWORK_POLICY
from tests.support.recorded import (
    DISTRIBUTION,
    EGRESS_RULE,
    INGRESS_RULE,
    LISTENER,
    LOAD_BALANCER,
    MODES,
    NAT_GATEWAY,
    SECURITY_GROUP,
    SERVICE,
    SUBNET,
    VPC,
    VPC_ENDPOINT,
    VPC_ORIGIN,
    container,
    environment,
    names,
    stack_graph,
)

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
NO_FRONT_DOOR = {"enabled": False}
ORDERS = {"orders": {"prefix": "/orders"}}


@pytest.fixture
def stack_file(tmp_path: Path) -> Path:
    """A region and nothing else."""
    path = tmp_path / "Pulumi.ways.yaml"
    path.write_text(yaml.safe_dump({"config": {"aws:region": "eu-west-1"}}))
    return path


def test_interface_endpoints_are_a_way_out_without_nat(stack_file: Path) -> None:
    services = ["ecr.api", "ecr.dkr", "logs"]
    graph = stack_graph(stack_file, network={"nat": "none", "interface_endpoints": services})
    assert graph.of_type(NAT_GATEWAY) == []
    placed = graph.one(SERVICE).inputs["networkConfiguration"]
    private = [s.id for s in graph.of_type(SUBNET) if s.name.startswith("network-private-")]
    assert (placed["subnets"], placed["assignPublicIp"]) == (private, False)
    for service in services:
        endpoint = graph.one(VPC_ENDPOINT, f"network-{service}")
        assert endpoint.inputs["subnetIds"] == private, "tasks reach it where they are"
        assert endpoint.urn in graph.one(SERVICE).dependencies, "a task that starts before could not pull its image"


@pytest.mark.parametrize("mode", MODES)
def test_an_existing_network_is_used_everywhere_and_nothing_is_added_to_it(stack_file: Path, mode: Mode) -> None:
    private, public = ["subnet-0a", "subnet-0b"], ["subnet-1a", "subnet-1b"]
    existing = {"vpc_id": "vpc-0ff", "cidr": "10.77.0.0/16", "private_subnet_ids": private, "public_subnet_ids": public}
    graph = stack_graph(stack_file, mode, network={"existing": existing}, services=ORDERS)
    assert (
        graph.of_type(VPC) == graph.of_type(SUBNET) == graph.of_type(VPC_ENDPOINT) == graph.of_type(NAT_GATEWAY) == []
    )
    assert {group.inputs["vpcId"] for group in graph.of_type(SECURITY_GROUP)} == {"vpc-0ff"}
    assert graph.one("aws:lb/targetGroup:TargetGroup").inputs["vpcId"] == "vpc-0ff"
    assert graph.one(LOAD_BALANCER).inputs["subnets"] == private
    assert graph.one(SERVICE).inputs["networkConfiguration"]["subnets"] == private
    if mode is Mode.UPDATE:
        assert environment(container(graph))["FORWARDED_ALLOW_IPS"] == "10.77.0.0/16", "where the load balancer stands"
        assert graph.outputs["url"] == f"https://{graph.one(DISTRIBUTION).outputs['domainName']}"

    public_tasks = stack_graph(stack_file, mode, network={"existing": existing}, ecs={"assign_public_ip": True})
    assert public_tasks.one(SERVICE).inputs["networkConfiguration"]["subnets"] == public


def test_a_change_of_pattern_forgets_no_port_that_the_app_reaches(stack_file: Path) -> None:
    said: dict[str, Any] = {
        "app": {"egress_ports": [443, 5432]},
        "eks": {"admins": ["arn:aws:iam::123456789012:role/deployer"], "endpoint": "private"},
        "lambda": {"vpc": True},
    }
    policy = stack_graph(stack_file, pattern="microservices", **said).one(NETWORK_POLICY).inputs["spec"]
    assert [port["port"] for port in policy["egress"][-1]["ports"]] == [443, 5432], "or pods have no database any more"
    for pattern in ("monolith", "serverless"):
        ways_out = stack_graph(stack_file, pattern=pattern, **said).of_type(EGRESS_RULE)
        assert {f"app-web-egress-{port}" for port in (443, 5432)} <= names(ways_out), pattern


def test_without_a_front_door_the_url_is_the_load_balancers_and_the_vpc_alone_reaches_it(stack_file: Path) -> None:
    graph = stack_graph(stack_file, front_door=NO_FRONT_DOOR, services=ORDERS)
    assert graph.of_type(DISTRIBUTION) == graph.of_type(VPC_ORIGIN) == []
    url = f"http://{graph.one(LOAD_BALANCER).outputs['dnsName']}"
    assert graph.outputs == {"url": url, "service_urls": {"orders": f"{url}/orders"}}
    assert graph.one(LOAD_BALANCER).inputs["internal"] is True
    assert graph.one(INGRESS_RULE, "app-lb-ingress").inputs["cidrIpv4"] == "10.0.0.0/16"


@pytest.mark.parametrize(("access", "internal"), [("internet", False), ("vpc", True)])
def test_a_certificate_makes_the_load_balancer_speak_https_by_its_name(
    stack_file: Path, access: str, internal: bool
) -> None:
    block = {"access": access, "certificate_arn": CERTIFICATE, "domain_name": "api.example.com"}
    graph = stack_graph(stack_file, front_door=NO_FRONT_DOOR, load_balancer=block, services=ORDERS)
    listener = graph.one(LISTENER, "app-lb").inputs
    assert (listener["port"], listener["certificateArn"]) == (443, CERTIFICATE)
    assert graph.one(LOAD_BALANCER).inputs["internal"] is internal
    url = "https://api.example.com"
    assert graph.outputs == {"url": url, "service_urls": {"orders": f"{url}/orders"}}, (
        "no browser takes the certificate under the load balancer's own name"
    )
