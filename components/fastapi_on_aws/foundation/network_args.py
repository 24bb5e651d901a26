"""What a network takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Optional

from fastapi_on_aws.args import Check, Defaulted, arg, between, given, not_empty
from fastapi_on_aws.cidr_plan import vpc_network, zone_letters
from fastapi_on_aws.coerce import nearest
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.foundation.flow_logs import FlowLogsArgs
from fastapi_on_aws.foundation.vpc_endpoints import FREE_SERVICES
from fastapi_on_aws.references import NetworkRef
from fastapi_on_aws.regions import ZONE_LETTERS, default_zones, is_commercial


class Nat(StrEnum):
    """How private subnets reach the internet."""

    NONE = "none"
    """Not at all: for tasks with public addresses, or with interface endpoints for all that they call."""
    SINGLE = "single"
    """Through one NAT gateway: when its zone fails, nothing private reaches out."""
    PER_ZONE = "per_zone"
    """Through a NAT gateway in each zone."""


_ENDPOINTS: Final = Check(
    lambda names: len({*names}) == len(names) and all(_is_interface_endpoint(name) for name in names),
    "must name each service once, by the last part of its endpoint, such as ecr.api; S3 and DynamoDB have one already",
    {"uniqueItems": True},
)


def _is_interface_endpoint(name: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9.-]*", name) is not None and not name.startswith(("com.", *FREE_SERVICES))


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """A VPC in two or more zones, or an existing one."""

    region: Optional[str] = None
    """AWS region, such as `eu-west-1`. Default in a stack file: `aws:region`."""

    cidr: Defaulted[str] = "10.0.0.0/16"
    """IPv4 range for private use, /16 to /20. Default: `10.0.0.0/16`."""

    avoid_cidrs: Defaulted[Sequence[str]] = arg(factory=list)
    """Ranges that this VPC will be connected to (peers, VPN, office); `cidr` must not overlap them. Default: none."""

    zone_count: Defaulted[int] = arg(between(2, 6), default=2)
    """How many zones, unless `zones` names them. Default: 2."""

    zones: Optional[Sequence[str]] = arg(not_empty(), default=None)
    """Availability zones by name. Default: the first `zone_count` that the region offers to a new account.

    CloudFront has no VPC origins in a few zones, by their ids (`use1-az3` and others); name other zones there.
    """

    nat: Defaulted[Nat] = Nat.PER_ZONE
    """How private subnets reach the internet. Default: `per_zone`. A gateway costs $36.50 a month and $0.045 a GB."""

    isolated: Defaulted[bool] = False
    """Whether there are subnets without a way out, for databases. Default: false."""

    interface_endpoints: Defaulted[Sequence[str]] = arg(_ENDPOINTS, factory=list)
    """AWS services reached without NAT, by the last part of the endpoint's name, such as `ecr.api`, `ecr.dkr`, `logs`.
    Default: none.

    Each costs about $7.30 a month and zone. S3 and DynamoDB have free gateway endpoints always."""

    flow_logs: Defaulted[FlowLogsArgs] = arg(factory=FlowLogsArgs)
    """A record of the traffic."""

    existing: Optional[NetworkRef] = None
    """A VPC that exists; then nothing is created, and of the rest only `region` may be given. Default: none."""

    def check_together(self, path: str) -> None:
        """An existing network is taken as it is; a new one fits its region."""
        if self.existing is not None:
            extra = given(self, but=("existing", "region"))
            if extra:
                raise UsageError(f"{path} has both existing and {extra[0]}: an existing network is taken as it is")
            return
        if self.region is None:
            raise UsageError(f"{path}.region is missing: say where, such as eu-west-1")
        if not is_commercial(self.region):
            raise UsageError(
                f"{path}.region {self.region!r} is not a commercial AWS region{nearest(self.region, ZONE_LETTERS)}"
            )
        if self.region not in ZONE_LETTERS and self.zones is None:
            raise UsageError(
                f"{path}.region {self.region!r} is not a region whose zones are known"
                f" here{nearest(self.region, ZONE_LETTERS)}; or name its zones in {path}.zones"
            )
        vpc_network(self.cidr, self.avoid_cidrs, path)
        if len(self.zone_letters(path)) < 2:
            raise UsageError(f"{path}.zones names one zone; a load balancer needs two")

    def zone_letters(self, path: str) -> dict[str, str]:
        """The zones of a new network, by the letter that tells their subnets' places."""
        region = self.region or ""
        names = self.zones if self.zones is not None else default_zones(region, self.zone_count, f"{path}.zone_count")
        return dict(zip(zone_letters(names, region, f"{path}.zones"), names, strict=True))
