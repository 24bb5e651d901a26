"""Ways from a VPC to AWS services that do not lead through a NAT gateway."""

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from fastapi_on_aws.naming import logical

FREE_SERVICES: Final = ("s3", "dynamodb")
"""They have gateway endpoints, which cost nothing. Image layers come from S3."""


def gateway_endpoints(
    name: str,
    region: str,
    vpc_id: pulumi.Input[str],
    route_tables: Sequence[aws.ec2.RouteTable],
    opts: ResourceOptions,
) -> list[aws.ec2.VpcEndpoint]:
    """Routes to the free services in these route tables."""
    return [
        aws.ec2.VpcEndpoint(
            f"{name}-{service}",
            vpc_id=vpc_id,
            service_name=f"com.amazonaws.{region}.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in route_tables],
            opts=opts,
        )
        for service in FREE_SERVICES
    ]


def interface_endpoints(
    name: str,
    region: str,
    services: Sequence[str],
    *,
    vpc_id: pulumi.Input[str],
    vpc_cidr: str,
    subnet_ids: Sequence[pulumi.Input[str]],
    opts: ResourceOptions,
) -> list[aws.ec2.VpcEndpoint]:
    """An address in each subnet for each service, reached over HTTPS from the VPC alone."""
    if not services:
        return []
    group = aws.ec2.SecurityGroup(
        logical("security group", f"{name}-endpoints"),
        vpc_id=vpc_id,
        description="HTTPS from the VPC to AWS services",
        opts=opts,
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-endpoints-https",
        security_group_id=group.id,
        description="HTTPS from the VPC",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4=vpc_cidr,
        opts=opts,
    )
    return [
        aws.ec2.VpcEndpoint(
            f"{name}-{service}",
            vpc_id=vpc_id,
            service_name=f"com.amazonaws.{region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=subnet_ids,
            security_group_ids=[group.id],
            opts=opts,
        )
        for service in services
    ]
