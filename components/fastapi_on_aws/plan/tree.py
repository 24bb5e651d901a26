"""The resources of a graph, grouped as the program groups them."""

from dataclasses import dataclass, field

from fastapi_on_aws.recording.graph import STACK_TYPE, Graph, Resource


@dataclass(frozen=True)
class Node:
    """A resource and what it is the parent of, in the order of registration."""

    resource: Resource
    children: list["Node"] = field(default_factory=list)


def forest(graph: Graph) -> list[Node]:
    """The trees of a graph: their roots are the resources without a parent other than the stack."""
    nodes = {resource.urn: Node(resource) for resource in graph if resource.type != STACK_TYPE}
    roots: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.resource.parent or "")
        (roots if parent is None else parent.children).append(node)
    return roots
