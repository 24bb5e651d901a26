"""What the objects of a service are called in a cluster, which others may share."""

import hashlib
import re
from typing import Final

from fastapi_on_aws.component import stack_slug
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.naming import logical, physical

NAME_LABEL: Final = "app.kubernetes.io/name"
NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"
"""What Kubernetes itself labels each namespace with."""
_DIGEST: Final = 8


def namespace_of(name: str) -> str:
    """The namespace of a service of this stack, which people give to `kubectl -n`."""
    return physical("Kubernetes object", f"{stack_slug()}-{name}".lower())


def labels_of(name: str) -> dict[str, str]:
    """What its pods are found by."""
    return {NAME_LABEL: name}


def named_by(name: str, content: str) -> str:
    """A name that is another one with other content, so that the new object exists before the old one goes.

    >>> named_by("shop", "a")
    'shop-ca978112'
    """
    return physical("Kubernetes object", f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:_DIGEST]}")


def check_names(name: str, *, routed: bool) -> None:
    """Refuse a name that cannot name one of its resources, before the first of them is registered."""
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise UsageError(
            f"the name {name!r} cannot be a DNS label, as Kubernetes wants for a Service: lower-case letters, digits"
            " and hyphens, a letter first and no hyphen last; rename the service or component"
        )
    logical("target group" if routed else "IAM role", name)
    named_by(name, "")
    namespace_of(name)
