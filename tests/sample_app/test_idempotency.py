"""Placing an order under an idempotency key: once, whatever happens."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from sample_app.app import create_app
from sample_app.modules.catalog.public import Reservation
from sample_app.modules.catalog.service import CatalogService
from sample_app.modules.orders import claims
from sample_app.modules.orders.repository import OrderRepository
from sample_app.modules.orders.service import OrderService
from sample_app.settings import Settings
from tests.sample_app.support import add_product, order, problem, running, sqlite, stock_of

pytestmark = pytest.mark.anyio


class Crash(BaseException):
    """The process died: nothing of what would have come next happened."""


async def orders(shop: httpx.AsyncClient) -> list[str]:
    """The ids of all orders."""
    return [each["id"] for each in (await shop.get("/orders")).json()["items"]]


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt counts as dead at once."""
    monkeypatch.setattr(claims, "LEASE", timedelta())


async def test_the_same_request_again_gets_the_same_answer(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    first, again = [await order(shop, {product: 2}, key="one") for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content, "byte for byte"
    assert again.headers["location"] == first.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true", "who wants to know can tell"
    assert await orders(shop) == [first.json()["id"]], "it is one order"
    assert await stock_of(shop, product) == 3, "and took its products once"


async def test_another_key_or_none_is_another_order(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    ids = {(await order(shop, {product: 1}, key=key)).json()["id"] for key in ("one", "two", None, None)}
    assert len(ids) == 4, "who orders the same twice may want it twice"


async def test_a_key_belongs_to_its_request(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    await order(shop, {product: 1}, key="one")
    document = problem(await order(shop, {product: 2}, key="one"), 422)
    assert document["type"].endswith(":idempotency-key-reused"), "the caller has made a mistake"
    same = await order(shop, {product.upper(): 1}, key="one")
    assert same.headers.get("idempotency-replayed") == "true", "the same request in other letters is the same"
    assert await stock_of(shop, product) == 4


async def test_of_many_at_once_one_places_the_order(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    answers = await asyncio.gather(*(order(shop, {product: 2}, key="one") for _ in range(10)))
    placed = [answer for answer in answers if answer.status_code == 201]
    for answer in answers:
        if answer.status_code != 201:
            assert problem(answer, 409)["type"].endswith(":order-in-progress"), "the others may ask again"
            assert answer.headers["retry-after"] == "1", "soon"
    assert len({answer.content for answer in placed}) == 1, "there is one answer"
    assert Counter(answer.headers.get("idempotency-replayed") for answer in placed)[None] == 1, "given anew once"
    assert await orders(shop) == [placed[0].json()["id"]], "for one order"
    assert await stock_of(shop, product) == 3, "which took its products once"
    later = await order(shop, {product: 2}, key="one")
    assert later.content == placed[0].content


async def test_a_refusal_leaves_the_key_free(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=1)
    problem(await order(shop, {product: 2}, key="one"), 409)
    problem(await order(shop, {product: 2}, key="one"), 409)
    placed = await order(shop, {product: 1}, key="one")
    assert placed.status_code == 201, "nothing was placed under it, so a changed basket is fine"
    assert "idempotency-replayed" not in placed.headers


async def test_an_error_leaves_the_key_free_and_nothing_set_aside(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = await add_product(shop, stock=5)
    with monkeypatch.context() as broken:
        broken.setattr(OrderRepository, "settle", _raise(RuntimeError))
        problem(await order(shop, {product: 2}, key="one"), 500)
    assert await stock_of(shop, product) == 5, "what was set aside is back"
    assert (await order(shop, {product: 2}, key="one")).status_code == 201, "and the caller may try again at once"
    assert await stock_of(shop, product) == 3


async def test_an_attempt_that_died_is_in_progress_until_its_time_is_up(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = await add_product(shop, stock=5)
    with monkeypatch.context() as broken:
        broken.setattr(OrderRepository, "settle", _raise(Crash))
        with pytest.raises(Crash):
            await order(shop, {product: 2}, key="one")
    assert await stock_of(shop, product) == 3, "its products are set aside"
    assert await orders(shop) == [], "for no order that one could see"
    problem(await order(shop, {product: 2}, key="one"), 409)
    monkeypatch.setattr(claims, "LEASE", timedelta())
    placed = await order(shop, {product: 2}, key="one")
    assert placed.status_code == 201, "then it is clear that nobody else will finish it"
    assert await orders(shop) == [placed.json()["id"]]
    assert await stock_of(shop, product) == 3, "what the dead one had set aside is back"


@pytest.mark.usefixtures("no_patience")
async def test_of_many_who_take_over_one_does(shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    product = await add_product(shop, stock=5)
    with monkeypatch.context() as broken:
        broken.setattr(OrderRepository, "settle", _raise(Crash))
        with pytest.raises(Crash):
            await order(shop, {product: 2}, key="one")
    answers = await asyncio.gather(*(order(shop, {product: 2}, key="one") for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}, "however they get into each other's way"
    later = await order(shop, {product: 2}, key="one")
    assert later.status_code == 201
    assert await orders(shop) == [later.json()["id"]], "there is one order"
    assert await stock_of(shop, product) == 3, "and nothing is set aside for those who lost"


@pytest.mark.usefixtures("no_patience")
@pytest.mark.parametrize("where", ["before it reserves", "after it has reserved"])
async def test_a_slow_attempt_that_was_given_up_undoes_itself_and_nothing_else(
    where: str, shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_slow, go_on = asyncio.Event(), asyncio.Event()
    reserve = CatalogService.reserve

    async def stop_once() -> None:
        if not is_slow.is_set():
            is_slow.set()
            await go_on.wait()

    async def reserve_slowly(catalog: CatalogService, order_id: UUID, quantities: Mapping[UUID, int]) -> Reservation:
        if where == "before it reserves":
            await stop_once()
        reservation = await reserve(catalog, order_id, quantities)
        await stop_once()
        return reservation

    monkeypatch.setattr(CatalogService, "reserve", reserve_slowly)
    product = await add_product(shop, stock=5)
    slow = asyncio.create_task(order(shop, {product: 2}, key="one"))
    await is_slow.wait()
    placed = await order(shop, {product: 2}, key="one")
    assert placed.status_code == 201, "somebody else has taken over"
    go_on.set()
    assert problem(await slow, 409)["type"].endswith(":order-in-progress"), "its caller may ask what became of it"
    assert await orders(shop) == [placed.json()["id"]]
    assert await stock_of(shop, product) == 3, "what the winner holds is still held, and nothing else"


async def test_an_order_whose_commit_was_not_answered_is_placed(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = OrderService._write

    async def lose_the_answer(service: OrderService, *arguments: Any) -> None:
        await write(service, *arguments)
        raise ConnectionError("the database is gone")

    product = await add_product(shop, stock=5)
    with monkeypatch.context() as broken:
        broken.setattr(OrderService, "_write", lose_the_answer)
        placed = await order(shop, {product: 2}, key="one")
    assert placed.status_code == 201, "what is written is written"
    assert await stock_of(shop, product) == 3, "and keeps its products"
    assert (await order(shop, {product: 2}, key="one")).content == placed.content


async def test_products_that_could_not_be_released_are_with_the_next_attempt(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    product = await add_product(shop, stock=5)
    with monkeypatch.context() as broken:
        broken.setattr(OrderRepository, "settle", _raise(RuntimeError))
        broken.setattr(CatalogService, "release", _raise(RuntimeError))
        problem(await order(shop, {product: 2}, key="one"), 500)
    assert "the catalog may hold its reservation" in caplog.text, "somebody may want to know"
    assert await stock_of(shop, product) == 3, "they are set aside"
    assert (await order(shop, {product: 2}, key="one")).status_code == 201, "nobody has to wait for the lease"
    assert await stock_of(shop, product) == 3, "the claim knew of them"


async def test_a_restart_forgets_no_key(tmp_path: Path) -> None:
    settings = Settings(database_url=sqlite(tmp_path / "shop.db"))
    async with running(create_app(settings)) as shop:
        product = await add_product(shop)
        first = await order(shop, {product: 1}, key="one")
    async with running(create_app(settings)) as shop:
        again = await order(shop, {product: 1}, key="one")
    assert again.content == first.content, "keys are where the orders are"
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "ümlaut", "tab\t"])
async def test_a_key_that_is_none_is_refused(key: str, shop: httpx.AsyncClient) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    response = await shop.post("/orders", json={"lines": []}, headers=headers)
    places = {error.get("name") for error in problem(response, 422)["errors"]}
    assert "Idempotency-Key" in places, "better no order than one that its sender cannot repeat"


def _raise(error: type[BaseException]) -> Callable[..., Any]:
    async def fail(*_: object) -> None:
        raise error("on purpose")

    return fail
