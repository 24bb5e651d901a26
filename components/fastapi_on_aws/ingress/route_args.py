"""Which requests of a load balancer a service receives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi_on_aws.args import Defaulted, arg, at_most, between, each, matching, not_empty
from fastapi_on_aws.references import ListenerRef

HIGHEST_PRIORITY: Final = 25000
"""The upper half of a listener's 50000 belongs to the rules that attach target groups."""

_PATH_PATTERN: Final = matching(
    r"[/*?][A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}",
    "must be a path pattern of a listener rule: up to 128 letters, digits and _ - . $ / ~ \" ' @ : + & with * and ? for"
    " what may vary, a slash first",
)
"""Source: Elastic Load Balancing user guide, "Condition types for listener rules"."""


@dataclass(frozen=True, kw_only=True)
class RouteArgs:
    """Which requests of a listener a service receives."""

    listener: ListenerRef
    """The listener that they come to."""

    path_patterns: Sequence[str] = arg(not_empty(), at_most(5), each(_PATH_PATTERN))
    """Such as `/orders` and `/orders/*`; a listener rule has up to five."""

    priority: Defaulted[int] = arg(between(1, HIGHEST_PRIORITY), default=HIGHEST_PRIORITY)
    """Rules are tried from the lowest up. Default: 25000, last."""
