"""What each word of the app means with each pattern: one table, so that nothing is dropped in silence."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from fastapi_on_aws.args import given
from fastapi_on_aws.coerce import word as spelt
from stack_settings.settings import Pattern, StackSettings


class Fate(StrEnum):
    """What becomes of a word."""

    HONOURED = "honoured"
    TRANSLATED = "translated"
    """It means the same, in the runtime's own terms."""
    NOTED = "noted"
    """It lies unused, and the plan says so."""
    REFUSED = "refused"
    """What it asks for would break, so it is an error."""


@dataclass(frozen=True)
class Capability:
    """A word, or a block with all its words."""

    word: str
    monolith: Fate
    microservices: Fate
    serverless: Fate
    how: str = ""
    told_here: bool = True
    """Whether it is noted by the table; else the pattern does, which knows more of it."""

    def fate(self, pattern: Pattern) -> Fate:
        """What becomes of it with a pattern."""
        fate: Fate = getattr(self, pattern.value)
        return fate


_HONOURED, _TRANSLATED, _NOTED, _REFUSED = Fate

CAPABILITIES: Final = (
    Capability("app.image", _HONOURED, _HONOURED, _HONOURED, "with `lambda.package: zip` nothing is built"),
    Capability("app.asgi", _HONOURED, _HONOURED, _HONOURED),
    Capability("app.command", _HONOURED, _HONOURED, _HONOURED),
    Capability("app.port", _HONOURED, _HONOURED, _HONOURED),
    Capability(
        "app.egress_ports",
        _HONOURED,
        _HONOURED,
        _NOTED,
        "EKS: up to 20, and not `app.port`; Lambda: of functions in the network only",
        False,
    ),
    Capability("app.health.ready", _HONOURED, _HONOURED, _HONOURED),
    Capability("app.health.live", _HONOURED, _HONOURED, _NOTED, "on Lambda nobody asks a copy whether it lives"),
    Capability("app.health.start_seconds", _HONOURED, _HONOURED, _NOTED, "Lambda has a start-up limit of its own"),
    Capability(
        "app.cpu", _HONOURED, _TRANSLATED, _NOTED, "EKS: what a pod is sure to have; Lambda: follows memory", False
    ),
    Capability("app.memory", _HONOURED, _HONOURED, _HONOURED),
    Capability("app.scaling", _HONOURED, _HONOURED, _NOTED, "EKS: one pod or more; Lambda: a copy a request", False),
    Capability("app.drain_seconds", _HONOURED, _HONOURED, _NOTED, "Lambda ends no copy that has a request"),
    Capability("app.streaming", _HONOURED, _HONOURED, _HONOURED, "Lambda: by a REST API or a function URL"),
    Capability("app.websockets", _HONOURED, _HONOURED, _REFUSED, "Lambda keeps no connection open"),
    Capability("app.largest_request", _HONOURED, _HONOURED, _HONOURED, "Lambda: up to 6 MB"),
    Capability("app.largest_response", _HONOURED, _HONOURED, _HONOURED, "Lambda: up to 6 MB, streamed 200 MB"),
    Capability("app.env", _HONOURED, _HONOURED, _HONOURED),
    Capability(
        "app.secrets", _HONOURED, _TRANSLATED, _TRANSLATED, "ECS tells `X`, EKS `X_FILE`, a path, Lambda `X_ARN`"
    ),
    Capability(
        "services.<name>.prefix", _HONOURED, _HONOURED, _HONOURED, "without one: a worker, which Lambda refuses"
    ),
    Capability("services.<name>.command", _HONOURED, _HONOURED, _HONOURED),
    Capability("services.<name>.image", _HONOURED, _HONOURED, _HONOURED),
    Capability(
        "services.<name>.cpu", _NOTED, _TRANSLATED, _NOTED, "monolith: of a service that runs alone only", False
    ),
    Capability("services.<name>.memory", _NOTED, _HONOURED, _HONOURED, "monolith: as above", False),
    Capability("services.<name>.scaling", _NOTED, _HONOURED, _NOTED, "monolith: as above", False),
    Capability("services.<name>.env", _HONOURED, _HONOURED, _HONOURED),
    Capability("services.<name>.secrets", _HONOURED, _TRANSLATED, _TRANSLATED, "as `app.secrets`"),
    Capability(
        "services.<name>.calls", _TRANSLATED, _TRANSLATED, _TRANSLATED, "`<NAME>_URL`, where the other runs apart"
    ),
    Capability("load_balancer", _HONOURED, _HONOURED, _NOTED, "an API of Lambda has no load balancer"),
    Capability("ecs", _HONOURED, _NOTED, _NOTED, "they are of ECS, which runs the monolith"),
    Capability("eks", _NOTED, _HONOURED, _NOTED, "they are of EKS, which runs microservices"),
    Capability("eks.scaling.requests", _REFUSED, _REFUSED, _REFUSED, "Kubernetes' autoscaler counts no requests"),
    Capability("lambda", _NOTED, _NOTED, _HONOURED, "they are of Lambda, which runs the serverless app"),
)


def unused_words(settings: StackSettings, namespace: str) -> Iterator[str]:
    """A sentence for each word that somebody has said, and that means nothing with the stack's pattern."""
    for capability in CAPABILITIES:
        if capability.told_here and capability.fate(settings.pattern) is Fate.NOTED:
            said = _said(settings, capability.word)
            if said is not None:
                words = f" ({', '.join(said)})" if said else ""
                yield (
                    f"{namespace}{capability.word}{words} lies unused with pattern {settings.pattern}: {capability.how}"
                )


def _said(settings: StackSettings, path: str) -> list[str] | None:
    """The words of a block that are not what they are by default, or nothing in the place of a single one's; None if
    nobody has said it."""
    holder: Any = settings
    *blocks, last = path.split(".")
    for block in blocks:
        holder = _field(holder, block)
    value = _field(holder, last)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        inner = [spelt(name) for name in given(value)]
        return inner or None
    return [] if last in map(spelt, given(holder)) else None


def _field(holder: Any, name: str) -> Any:
    return next(getattr(holder, field.name) for field in dataclasses.fields(holder) if spelt(field.name) == name)
