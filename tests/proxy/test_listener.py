"""The rules of a recorded stack are the proxy's, which does as they say."""

from collections.abc import Callable

import pytest

from tests.proxy import Listener, Proxy, Rule
from tests.proxy.targets import connect
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


@pytest.mark.real_tools
@pytest.mark.parametrize(
    ("path", "host", "leads_to"),
    [
        ("/catalog", "shop", "catalog"),
        ("/catalog/products?limit=1", "shop", "catalog"),
        ("/catalog/../orders", "shop", "catalog"),
        ("/orders/", "shop", "orders"),
        ("/", "shop", None),
        ("/catalogue", "shop", None),
        ("/Catalog", "shop", None),
        ("/?to=/catalog", "shop", None),
        ("/orders", "eu.catalog.example:8080", "catalog"),
        ("/orders", "C4TALOG.EXAMPLE", "catalog"),
        ("/orders", "catalog.example.net", "orders"),
    ],
)
def test_the_first_rule_that_matches_says_where_a_request_goes(
    path: str, host: str, leads_to: str | None, proxy: Proxy, target: Callable[[], int]
) -> None:
    ports = {group: target() for group in ("catalog", "orders")}
    for group, port in ports.items():
        proxy.register(group, port)
    with connect(proxy) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = client.makefile("rb").read().decode()
    if leads_to is None:
        assert answer.startswith("HTTP/1.1 404 "), "no rule matches"
        assert answer.endswith("No such thing"), "so the listener says what it was told to"
    else:
        assert f"target: {ports[leads_to]}" in answer.lower()
