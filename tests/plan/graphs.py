"""Small graphs built by hand."""

from collections.abc import Mapping
from typing import Any

from fastapi_on_aws.recording.graph import (
    STACK_TYPE,
    UNKNOWN,
    Graph,
    Log,
    Mode,
    Options,
    Resource,
    Secret,
    SourcePosition,
)

STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
PASSWORD = "hunter2-do-not-print"


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::{type_}::{name}"


def resource(
    type_: str, name: str, inputs: Mapping[str, Any] | None = None, *, parent: str | None = STACK, **rest: Any
) -> Resource:
    rest.setdefault("custom", True)
    return Resource(urn=urn(type_, name), type=type_, name=name, parent=parent, inputs=inputs or {}, **rest)


def graph(*resources: Resource, outputs: Mapping[str, Any] | None = None, logs: tuple[Log, ...] = ()) -> Graph:
    stack = Resource(urn=STACK, type=STACK_TYPE, name="shop-dev", parent=None, custom=False, inputs={})
    return Graph(
        project="shop",
        stack="dev",
        mode=Mode.PREVIEW,
        resources={member.urn: member for member in (stack, *resources)},
        outputs=outputs or {},
        logs=logs,
    )


def web_shop() -> Graph:
    """A component of three levels beside a flat resource, with a bit of everything that a plan shows."""
    web = resource("shop:index:Web", "web", custom=False)
    network = resource("shop:index:Network", "web-network", custom=False, parent=web.urn)
    group = resource("aws:ec2/securityGroup:SecurityGroup", "web-alb", parent=web.urn)
    return graph(
        web,
        network,
        resource("aws:ec2/vpc:Vpc", "web-vpc", {"cidrBlock": "10.0.0.0/16"}, parent=network.urn),
        resource(
            "aws:ec2/subnet:Subnet",
            "web-public-a",
            {"cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a", "vpcId": UNKNOWN},
            parent=network.urn,
            dependencies=(urn("aws:ec2/vpc:Vpc", "web-vpc"),),
        ),
        group,
        resource(
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "web-from-alb",
            {"ipProtocol": "tcp", "fromPort": 8000, "toPort": 8000, "referencedSecurityGroupId": UNKNOWN},
            parent=web.urn,
            dependencies=(group.urn,),
            property_dependencies={"referencedSecurityGroupId": (group.urn,)},
        ),
        resource(
            "aws:ecs/service:Service",
            "web",
            {
                "desiredCount": 2.0,
                "capacityProviderStrategies": [
                    {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
                    {"capacityProvider": "FARGATE_SPOT", "weight": 3},
                ],
            },
            parent=web.urn,
            options=Options(protect=True, ignore_changes=("desiredCount",)),
            source=SourcePosition("/home/me/shop/stacks/__main__.py", 12),
        ),
        resource(
            "aws:ssm/parameter:Parameter",
            "password",
            {"value": Secret(PASSWORD), "tags": {"nested": [{"deep": Secret({"deeper": PASSWORD})}]}},
        ),
        resource("aws:kms/key:Key", "shared", read=True, id="1234"),
        outputs={"url": UNKNOWN, "password": Secret(PASSWORD), "all": [{"of": Secret(PASSWORD)}, UNKNOWN], "count": 3},
        logs=(
            Log("info", "eks.scaling.requests is not used on ECS", urn("shop:index:Web", "web")),
            Log("warning", "one NAT gateway serves all zones"),
            Log("warning", "one NAT gateway serves all zones"),
            Log("debug", "not for people"),
        ),
    )
