"""AWS regions and the zones that a stack uses by default, so that nothing has to be looked up.

Not every region has zones a, b and c for every account; the letters here are those that new accounts get. Source:
AWS global infrastructure, "Regions and Availability Zones"; zones that are closed to new accounts are left out.
"""

import re
from typing import Final

from fastapi_on_aws.errors import UsageError

ZONE_LETTERS: Final[dict[str, str]] = {
    "af-south-1": "abc",
    "ap-east-1": "abc",
    "ap-east-2": "abc",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": "abc",
    "ap-south-1": "abc",
    "ap-south-2": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "ap-southeast-3": "abc",
    "ap-southeast-4": "abc",
    "ap-southeast-5": "abc",
    "ap-southeast-6": "abc",
    "ap-southeast-7": "abc",
    "ca-central-1": "abd",
    "ca-west-1": "abc",
    "eu-central-1": "abc",
    "eu-central-2": "abc",
    "eu-north-1": "abc",
    "eu-south-1": "abc",
    "eu-south-2": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abc",
    "eu-west-3": "abc",
    "il-central-1": "abc",
    "me-central-1": "abc",
    "me-south-1": "abc",
    "mx-central-1": "abc",
    "sa-east-1": "abc",
    "us-east-1": "abcdf",
    "us-east-2": "abc",
    "us-west-1": "ac",
    "us-west-2": "abcd",
}
"""The commercial regions. China and GovCloud are other partitions, with other ARNs and no shared front door."""


def is_commercial(region: str) -> bool:
    """Whether a name is one of a commercial region, known here or newer.

    >>> is_commercial("eu-east-7"), is_commercial("us-gov-west-1")
    (True, False)
    """
    return re.fullmatch(r"(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-[0-9]", region) is not None


def default_zones(region: str, count: int, path: str) -> list[str]:
    """The first ``count`` zones of a region.

    >>> default_zones("ca-central-1", 3, "network.zone_count")
    ['ca-central-1a', 'ca-central-1b', 'ca-central-1d']
    """
    letters = ZONE_LETTERS[region]
    if count > len(letters):
        raise UsageError(f"{path} is {count}, and {region} has {len(letters)} zones here: {', '.join(letters)}")
    return [region + letter for letter in letters[:count]]
