"""Tags of every resource, beside those that the stack gives."""

from collections.abc import Mapping
from typing import Final

from fastapi_on_aws import UsageError
from fastapi_on_aws.tags import is_tag

_TAKEN_TAGS: Final = ("project", "stack", "managed-by")
_MOST_TAGS: Final = 40


def check_tags(tags: Mapping[str, str], path: str) -> None:
    """Refuse what AWS does not take, and keys that are there already."""
    if len(tags) > _MOST_TAGS:
        raise UsageError(f"{path} has {len(tags)} tags; it must have {_MOST_TAGS} or fewer, as AWS takes 50 in all")
    seen = {key: key for key in _TAKEN_TAGS}
    for key, value in tags.items():
        if not is_tag(key, value):
            raise UsageError(
                f"{path}.{key} is no tag that AWS takes: a key has 1 to 128 letters, digits, spaces and . : / = + - @"
                " _, and does not begin with aws:; a value has up to 256"
            )
        other = seen.get(key.lower())
        if other is not None:
            raise UsageError(
                f"{path}.{key} is there as {other} already, and for IAM upper and lower case are one; take it out"
            )
        seen[key.lower()] = key
