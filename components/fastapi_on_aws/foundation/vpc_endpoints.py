"""Ways from a VPC to AWS services that do not lead through a NAT gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from fastapi_on_aws.component import after
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


class InterfaceEndpoints:
    """An address in each subnet for each service, reached over HTTPS from the VPC alone."""

    def __init__(
        self,
        name: str,
        region: str,
        services: Sequence[str],
        *,
        vpc_id: pulumi.Input[str],
        vpc_cidr: str,
        subnet_ids: Sequence[pulumi.Input[str]],
        opts: ResourceOptions,
    ) -> None:
        self.security_group = self._security_group(f"{name}-endpoints", vpc_id, vpc_cidr, opts) if services else None
        self.endpoints = [
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=vpc_id,
                service_name=f"com.amazonaws.{region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=subnet_ids,
                security_group_ids=[after(self.security_group.id, self.ingress_rule)] if self.security_group else [],
                opts=opts,
            )
            for service in services
        ]

    def _security_group(
        self, name: str, vpc_id: pulumi.Input[str], vpc_cidr: str, opts: ResourceOptions
    ) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            logical("security group", name), vpc_id=vpc_id, description="HTTPS from the VPC to AWS services", opts=opts
        )
        self.ingress_rule = aws.vpc.SecurityGroupIngressRule(
            f"{name}-https",
            security_group_id=group.id,
            description="HTTPS from the VPC",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4=vpc_cidr,
            opts=opts,
        )
        return group
