"""Waits for what AWS has said to be done, and is not yet done everywhere."""

import asyncio
from typing import Final

import pulumi

ACCESS_SECONDS: Final = 15
"""Until an access policy lets its principal in; before, the API server answers 403, which nothing tries again. AWS's
documents have no number; terraform-aws-eks waits 30 s for a cluster (`dataplane_wait_duration`)."""
IDENTITY_SECONDS: Final = 10
"""Until new pods get their role: "several seconds". Source: Amazon EKS API reference, CreatePodIdentityAssociation."""


def settles(name: str, seconds: int) -> pulumi.ResourceOptions:
    """Options of a resource that is in effect that long after its creation, for which all that depend on it wait."""

    async def wait(_: pulumi.ResourceHookArgs) -> None:
        await asyncio.sleep(seconds)

    return pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(after_create=[pulumi.ResourceHook(name, wait)]))
