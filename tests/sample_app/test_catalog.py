"""The catalog's HTTP contract."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from tests.sample_app.support import add_product, problem, stock_of

pytestmark = pytest.mark.anyio


async def test_a_product_that_was_added_can_be_read_where_the_answer_says(shop: httpx.AsyncClient) -> None:
    created = await shop.post("/catalog/products", json={"name": " Teapot ", "price_cents": 1999, "stock": 5})
    found = await shop.get(created.headers["location"])
    assert found.json() == created.json(), "Location leads to what was created"
    assert found.json()["name"] == "Teapot", "spaces around a name are nobody's intention"


async def test_products_are_listed_by_name_and_never_all_at_once(shop: httpx.AsyncClient) -> None:
    for name in ("Saucer", "Cup", "Teapot"):
        await add_product(shop, name)
    listed = (await shop.get("/catalog/products", params={"limit": 2})).json()["items"]
    assert [product["name"] for product in listed] == ["Cup", "Saucer"], "in order, and as many as were asked for"
    problem(await shop.get("/catalog/products", params={"limit": 101}), 422)


async def test_an_unknown_product_is_not_found(shop: httpx.AsyncClient) -> None:
    missing = str(uuid4())
    document = problem(await shop.get(f"/catalog/products/{missing}"), 404)
    assert document["product_id"] == missing, "a program can read which product it was"


async def test_a_reservation_that_is_said_twice_takes_the_stock_once(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    url, body = f"/catalog/reservations/{uuid4()}", {"quantities": {product: 2}}
    first, second = await shop.put(url, json=body), await shop.put(url, json=body)
    assert first.json() == second.json(), "a caller that lost the first answer gets it again"
    assert await stock_of(shop, product) == 3, "only one of the two moved any stock"


async def test_a_reservation_that_is_said_twice_at_once_takes_the_last_ones_once(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=2)
    url, body = f"/catalog/reservations/{uuid4()}", {"quantities": {product: 2}}
    answers = await asyncio.gather(*(shop.put(url, json=body) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}, "each of them is told of the one reservation"
    assert await stock_of(shop, product) == 0, "two were there and two were taken"


async def test_a_reservation_cannot_be_changed_under_its_id(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop)
    url = f"/catalog/reservations/{uuid4()}"
    await shop.put(url, json={"quantities": {product: 2}})
    document = problem(await shop.put(url, json={"quantities": {product: 3}}), 409)
    assert document["type"].endswith("reservation-conflict"), "it is the id that clashes, not the stock"
    assert await stock_of(shop, product) == 3, "the first reservation stands"


async def test_releasing_puts_the_stock_back_once_however_often_it_is_said(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    url = f"/catalog/reservations/{uuid4()}"
    await shop.put(url, json={"quantities": {product: 2}})
    answers = await asyncio.gather(*(shop.delete(url) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {204}, "nothing to put back is no mistake"
    assert await stock_of(shop, product) == 5, "what was taken came back, and no more than that"
