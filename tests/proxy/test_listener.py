"""The rules of a recorded stack are the proxy's."""

import pytest

from tests.proxy import Listener, Rule
from tests.support.recorded import STACKS, stack_graph


def test_the_rules_of_a_stack_come_in_the_order_of_their_priorities() -> None:
    listener = Listener.of(stack_graph(STACKS / "Pulumi.microservices.yaml"))
    served, attached = listener.rules[:3], listener.rules[3:]
    services = ("app-catalog", "app-notifications", "app-orders")
    assert served == tuple(Rule.below(f"/{service.removeprefix('app-')}", service) for service in services)
    assert {rule.hosts for rule in attached} == {(f"{service}.invalid",) for service in services}, (
        "rules that no request matches come last"
    )
    assert (listener.status, listener.content_type, listener.body) == (404, "text/plain", "Not Found")


def test_a_stack_without_services_leads_everything_to_one_group() -> None:
    listener = Listener.of(stack_graph(STACKS / "Pulumi.microservices.yaml", services={"shop": {"prefix": "/"}}))
    paths = [rule.paths for rule in listener.rules if rule.paths]
    assert len(paths) == 1
    assert "/*" in paths[0]


@pytest.mark.parametrize(
    ("pattern", "regex"), [("/a/*", r"'^/a/.*$'"), ("/v?/b.json", r"'^/v./b\.json$'"), ("/it's", r"'^/it\x27s$'")]
)
def test_a_pattern_is_a_regular_expression_for_haproxy(pattern: str, regex: str) -> None:
    assert f"{{ path -m reg {regex} }}" in Listener((Rule("group", (pattern,)),)).configuration()
