"""The HTTP contract of orders: the same with the catalog in process and over HTTP."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, event

from sample_app.modules.orders.repository import OrderRepository
from tests.sample_app.support import add_product, order, problem, stock_of

pytestmark = pytest.mark.anyio


async def test_an_order_takes_names_and_prices_from_the_catalog(shop: httpx.AsyncClient) -> None:
    teapot = await add_product(shop, "Teapot", price_cents=1999, stock=5)
    cup = await add_product(shop, "Cup", price_cents=450, stock=12)
    placed = await order(shop, {teapot: 1, cup: 6})
    assert placed.status_code == 201, placed.text
    assert placed.json()["lines"] == [
        {"product_id": teapot, "name": "Teapot", "unit_price_cents": 1999, "quantity": 1},
        {"product_id": cup, "name": "Cup", "unit_price_cents": 450, "quantity": 6},
    ], "lines stay in the buyer's order"
    assert placed.json()["total_cents"] == 1999 + 6 * 450, "the total is in cents, so nothing is rounded"
    assert (await stock_of(shop, teapot), await stock_of(shop, cup)) == (4, 6), "the stock went down by what was bought"


async def test_an_order_reads_the_same_later_as_when_it_was_placed(shop: httpx.AsyncClient) -> None:
    placed = await order(shop, {await add_product(shop): 2})
    found = await shop.get(placed.headers["location"])
    assert found.json() == placed.json(), "what was written is what was answered"
    age = datetime.now(UTC) - datetime.fromisoformat(found.json()["placed_at"])
    assert timedelta() <= age < timedelta(minutes=1), "the moment carries its offset, on a database that forgets it too"


async def test_an_unknown_product_refuses_the_whole_order(shop: httpx.AsyncClient) -> None:
    known, missing = await add_product(shop, stock=5), str(uuid4())
    document = problem(await order(shop, {known: 1, missing: 1}), 422)
    assert document["type"].endswith(":unknown-product"), "the buyer learns the kind"
    assert document["product_id"] == missing, "and which product it was"
    assert await stock_of(shop, known) == 5, "all lines or none"


async def test_more_than_there_is_refuses_the_whole_order(shop: httpx.AsyncClient) -> None:
    plenty, few = await add_product(shop, "Cup", stock=50), await add_product(shop, "Teapot", stock=1)
    document = problem(await order(shop, {plenty: 2, few: 2}), 409)
    assert document["type"].endswith(":out-of-stock"), "the buyer learns the kind"
    assert document["product_id"] == few, "and which product it was"
    assert (await stock_of(shop, plenty), await stock_of(shop, few)) == (50, 1), "all lines or none"


async def test_buyers_at_the_same_moment_never_buy_more_than_there_is(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    answers = await asyncio.gather(*(order(shop, {product: 1}) for _ in range(12)))
    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: 7}, "five were there to be sold"
    assert await stock_of(shop, product) == 0, "and all five were sold"


async def test_an_order_that_cannot_be_written_gives_the_stock_back(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("the disk is full of secrets")

    product = await add_product(shop, stock=5)
    monkeypatch.setattr(OrderRepository, "add", fail)
    document = problem(await order(shop, {product: 2}), 500)
    assert "secrets" not in str(document), "an exception's words are for the log, not for the caller"
    assert await stock_of(shop, product) == 5, "no order, so nothing is set aside for one"


async def test_an_unknown_order_is_not_found(shop: httpx.AsyncClient) -> None:
    missing = str(uuid4())
    assert problem(await shop.get(f"/orders/{missing}"), 404)["order_id"] == missing, "it says which order"


async def test_a_product_in_two_lines_is_refused(shop: httpx.AsyncClient) -> None:
    line = {"product_id": await add_product(shop), "quantity": 1}
    errors = problem(await shop.post("/orders", json={"lines": [line, line]}), 422)["errors"]
    assert errors == [
        {"in": "body", "pointer": "#/lines", "detail": "A product is in more than one line; put all of it in one"}
    ], "the sentence says what to do"


async def test_many_buyers_at_once_are_all_served(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=50)
    answers = await asyncio.gather(*(order(shop, {product: 1}) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}, "each waits for its turn at the database"
    assert await stock_of(shop, product) == 0
    listed = (await shop.get("/orders", params={"limit": 100})).json()["items"]
    assert {each["id"] for each in listed} == {answer.json()["id"] for answer in answers}, "and none is lost"


async def test_orders_are_listed_newest_first(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop)
    placed = [(await order(shop, {product: 1})).json() for _ in range(3)]
    listed = (await shop.get("/orders")).json()
    assert listed == {"items": placed[::-1], "next_cursor": None}, "each as it was placed"


async def test_a_list_of_orders_costs_the_same_however_many_there_are(
    shop: httpx.AsyncClient,
) -> None:
    statements: list[str] = []

    @event.listens_for(Engine, "before_cursor_execute")
    def remember(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    product = await add_product(shop, stock=20)
    counts = []
    try:
        for _ in range(2):
            await asyncio.gather(*(order(shop, {product: 1}) for _ in range(5)))
            statements.clear()
            assert (await shop.get("/orders")).status_code == 200
            counts.append(sum(statement.lstrip().startswith("SELECT") for statement in statements))
    finally:
        event.remove(Engine, "before_cursor_execute", remember)
    assert counts[0] == counts[1], "no query for each order"
