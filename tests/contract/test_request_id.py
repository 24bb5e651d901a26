"""Request ids and traces"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from sample_app.app import create_app
from sample_app.settings import Settings
from tests.contract.server import Server
from tests.sample_app.support import ELSEWHERE, add_product, order, running, sqlite
from tests.support.process import wait_until

pytestmark = pytest.mark.anyio
HEADER = "X-Request-ID"


async def test_a_request_id_that_the_client_sends_is_kept(shop: httpx.AsyncClient) -> None:
    """`X-Request-ID`: up to 128 letters, digits, dots, hyphens and underscores."""
    answer = await shop.get("/catalog/products", headers={HEADER: "Order-7.retry_2"})
    assert answer.headers.get_list(HEADER) == ["Order-7.retry_2"], "the caller can find its request in our logs"


@pytest.mark.parametrize("given", ["", "two words", "a" * 129, "semi;colon", 'quo"te', "<b>", "{}", "ü"])
async def test_a_request_id_that_could_harm_a_log_is_replaced(shop: httpx.AsyncClient, given: str) -> None:
    """By a UUID; the request is served all the same."""
    answer = await shop.get("/catalog/products", headers=[(HEADER.encode(), given.encode())])
    assert _is_uuid(answer.headers[HEADER]), "an own one stands in for it, and the request is served all the same"


async def test_a_request_without_an_id_gets_a_new_one(shop: httpx.AsyncClient) -> None:
    """A UUID, in the answer's `X-Request-ID`."""
    ids = {(await shop.get("/catalog/products")).headers[HEADER] for _ in range(3)}
    assert len({UUID(each) for each in ids}) == 3, "no two requests share one"


_Ask = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
_FAILS: dict[str, tuple[int, _Ask]] = {
    "malformed": (400, lambda shop: shop.post("/orders", content=b"{", headers={"content-type": "application/json"})),
    "not found": (404, lambda shop: shop.get(f"/catalog/products/{uuid4()}")),
    "wrong method": (405, lambda shop: shop.delete("/catalog/products")),
    "too long": (413, lambda shop: shop.post("/orders", content=b" " * 1_000_001)),
    "invalid": (422, lambda shop: shop.post("/orders", json={})),
}


@pytest.mark.parametrize("failure", _FAILS)
async def test_an_error_has_a_request_id_too(shop: httpx.AsyncClient, failure: str) -> None:
    """400, 404, 405, 413 and 422."""
    status, ask = _FAILS[failure]
    answer = await ask(shop)
    assert answer.status_code == status, "the error that was meant"
    assert _is_uuid(answer.headers[HEADER]), "errors are what one looks for in a log"


async def test_one_request_id_is_in_the_log_of_every_service_that_took_part(
    shop: httpx.AsyncClient, servers: dict[str, Server]
) -> None:
    """In the access log of orders, catalog and notifications, for one order."""
    product = await add_product(shop)
    request_id = f"order-{uuid4()}"
    lines = {"lines": [{"product_id": product, "quantity": 1}]}
    assert (await shop.post("/orders", json=lines, headers={HEADER: request_id})).status_code == 201, "it is placed"

    def mine(name: str) -> list[str]:
        return [line["path"] for line in servers[name].log_lines() if _is_access(line, request_id)]

    wait_until(lambda: "/orders" in mine("orders"), "the line of the order")
    assert mine("catalog"), "and what that asked of the catalog has the same id"
    assert mine("notifications"), "and what it told notifications"


async def test_a_service_that_another_calls_gets_the_id_and_the_trace_of_the_request(tmp_path: Path) -> None:
    """`traceparent`, `tracestate` and `X-Amzn-Trace-Id` are passed on as they came."""
    trace = {
        "x-request-id": "order-7",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": "vendor=1,other=2",
        "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1",
    }
    two = Settings(app_services=("catalog", "notifications"), database_url=sqlite(tmp_path / "others.db"))
    one = Settings(app_services=("orders",), database_url=sqlite(tmp_path / "orders.db"), **ELSEWHERE)
    others = create_app(two)
    tap = _Tap(others)
    orders = create_app(one, transport=httpx.ASGITransport(tap))
    async with running(others) as catalog, running(orders) as shop:
        shop.headers.update(trace)
        answer = await order(shop, {await add_product(catalog): 1})
    assert answer.status_code == 201, "the order is placed"
    assert {path.split("/")[1] for path, _ in tap.saw} == {"catalog", "notifications"}, "both were called"
    for path, headers in tap.saw:
        got = {name: headers[name] for name in trace}
        assert got == trace, f"{path} is part of the same request and the same trace"


def _is_uuid(text: str) -> bool:
    return str(UUID(text)) == text


class _Tap:
    """Remembers what passes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.saw: list[tuple[str, httpx.Headers]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.saw.append((scope["path"], httpx.Headers(scope["headers"])))
        await self._app(scope, receive, send)


def _is_access(line: dict[str, object], request_id: str) -> bool:
    return line.get("logger") == "access" and line.get("request_id") == request_id
