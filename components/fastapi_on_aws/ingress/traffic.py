"""Traffic between two security groups: out of one and into the other, on one port."""

import pulumi_aws as aws
from pulumi import Input, ResourceOptions


def allow_traffic(
    name: str,
    *,
    from_group_id: Input[str],
    to_group_id: Input[str],
    port: Input[int],
    description: str,
    opts: ResourceOptions,
) -> None:
    """Two rules, named ``<name>-out`` and ``<name>-in``; inline rules would fight with them, so no group has any."""
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-out",
        security_group_id=from_group_id,
        referenced_security_group_id=to_group_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        opts=opts,
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-in",
        security_group_id=to_group_id,
        referenced_security_group_id=from_group_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=description,
        opts=opts,
    )
