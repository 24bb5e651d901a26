"""What the objects of a service are called in a cluster, which others may share."""

import hashlib
import re
from enum import StrEnum
from typing import Final, Optional

from fastapi_on_aws.component import stack_slug
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.naming import RULES, logical, physical

NAME_LABEL: Final = "app.kubernetes.io/name"
NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"
"""What Kubernetes itself labels each namespace with."""
TRACK_LABEL: Final = "track"
"""Source: Kubernetes documentation, "Managing Workloads", which calls two releases of one app so."""
_DIGEST: Final = 8


class Track(StrEnum):
    """Which pods of a service: every Deployment names its own, or two of them would fight for each other's."""

    STABLE = "stable"
    """Those that serve."""
    CANARY = "canary"
    """Those that try a new version first."""

    def named(self, name: str) -> str:
        """What belongs to these pods of a service.

        >>> Track.STABLE.named("shop"), Track.CANARY.named("shop")
        ('shop', 'shop-canary')
        """
        return name if self is Track.STABLE else f"{name}-{self}"


def namespace_of(name: str) -> str:
    """The namespace of a service of this stack, which people give to `kubectl -n`."""
    return physical("Kubernetes object", f"{stack_slug()}-{name}".lower())


def labels_of(name: str, track: Optional[Track] = None) -> dict[str, str]:
    """What its pods are found by, all of them or those of a track."""
    return {NAME_LABEL: name} if track is None else {NAME_LABEL: name, TRACK_LABEL: track.value}


def named_by(name: str, content: str) -> str:
    """A name that is another one with other content, so that the new object exists before the old one goes.

    >>> named_by("shop", "a")
    'shop-ca978112'
    """
    return physical("Kubernetes object", f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:_DIGEST]}")


def check_names(name: str, *, routed: bool, canary: bool = False, path: str = "") -> None:
    """Refuse a name that cannot name one of its resources, before the first of them is registered.

    ``path`` is where the service is told of; where it is empty, its name stands in the sentence.
    """
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise UsageError(
            f"the name {name!r} cannot be a DNS label, as Kubernetes wants for a Service: lower-case letters, digits"
            " and hyphens, a letter first and no hyphen last; rename the service or component"
        )
    logical("target group" if routed else "IAM role", Track.CANARY.named(name) if canary else name)
    namespace, rule = f"{stack_slug()}-{name}", RULES["Kubernetes object"]
    if len(namespace) > rule.longest:
        raise UsageError(
            f"{path or name} would have the namespace {namespace}, of {len(namespace)} characters, and Kubernetes takes"
            f" {rule.longest}; the project's and the stack's names are {len(stack_slug())} of them: shorten one of the"
            " three"
        )
