"""The way out: the ports on which what runs may reach AWS and the internet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi_aws as aws
from pulumi import Input, ResourceOptions

from fastapi_on_aws.args import Check


def _ports(most: int) -> Check:
    return Check(
        lambda ports: (
            443 in ports and len({*ports}) == len(ports) <= most and all(1 <= port <= 65535 for port in ports)
        ),
        f"must hold 443, through which AWS is reached, and up to {most - 1} other ports, 1 to 65535",
        {"uniqueItems": True},
    )


PORTS: Final = _ports(50)
POD_PORTS: Final = _ports(20)
"""The agent that enforces network policies on EKS knows 24 ports of an address, of which DNS, a call and Pod Identity
take four; what is beyond, it drops. Source: aws/aws-network-policy-agent, `pkg/ebpf/c/tc.v4egress.bpf.c`."""


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
