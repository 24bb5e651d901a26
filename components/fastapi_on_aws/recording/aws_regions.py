"""What follows from the name of an AWS region."""

import re


def partition(region: str) -> str:
    """``aws``, or the partition of China's and the US government's regions."""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def suffix(region: str) -> str:
    """The DNS suffix of a region's partition."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def zone_ids(region: str) -> list[str]:
    """Ids of three zones, in AWS's spelling: ``use1-az1`` for us-east-1.

    >>> zone_ids("ap-southeast-2")
    ['apse2-az1', 'apse2-az2', 'apse2-az3']
    """
    area, _, rest = region.partition("-")
    direction = "".join(word[0] for word in re.findall("north|south|east|west|central|gov", rest))
    return [f"{area}{direction}{region[-1]}-az{number}" for number in (1, 2, 3)]
