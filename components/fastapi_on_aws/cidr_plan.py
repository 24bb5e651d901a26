"""Where each subnet of a VPC lies.

A VPC is cut into fixed slots, one for each zone letter a to h, whether the zone is used or not. So a subnet's range
depends on the VPC's range, its tier and its zone alone, and adding a zone or a tier never moves another subnet (a
moved subnet is a replaced one, with everything in it).

    half of the VPC    private   8 slots, /20 each in a /16: tasks, pods and load balancers, one address each
    an eighth          public    8 slots, /22 each in a /16: NAT gateways, or tasks with public addresses
    an eighth          isolated  8 slots, /22 each in a /16: databases, with no way out
    a quarter          free, for what comes later
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Final

from fastapi_on_aws.errors import UsageError

ZONE_SLOTS: Final = "abcdefgh"

_SMALLEST_VPC_PREFIX: Final = 20
_LARGEST_VPC_PREFIX: Final = 16
_PRIVATE_USE: Final = [IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


class Tier(StrEnum):
    """What a subnet can reach, and be reached from."""

    PRIVATE = "private"
    """Out through a NAT gateway, if there is one."""
    PUBLIC = "public"
    """In and out through the internet gateway, for what has a public address."""
    ISOLATED = "isolated"
    """Neither."""


def vpc_network(cidr: str, avoid: Sequence[str], path: str) -> IPv4Network:
    """The VPC's range, checked: private use, /16 to /20, and clear of the ranges in ``avoid``."""
    network = _parsed(cidr, f"{path}.cidr")
    if not any(network.subnet_of(block) for block in _PRIVATE_USE):
        blocks = ", ".join(str(block) for block in _PRIVATE_USE)
        raise UsageError(f"{path}.cidr {cidr} is a public range; take one within {blocks}")
    if not _LARGEST_VPC_PREFIX <= network.prefixlen <= _SMALLEST_VPC_PREFIX:
        raise UsageError(
            f"{path}.cidr {cidr} is a /{network.prefixlen}; it must be /{_LARGEST_VPC_PREFIX} to"
            f" /{_SMALLEST_VPC_PREFIX}, to hold subnets for every zone"
        )
    for index, other in enumerate(avoid):
        if network.overlaps(_parsed(other, f"{path}.avoid_cidrs[{index}]")):
            raise UsageError(f"{path}.cidr {cidr} overlaps {other} of {path}.avoid_cidrs; give it another range")
    return network


def subnet_cidr(vpc: IPv4Network, tier: Tier, zone_letter: str) -> str:
    """The range of one subnet.

    >>> subnet_cidr(IPv4Network("10.0.0.0/16"), Tier.PRIVATE, "b")
    '10.0.16.0/20'
    """
    slot = ZONE_SLOTS.index(zone_letter)
    if tier is Tier.PRIVATE:
        return str(_nth(vpc, 4, slot))
    eighth = 4 if tier is Tier.PUBLIC else 5
    return str(_nth(_nth(vpc, 3, eighth), 3, slot))


def zone_letters(zones: Iterable[str], region: str, path: str) -> list[str]:
    """The letters of availability zones of a region, checked.

    >>> zone_letters(["eu-west-1a", "eu-west-1c"], "eu-west-1", "network.zones")
    ['a', 'c']
    """
    letters = [_letter(zone, region, f"{path}[{index}]") for index, zone in enumerate(zones)]
    if len(set(letters)) < len(letters):
        raise UsageError(f"{path} names a zone twice; each can hold one subnet of a kind")
    return letters


def _letter(zone: str, region: str, path: str) -> str:
    letter = zone.removeprefix(region)
    if not zone.startswith(region) or len(letter) != 1 or letter not in ZONE_SLOTS:
        raise UsageError(f"{path} is {zone!r}, not an availability zone of {region} such as {region}a")
    return letter


def _nth(network: IPv4Network, longer_by: int, index: int) -> IPv4Network:
    size = network.num_addresses >> longer_by
    return IPv4Network((int(network.network_address) + index * size, network.prefixlen + longer_by))


def _parsed(cidr: str, path: str) -> IPv4Network:
    try:
        return IPv4Network(cidr)
    except ValueError as error:
        raise UsageError(f"{path} must be an IPv4 range such as 10.0.0.0/16: {error}") from None
