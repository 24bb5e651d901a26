"""Recordings that tests look at."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from fastapi_on_aws import Architecture, ImageRef, NetworkRef
from fastapi_on_aws.recording import Graph, Mode, Resource, plain, record, record_project

ROOT = Path(__file__).parents[2]
STACKS = ROOT / "stacks"
STACK_FILES = sorted(STACKS.glob("Pulumi.*.yaml"))
MODES = [Mode.PREVIEW, Mode.UPDATE]

DIGEST = "sha256:" + "a" * 64
IMAGE_URI = f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@{DIGEST}"

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
VPC_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
ROUTE = "aws:ec2/route:Route"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
CLUSTER = "aws:ecs/cluster:Cluster"
SERVICE = "aws:ecs/service:Service"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin"
FUNCTION = "aws:lambda/function:Function"
BUILT_IMAGE = "docker-build:index:Image"


def existing_network() -> NetworkRef:
    """Somebody's VPC in two zones."""
    return NetworkRef(
        vpc_id="vpc-0123456789abcdef0",
        cidr="10.0.0.0/16",
        private_subnet_ids=["subnet-private-a", "subnet-private-b"],
        public_subnet_ids=["subnet-public-a", "subnet-public-b"],
    )


def existing_image() -> ImageRef:
    """An image that CI has pushed."""
    return ImageRef(uri=IMAGE_URI, architecture=Architecture.ARM64)


def updated(program: Callable[[], object]) -> Graph:
    """What a program creates when everything is known."""
    return record(program, mode=Mode.UPDATE)


def stack_graph(stack_file: Path, mode: Mode = Mode.UPDATE, **config: Any) -> Graph:
    """The project's own program with a stack file, and config keys of the project on top."""
    return record_project(ROOT, stack_file=stack_file, config=config, mode=mode)


def container(graph: Graph, family: str | None = None) -> dict[str, Any]:
    """The one container of a task definition."""
    (definition,) = json.loads(plain(graph.one(TASK_DEFINITION, family).inputs["containerDefinitions"]))
    assert isinstance(definition, dict)
    return definition


def environment(definition: dict[str, Any]) -> dict[str, str]:
    """Of a container, as a map."""
    return {entry["name"]: entry["value"] for entry in definition["environment"]}


def names(resources: Iterable[Resource]) -> set[str]:
    """Their logical names."""
    return {resource.name for resource in resources}


def identity(graph: Graph, *types: str) -> dict[str, Any]:
    """URN -> inputs of resources, to compare two recordings; all types when none is given."""
    return {r.urn: plain(r.inputs) for r in graph if not types or r.type in types}
