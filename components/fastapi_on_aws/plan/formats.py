"""Texts computed from known property values.

What has an unexpected shape is left out: a plan shows, it does not check.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi_on_aws.plan.values import as_text, one_line


def when_true(value: Any) -> str | None:
    """``true``, and nothing for the default."""
    return "true" if value is True else None


def listed(value: Any) -> str | None:
    """The items of a list, without its brackets."""
    return ",".join(as_text(item) for item in value) if isinstance(value, list) and value else None


def last_segment(value: Any) -> str | None:
    """The name at the end of an ARN or path."""
    return one_line(value.rpartition("/")[2].rpartition(":")[2]) if isinstance(value, str) else None


def ports(protocol: Any, from_port: Any, to_port: Any) -> str:
    """The ports of a security-group rule: ``443/tcp``, ``1024-65535/tcp``, ``all``."""
    if str(protocol) in ("-1", "None"):
        return "all"
    first, last = as_text(from_port), as_text(to_port)
    span = first if first == last else f"{first}-{last}"
    return f"{span}/{as_text(protocol)}"


def span(lowest: Any, highest: Any) -> str | None:
    """``2-10``; nothing where neither end is set."""
    if lowest is None and highest is None:
        return None
    low, high = ("" if end is None else as_text(end) for end in (lowest, highest))
    return low if low == high else f"{low}-{high}"


def capacity_providers(strategies: Any) -> str | None:
    """The capacity providers of an ECS service with their weights: ``FARGATE:1,FARGATE_SPOT:3``."""
    if not isinstance(strategies, list):
        return None
    shown = []
    for strategy in strategies:
        if isinstance(strategy, Mapping):
            weight = strategy.get("weight")
            suffix = "" if weight is None else f":{as_text(weight)}"
            shown.append(as_text(strategy.get("capacityProvider")) + suffix)
    return ",".join(shown) or None


def containers(definitions: Any) -> str | None:
    """The names of a task definition's containers."""
    parsed = _parsed(definitions)
    if not isinstance(parsed, list):
        return None
    return ",".join(as_text(item.get("name")) for item in parsed if isinstance(item, Mapping)) or None


def principals(policy: Any) -> str | None:
    """Who may assume a role."""
    found: list[str] = []
    for statement in _statements(policy):
        principal = statement.get("Principal")
        if isinstance(principal, Mapping):
            for value in principal.values():
                found += map(as_text, value if isinstance(value, list) else [value])
        elif principal is not None:
            found.append(as_text(principal))
    return ",".join(dict.fromkeys(found)) or None


def action_count(policy: Any) -> str | None:
    """How many actions a policy names."""
    actions: set[str] = set()
    for statement in _statements(policy):
        named = statement.get("Action", [])
        actions.update(map(as_text, named if isinstance(named, list) else [named]))
    return str(len(actions)) if actions else None


def matched(conditions: Any) -> str | None:
    """The paths and hosts that a listener rule answers to."""
    found: list[str] = []
    for condition in conditions if isinstance(conditions, list) else []:
        for kind in ("hostHeader", "pathPattern"):
            values = condition.get(kind) if isinstance(condition, Mapping) else None
            if isinstance(values, Mapping) and isinstance(values.get("values"), list):
                found += map(as_text, values["values"])
    return ",".join(found) or None


def _statements(policy: Any) -> Iterator[Mapping[str, Any]]:
    parsed = _parsed(policy)
    statements = parsed.get("Statement") if isinstance(parsed, Mapping) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, Mapping):
            yield statement


def _parsed(text: Any) -> Any:
    """A policy or a list of containers: JSON text, or what that would be."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return None
