"""Names: what AWS allows, in one table.

Most resources have no physical name here: the provider makes one of the logical name, a hyphen and seven random
characters, so that a replacement can exist beside what it replaces. Then the logical name has to leave room for that.
"""

import re
from typing import Final, NamedTuple

from fastapi_on_aws.errors import UsageError

RANDOM_SUFFIX: Final = 8


class Rule(NamedTuple):
    """What AWS allows for the name of one kind of resource."""

    longest: int
    characters: str = r"[A-Za-z0-9-]"
    says: str = "letters, digits and hyphens"


RULES: Final = {
    "load balancer": Rule(32),
    "target group": Rule(32),
    "IAM role": Rule(64, r"[\w+=,.@-]", "letters, digits and +=,.@_-"),
    "IAM role policy": Rule(128, r"[\w+=,.@-]", "letters, digits and +=,.@_-"),
    "security group": Rule(255),
    "ECS cluster": Rule(255, r"[\w-]", "letters, digits, hyphens and underscores"),
    "ECS service": Rule(255, r"[\w-]", "letters, digits, hyphens and underscores"),
    "task definition family": Rule(255, r"[\w-]", "letters, digits, hyphens and underscores"),
    "EKS cluster": Rule(100, r"[\w-]", "letters, digits, hyphens and underscores"),
    "Kubernetes object": Rule(63, r"[a-z0-9-]", "lower-case letters, digits and hyphens"),
    "ECR repository": Rule(256, r"[a-z0-9._/-]", "lower-case letters, digits and ._/-"),
    "log group": Rule(512, r"[\w./#-]", "letters, digits and ._/#-"),
    "origin access control": Rule(64, r"[\w-]", "letters, digits, hyphens and underscores"),
    "CloudFront function": Rule(64, r"[\w-]", "letters, digits, hyphens and underscores"),
    "Lambda function": Rule(64, r"[\w-]", "letters, digits, hyphens and underscores"),
    "Lambda alias": Rule(128, r"[\w-]", "letters, digits, hyphens and underscores"),
    "API stage": Rule(128, r"[\w$-]", "letters, digits, hyphens and underscores, or $default"),
    "API": Rule(128, r"[\w-]", "letters, digits, hyphens and underscores"),
    "alarm": Rule(255, r"[\w-]", "letters, digits, hyphens and underscores"),
    "scaling policy": Rule(256, r"[^:/|]", "anything but : / and |"),
}
"""From the API reference of each service; an unlisted kind cannot be named."""


def logical(kind: str, name: str) -> str:
    """The logical name of a resource whose physical name the provider makes; refused when it leaves no room.

    >>> logical("target group", "shop-web")
    'shop-web'
    """
    return _checked(kind, name, RULES[kind].longest - RANDOM_SUFFIX)


def physical(kind: str, name: str) -> str:
    """A name that people address, such as a log group's; refused when AWS does not allow it.

    >>> physical("log group", "/shop/prod/web")
    '/shop/prod/web'
    """
    return _checked(kind, name, RULES[kind].longest)


def _checked(kind: str, name: str, longest: int) -> str:
    rule = RULES[kind]
    if len(name) > longest:
        raise UsageError(
            f"the name {name!r} is {len(name)} characters long, and a {kind} here can have {longest}"
            f" (AWS allows {rule.longest}): shorten the name of the service or component"
        )
    if not re.fullmatch(f"{rule.characters}+", name, re.ASCII):
        raise UsageError(f"the name {name!r} cannot name this {kind}: AWS allows {rule.says}")
    return name
