"""How many resources a graph has, of which kinds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi_on_aws.plan.type_names import is_provider
from fastapi_on_aws.recording.graph import STACK_TYPE, Graph


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The size of a plan. Components, providers and what is only read are not resources that ``up`` would create."""

    resources: int
    components: int
    providers: int
    read: int
    by_type: Mapping[str, int]
    """The resources by Pulumi type token, sorted."""


def count(graph: Graph) -> Counts:
    """Count what a graph would create."""
    members = [resource for resource in graph if resource.type != STACK_TYPE]
    providers = [resource for resource in members if is_provider(resource.type)]
    components = [resource for resource in members if not resource.custom]
    read = [resource for resource in members if resource.read]
    aside = {resource.urn for group in (providers, components, read) for resource in group}
    created = Counter(resource.type for resource in members if resource.urn not in aside)
    return Counts(
        resources=created.total(),
        components=len(components),
        providers=len(providers),
        read=len(read),
        by_type=dict(sorted(created.items())),
    )
