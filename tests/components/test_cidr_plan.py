"""Where subnets lie: never twice the same place, and never elsewhere later."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_on_aws import UsageError
from fastapi_on_aws.cidr_plan import ZONE_SLOTS, Tier, subnet_cidr, vpc_network, zone_letters

_TEN = int(IPv4Network("10.0.0.0/8").network_address)


@st.composite
def vpcs(draw: st.DrawFn) -> IPv4Network:
    """Any range that a VPC can have."""
    prefix = draw(st.integers(16, 20))
    index = draw(st.integers(0, 2 ** (prefix - 8) - 1))
    return IPv4Network((_TEN + index * 2 ** (32 - prefix), prefix))


@given(vpcs())
def test_all_subnets_of_all_zones_lie_in_the_vpc_and_none_overlaps_another(vpc: IPv4Network) -> None:
    subnets = [IPv4Network(subnet_cidr(vpc, tier, letter)) for tier in Tier for letter in ZONE_SLOTS]
    assert all(subnet.subnet_of(vpc) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@given(vpcs())
def test_subnets_have_room_for_what_stands_in_them(vpc: IPv4Network) -> None:
    assert all(IPv4Network(subnet_cidr(vpc, tier, "a")).prefixlen <= 27 for tier in Tier), (
        "a load balancer needs a /27 with 8 free addresses in each subnet"
    )
    private = IPv4Network(subnet_cidr(vpc, Tier.PRIVATE, "a"))
    assert private.num_addresses * 16 == vpc.num_addresses, "each task takes an address, so private subnets are large"


@pytest.mark.parametrize(
    ("tier", "letter", "cidr"),
    [
        (Tier.PRIVATE, "a", "10.0.0.0/20"),
        (Tier.PRIVATE, "b", "10.0.16.0/20"),
        (Tier.PRIVATE, "h", "10.0.112.0/20"),
        (Tier.PUBLIC, "a", "10.0.128.0/22"),
        (Tier.PUBLIC, "c", "10.0.136.0/22"),
        (Tier.ISOLATED, "a", "10.0.160.0/22"),
        (Tier.ISOLATED, "h", "10.0.188.0/22"),
    ],
)
def test_the_plan_is_this_one_for_ever(tier: Tier, letter: str, cidr: str) -> None:
    assert subnet_cidr(IPv4Network("10.0.0.0/16"), tier, letter) == cidr, "another plan replaces every subnet there is"


@pytest.mark.parametrize(
    ("cidr", "sentence"),
    [
        ("10.0.0.0/24", r"network.cidr 10.0.0.0/24 is a /24; it must be /16 to /20"),
        ("10.0.0.0/8", r"is a /8; it must be /16 to /20"),
        ("8.8.0.0/16", r"network.cidr 8.8.0.0/16 is a public range; take one within 10.0.0.0/8"),
        ("10.0.0.1/16", r"network.cidr must be an IPv4 range such as 10.0.0.0/16: .*host bits"),
        ("ten", "network.cidr must be an IPv4 range"),
    ],
)
def test_a_range_that_cannot_hold_the_plan_is_refused(cidr: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        vpc_network(cidr, [], "network")


def test_a_range_that_overlaps_one_to_avoid_is_refused() -> None:
    with pytest.raises(UsageError, match="10.0.0.0/16 overlaps 10.0.128.0/20 of network.avoid_cidrs"):
        vpc_network("10.0.0.0/16", ["192.168.0.0/24", "10.0.128.0/20"], "network")
    with pytest.raises(UsageError, match=r"network.avoid_cidrs\[0\] must be an IPv4 range"):
        vpc_network("10.0.0.0/16", ["office"], "network")


@pytest.mark.parametrize(
    ("zones", "sentence"),
    [
        (["eu-west-1a", "us-east-1b"], r"zones\[1\] is 'us-east-1b', not an availability zone of eu-west-1"),
        (["eu-west-1"], r"zones\[0\] is 'eu-west-1', not an availability zone"),
        (["eu-west-1a", "eu-west-1a"], "zones names a zone twice"),
    ],
)
def test_zones_that_are_none_are_refused(zones: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        zone_letters(zones, "eu-west-1", "zones")
