"""What a listener does with a request: rules, in their order, and what it answers when none matches."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

from fastapi_on_aws.recording import Graph, Resource, plain
from tests.support.recorded import LISTENER, LISTENER_RULE, TARGET_GROUP

DEFAULT_GROUP: Final = "default"
"""The target group that serves what no prefix leads to another one."""
TARGETS: Final = range(1, 17)
"""The targets that a group has room for, by number."""
_LISTENER: Final = """
frontend listener from listener
    bind "fd@${{LISTENER_FD}}"
{rules}    default_backend fixed-response

backend fixed-response from alb
    http-request return status {status} content-type '{content_type}' string '{body}'
"""
_GROUP: Final = """
backend {group} from target-group
    # Slots for targets, filled and emptied while this runs.
    server-template target {first}-{last} 127.0.0.1:1 disabled
"""


@dataclass(frozen=True)
class Rule:
    """Requests whose path and host match a pattern each go to a target group."""

    group: str
    paths: tuple[str, ...] = ()
    """Patterns, of which one has to match; none: any path."""
    hosts: tuple[str, ...] = ()
    """The same, of the name that the client used."""

    @classmethod
    def below(cls, prefix: str, group: str) -> Self:
        """Of `/prefix` and all that is below it."""
        return cls(group, (prefix, f"{prefix}/*"))


@dataclass(frozen=True)
class Listener:
    """Rules in the order of their priorities, and the answer to what none of them matches."""

    rules: tuple[Rule, ...]
    status: int = 404
    content_type: str = "text/plain"
    body: str = "Not Found"

    @classmethod
    def of(cls, graph: Graph) -> Self:
        """Of the one listener of a recorded stack; groups are called by their logical names."""
        rules = sorted(graph.of_type(LISTENER_RULE), key=lambda rule: rule.inputs["priority"])
        groups = {group.outputs["arn"]: group.name for group in graph.of_type(TARGET_GROUP)}
        (action,) = plain(graph.one(LISTENER).inputs["defaultActions"])
        said = action["fixedResponse"]
        return cls(
            tuple(_rule(rule, groups) for rule in rules),
            int(said["statusCode"]),
            said["contentType"],
            said["messageBody"],
        )

    def configuration(self) -> str:
        """Of HAProxy, with an empty target group for each that a rule leads to."""
        rules = "".join(f"    use_backend {rule.group}{_condition(rule)}\n" for rule in self.rules)
        listener = _LISTENER.format(rules=rules, status=self.status, content_type=self.content_type, body=self.body)
        groups = dict.fromkeys(rule.group for rule in self.rules)
        return listener + "".join(_GROUP.format(group=g, first=TARGETS[0], last=TARGETS[-1]) for g in groups)


def prefixes(names: Iterable[str]) -> Listener:
    """`/name` and what is below it lead to the target group `name`."""
    return Listener(tuple(Rule.below(f"/{name}", name) for name in names))


ONE_GROUP: Final = Listener((Rule(DEFAULT_GROUP, ("/*",)),))
"""Everything goes to the default group."""


def _rule(rule: Resource, groups: dict[str, str]) -> Rule:
    given: dict[str, Any] = plain(rule.inputs)
    (action,) = given["actions"]
    assert action["type"] == "forward", f"{rule.name} does something else than to forward: {action['type']}"
    patterns: dict[str, tuple[str, ...]] = {}
    for condition in given["conditions"]:
        ((kind, values),) = condition.items()
        patterns[kind] = tuple(values["values"])
    assert patterns.keys() <= {"pathPattern", "hostHeader"}, f"{rule.name} looks at something else: {patterns}"
    return Rule(groups[action["targetGroupArn"]], patterns.get("pathPattern", ()), patterns.get("hostHeader", ()))


def _condition(rule: Rule) -> str:
    looks_at = [("path", "-m reg", rule.paths), ("req.hdr(host),host_only", "-i -m reg", rule.hosts)]
    parts = [f"{{ {what} {how} {' '.join(_regexes(patterns))} }}" for what, how, patterns in looks_at if patterns]
    return " if " + " ".join(parts) if parts else ""


def _regexes(patterns: Iterable[str]) -> Iterator[str]:
    """In a pattern of a rule `*` is any text, and `?` any character."""
    for pattern in patterns:
        regex = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".").replace("'", r"\x27")
        yield f"'^{regex}$'"
