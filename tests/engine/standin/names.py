"""Names that the provider gives to resources whose program gave none, and the limits of all names."""

import hashlib
from typing import Any

from tests.engine.standin.checker import Failure
from tests.engine.standin.rules import Name
from tests.engine.standin.wire import UNKNOWN

DEFAULTS = "__defaults"
"""The input under which Pulumi's bridged providers list what they filled in themselves."""
_RANDOM = 7


def fill_in(rule: Name, logical: str, seed: bytes, news: dict[str, Any], olds: dict[str, Any]) -> list[Failure]:
    """Give ``news`` a name where it has none, as the real provider does; refuse names that AWS would refuse."""
    prop = rule.property
    given = news.get(prop)
    if given is not None:
        news[DEFAULTS] = []
        if isinstance(given, str) and given != UNKNOWN and len(given) > rule.limit:
            return [Failure(prop, f"{given!r} is {len(given)} characters long; AWS takes at most {rule.limit}")]
        return []
    if news.get(f"{prop}Prefix") is not None:
        return []
    news[DEFAULTS] = [prop]
    if prop in olds.get(DEFAULTS, []):
        news[prop] = olds[prop]
        return []
    prefix = f"{logical}-"
    if len(prefix) + _RANDOM > rule.limit:  # the words of Pulumi's own resource.NewUniqueName
        text = f"name '{prefix}' plus {_RANDOM} random chars is longer than maximum length {rule.limit}"
        return [Failure(prop, text)]
    name = prefix + hashlib.sha256(seed).hexdigest()[:_RANDOM]
    news[prop] = name.lower() if rule.lower else name
    return []


def replaced_first(rule: Name | None, news: dict[str, Any], olds: dict[str, Any]) -> bool:
    """Whether a replacement deletes the old resource first: the program gave the name, and the two would share it."""
    if rule is None or rule.property in news.get(DEFAULTS, [rule.property]):
        return False
    return bool(news.get(rule.property) == olds.get(rule.property))
