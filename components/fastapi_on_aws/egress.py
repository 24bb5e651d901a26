"""The way out: the ports on which what runs may reach AWS and the internet."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import Input, ResourceOptions


def egress_rules(
    name: str, security_group_id: Input[str], ports: Sequence[int], opts: ResourceOptions
) -> list[aws.vpc.SecurityGroupEgressRule]:
    """One rule a port, of TCP, to anywhere."""
    return [
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-egress-{port}",
            security_group_id=security_group_id,
            description="Out to AWS and the internet",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4="0.0.0.0/0",
            opts=opts,
        )
        for port in ports
    ]
