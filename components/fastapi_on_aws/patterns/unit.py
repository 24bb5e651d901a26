"""One thing to run, and what a runtime asks of it."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Optional

from pulumi import Input

from fastapi_on_aws.service import ScalingArgs

SHARED_UNIT: Final = "web"
_PRIORITIES: Final = (
    range(24000, 25000),
    range(16000, 24000),
    range(10500, 16000),
    range(4500, 10500),
    range(2000, 4500),
    range(1000, 2000),
    range(400, 1000),
    range(100, 400),
    range(1, 100),
)
"""By the number of a prefix's parts, from none: longer ones are tried first. Services mostly stand at one to three, so
these have the most room."""
DEEPEST: Final = len(_PRIORITIES) - 1
"""From here on prefixes share one range, and cannot lie below each other."""


class Named(NamedTuple):
    """The resource of a unit whose name leaves the unit's the least room."""

    kind: str
    """As in `naming.RULES`."""
    ending: str = ""
    """What it has behind the unit's name."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a runtime asks of each unit that it runs."""

    named: Named
    """What the name of a unit has to fit into."""
    worker_named: Named
    """The same of one that no request comes to."""
    taken: Collection[str]
    """What else stands behind the pattern's name in the names of resources."""
    taken_by: str
    check_size: Callable[[str, str, str], object]
    """Refuses a known cpu and memory that cannot be had; takes the config path of what has them, too."""
    largest_texts_bytes: int
    """Of a unit's command and environment together."""
    holder_of_texts: str
    """Completes "…, and …"."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One thing to run: a command in an image, the services in it, its size, and what it is told."""

    name: str
    services: Sequence[str]
    routes: Mapping[str, str]
    """Service -> path prefix. Empty for a worker."""
    own_image: bool
    """Whether it runs its service's image instead of the app's."""
    command: Optional[Sequence[Input[str]]]
    cpu: Input[str]
    memory: Input[str]
    scaling: ScalingArgs
    env: Mapping[str, Input[str]]
    secrets: Mapping[str, Input[str]]
    calls: Sequence[str]
    """Services of other units."""
    notes: Sequence[str] = field(default_factory=list)
    shared: bool = False
    """Whether it is the one that services without a unit of their own share."""

    @property
    def receives_the_rest(self) -> bool:
        """Whether requests come here that match no prefix."""
        return bool(self.routes) and (self.shared or "/" in self.routes.values())

    @property
    def prefixes(self) -> list[str]:
        """Below which requests come here; with `/` among them, so does what no other prefix matches."""
        return list(dict.fromkeys([*(["/"] if self.receives_the_rest else []), *self.routes.values()]))

    @property
    def path_patterns(self) -> list[str]:
        """Of the listener rule that leads here."""
        if self.receives_the_rest:
            return ["/*"]
        return [pattern for prefix in self.routes.values() for pattern in (prefix, f"{prefix}/*")]

    @property
    def depth(self) -> int:
        """How many parts the longest prefix of its listener rule has."""
        return 0 if self.receives_the_rest else max(prefix.count("/") for prefix in self.routes.values())

    @property
    def priority(self) -> int:
        """Longer prefixes first; from the unit alone, so that another service moves no rule.

        The one that receives the rest has a number of its own, too: when its name changes, its new rule stands beside
        its old one for a while.
        """
        level = _PRIORITIES[min(self.depth, DEEPEST)]
        return level[int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4]) % len(level)]
