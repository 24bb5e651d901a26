from collections.abc import Iterator

from fastapi_on_aws.plan import forest
from fastapi_on_aws.plan.tree import Node
from tests.plan.graphs import graph, resource, urn, web_shop


def beneath(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for child in node.children:
        yield from beneath(child)


def test_resources_hang_beneath_their_component_in_the_order_of_registration() -> None:
    roots = forest(web_shop())
    assert [node.resource.name for node in roots] == ["web", "password", "shared"]
    assert [node.resource.name for node in roots[0].children] == ["web-network", "web-alb", "web-from-alb", "web"]
    assert [node.resource.name for node in roots[0].children[0].children] == ["web-vpc", "web-public-a"]


def test_the_stack_itself_is_not_a_node() -> None:
    assert forest(graph()) == [], "a program without resources has no tree"


def test_every_resource_is_in_the_tree_exactly_once() -> None:
    shop = web_shop()
    shown = [node.resource.urn for root in forest(shop) for node in beneath(root)]
    assert sorted(shown) == sorted(list(shop.resources)[1:]), "nothing may be lost or shown twice"


def test_a_resource_whose_parent_was_not_recorded_is_a_root() -> None:
    orphan = resource("aws:sqs/queue:Queue", "orphan", parent=urn("shop:index:Elsewhere", "gone"))
    assert [node.resource.name for node in forest(graph(orphan))] == ["orphan"]


def test_a_resource_without_a_parent_is_a_root() -> None:
    assert [node.resource.name for node in forest(graph(resource("aws:sqs/queue:Queue", "q", parent=None)))] == ["q"]
