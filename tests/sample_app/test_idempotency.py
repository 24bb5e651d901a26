"""Placing an order under an idempotency key: once, whatever happens."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from sample_app.app import create_app
from sample_app.modules.orders.service import OrderService
from sample_app.settings import Settings
from tests.sample_app.accidents import order_ids
from tests.sample_app.support import add_product, order, problem, running, sqlite, stock_of

pytestmark = pytest.mark.anyio


async def test_the_same_request_again_gets_the_same_answer(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    first, again = [await order(shop, {product: 2}, key="one") for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content, "byte for byte"
    assert again.headers["location"] == first.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true", "who wants to know can tell"
    assert await order_ids(shop) == [first.json()["id"]], "it is one order"
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
    assert await order_ids(shop) == [placed[0].json()["id"]], "for one order"
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
