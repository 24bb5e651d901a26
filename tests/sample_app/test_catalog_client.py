"""What orders does when the catalog's service misbehaves."""

import asyncio
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from sample_app.app import create_app
from sample_app.kit.peers import ATTEMPT_SECONDS
from sample_app.settings import Settings
from tests.sample_app.support import ELSEWHERE, add_product, order, problem, running, sqlite, stock_of

pytestmark = pytest.mark.anyio


def _hang(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("no answer", request=request)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(_hang, id="no answer"),
        pytest.param(lambda _: httpx.Response(503, text="Service Unavailable"), id="a load balancer's error page"),
        pytest.param(lambda _: httpx.Response(404, json={"detail": "Not Found"}), id="another app at that address"),
        pytest.param(lambda _: httpx.Response(302, headers={"location": "http://login/"}), id="a redirect"),
        pytest.param(lambda _: httpx.Response(200, text="<html>"), id="a web page"),
        pytest.param(lambda _: httpx.Response(200, json={"items": "none"}), id="another shape"),
    ],
)
async def test_a_catalog_that_cannot_be_used_makes_orders_unavailable_not_broken(
    answer: Callable[[httpx.Request], httpx.Response], tmp_path: Path
) -> None:
    app = create_app(_orders_only(tmp_path), transport=httpx.MockTransport(answer))
    async with running(app) as shop:
        refused = await order(shop, {str(uuid4()): 1})
    problem(refused, 503, "catalog-unavailable")
    assert refused.headers["retry-after"] == "2", "the buyer's client is told to come again, and when"


async def test_a_catalog_in_doubt_is_told_to_forget_after_the_last_repetition(tmp_path: Path) -> None:
    seen: list[httpx.Request] = []

    def remember(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503)

    app = create_app(_orders_only(tmp_path), transport=httpx.MockTransport(remember))
    async with running(app) as shop:
        await order(shop, {str(uuid4()): 1})
    assert [method for method, _ in groupby(request.method for request in seen)] == ["PUT", "DELETE"]
    assert len({str(request.url) for request in seen}) == 1, "the reservation that it was asked for"
    assert str(seen[0].url).startswith("http://catalog.internal:8000/catalog/reservations/"), (
        "the prefix is never stripped"
    )


class _LosesAnswers(httpx.AsyncBaseTransport):
    """Delivers every request; the answer to a reservation gets lost on the way back."""

    def __init__(self, delivery: httpx.AsyncBaseTransport) -> None:
        self._delivery = delivery

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._delivery.handle_async_request(request)
        if request.method == "PUT":
            raise httpx.ReadTimeout("too late", request=request)
        return response


class _Counts(httpx.AsyncBaseTransport):
    """Delivers every request and remembers its method."""

    def __init__(self, delivery: httpx.AsyncBaseTransport) -> None:
        self._delivery = delivery
        self.methods: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.methods.append(request.method)
        return await self._delivery.handle_async_request(request)


@pytest.mark.usefixtures("unhurried")
async def test_a_reservation_whose_answer_was_lost_is_released(tmp_path: Path) -> None:
    catalog = create_app(Settings(app_services=("catalog",), database_url=sqlite(tmp_path / "catalog.db")))
    orders = create_app(_orders_only(tmp_path), transport=_LosesAnswers(httpx.ASGITransport(catalog)))
    async with running(catalog) as shop, running(orders) as door:
        product = await add_product(shop, stock=5)
        problem(await order(door, {product: 2}), 503)
        assert await stock_of(shop, product) == 5, "no order, so nothing stays set aside"


@pytest.mark.usefixtures("unhurried")
async def test_a_refusal_costs_one_call(tmp_path: Path) -> None:
    catalog = create_app(Settings(app_services=("catalog",), database_url=sqlite(tmp_path / "catalog.db")))
    calls = _Counts(httpx.ASGITransport(catalog))
    async with running(catalog), running(create_app(_orders_only(tmp_path), transport=calls)) as door:
        problem(await order(door, {str(uuid4()): 1}), 422)
    assert calls.methods == ["PUT"], "nothing was set aside, so there is nothing to release"


async def test_a_release_that_fails_too_is_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(_orders_only(tmp_path), transport=httpx.MockTransport(_hang))
    async with running(app) as shop:
        await order(shop, {str(uuid4()): 1})
    assert "the catalog may hold its reservation" in caplog.text, (
        "somebody may miss it before a later order releases it"
    )


async def test_a_buyer_does_not_wait_long_for_a_release(tmp_path: Path) -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60 if request.method == "DELETE" else 0)
        return httpx.Response(500)

    app = create_app(_orders_only(tmp_path), transport=httpx.MockTransport(hang))
    async with (
        running(app) as shop,
        asyncio.timeout(ATTEMPT_SECONDS),
    ):  # Less than one attempt may take, let alone three.
        problem(await order(shop, {str(uuid4()): 1}), 503, "catalog-unavailable")


def _orders_only(folder: Path) -> Settings:
    return Settings(app_services=("orders",), database_url=sqlite(folder / "orders.db"), **ELSEWHERE)
