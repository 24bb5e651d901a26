"""Traffic between two security groups: out of one and into the other, on one port."""

from typing import Final

import pulumi_aws as aws
from pulumi import Input, ResourceOptions

OTHER_PORT: Final = ResourceOptions(replace_on_changes=["fromPort", "toPort"])
"""Another port means another rule, made before the old one goes: what still serves on the old port is not cut off."""


class Traffic:
    """Two rules, named ``<name>-out`` and ``<name>-in``; inline rules would fight with them, so no group has any."""

    def __init__(
        self,
        name: str,
        *,
        from_group_id: Input[str],
        to_group_id: Input[str],
        port: Input[int],
        description: str,
        opts: ResourceOptions,
    ) -> None:
        opts = ResourceOptions.merge(opts, OTHER_PORT)
        self.egress_rule = aws.vpc.SecurityGroupEgressRule(
            f"{name}-out",
            security_group_id=from_group_id,
            referenced_security_group_id=to_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
            opts=opts,
        )
        self.ingress_rule = aws.vpc.SecurityGroupIngressRule(
            f"{name}-in",
            security_group_id=to_group_id,
            referenced_security_group_id=from_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
            opts=opts,
        )
        self.rules = [self.egress_rule, self.ingress_rule]
