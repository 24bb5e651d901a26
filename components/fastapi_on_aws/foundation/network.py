"""A VPC whose subnets never move."""

from collections.abc import Sequence
from typing import Optional

import pulumi
from pulumi import ResourceOptions

from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import token
from fastapi_on_aws.foundation.network_args import NetworkArgs
from fastapi_on_aws.foundation.vpc import Vpc
from fastapi_on_aws.references import NetworkRef


class Network(pulumi.ComponentResource):
    """A VPC: public and private subnets, isolated ones if asked for, and the ways out; or an existing one.

    Every subnet has a fixed range that depends on its tier and zone alone (see `cidr_plan`), so adding a zone or a
    tier moves nothing. The default security group is emptied. Nothing is looked up.

    In Python, `ref` is what a pattern takes, and `created` has the resources (None for an existing network).
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""

    cidr: pulumi.Output[str]
    """Its IPv4 range."""

    private_subnet_ids: pulumi.Output[Sequence[str]]
    """One in each zone, whose way out is a NAT gateway or VPC endpoints."""

    public_subnet_ids: pulumi.Output[Sequence[str]]
    """One in each zone, whose way out is the internet gateway."""

    isolated_subnet_ids: pulumi.Output[Sequence[str]]
    """One in each zone, without a way out; none unless asked for."""

    def __init__(self, name: str, args: NetworkArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(NetworkArgs, args, name)
        super().__init__(token(Network), name, None, opts)
        self._name = name
        self.created: Optional[Vpc] = None
        self.ref = args.existing or self._create(args)
        self.vpc_id = pulumi.Output.from_input(self.ref.vpc_id)
        self.cidr = pulumi.Output.from_input(self.ref.cidr)
        self.private_subnet_ids = _ids(self.ref.private_subnet_ids)
        self.public_subnet_ids = _ids(self.ref.public_subnet_ids)
        self.isolated_subnet_ids = _ids(self.ref.isolated_subnet_ids)
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "cidr": self.cidr,
                "privateSubnetIds": self.private_subnet_ids,
                "publicSubnetIds": self.public_subnet_ids,
                "isolatedSubnetIds": self.isolated_subnet_ids,
            }
        )

    def _create(self, args: NetworkArgs) -> NetworkRef:
        self.created = Vpc(self._name, args, ResourceOptions(parent=self))
        return self.created.ref


def _ids(given: pulumi.Input[Sequence[pulumi.Input[str]]]) -> pulumi.Output[Sequence[str]]:
    return pulumi.Output.from_input(given).apply(lambda ids: [str(id) for id in ids])
