"""The catalog's HTTP contract."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import httpx
import pytest

from sample_app.modules.catalog.models import ProductRow, ReservationItemRow
from sample_app.modules.catalog.repository import CatalogRepository
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


async def test_a_reservation_that_was_released_cannot_come_back(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    body = {"quantities": {product: 2}}
    overtaken, repeated = f"/catalog/reservations/{uuid4()}", f"/catalog/reservations/{uuid4()}"
    await shop.delete(overtaken)
    await shop.put(repeated, json=body)
    await shop.delete(repeated)
    for url in (overtaken, repeated):
        document = problem(await shop.put(url, json=body), 409)
        assert document["type"].endswith(":reservation-conflict"), "who comes after the release finds the door shut"
        assert document["detail"].endswith(" was released."), "and learns that no other basket would do"
        assert await stock_of(shop, product) == 5, "or its stock would stay set aside for ever"


async def test_of_a_reservation_and_its_release_at_once_nothing_stays_set_aside(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=50)
    for _ in range(10):
        url, body = f"/catalog/reservations/{uuid4()}", {"quantities": {product: 1}}
        answers = await asyncio.gather(shop.put(url, json=body), shop.delete(url), shop.put(url, json=body))
        assert answers[1].status_code == 204, answers[1].text
        assert {answers[0].status_code, answers[2].status_code} <= {200, 409}, "either it came before, or too late"
    assert await stock_of(shop, product) == 50, "whichever came first"


async def test_releases_and_reservations_of_the_same_products_do_not_block_each_other(shop: httpx.AsyncClient) -> None:
    products = [await add_product(shop, f"Cup {number}", stock=100) for number in range(5)]

    async def come_and_go(number: int) -> None:
        url = f"/catalog/reservations/{uuid4()}"
        basket = products if number % 2 else products[::-1]
        response = await shop.put(url, json={"quantities": dict.fromkeys(basket, 1)})
        assert response.status_code == 200, response.text
        assert (await shop.delete(url)).status_code == 204

    await asyncio.gather(*(come_and_go(number) for number in range(20)))
    assert [await stock_of(shop, product) for product in products] == [100] * 5


async def test_products_are_locked_in_one_order_whoever_names_them_how(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    products = sorted([await add_product(shop, f"Cup {number}") for number in range(5)])
    change_stock, remove_items, locked = CatalogRepository.change_stock, CatalogRepository.remove_items, list[str]()

    async def remember(repository: CatalogRepository, product_id: UUID, by: int) -> ProductRow | None:
        locked.append(str(product_id))
        return await change_stock(repository, product_id, by)

    async def shuffled(repository: CatalogRepository, reservation_id: UUID) -> Sequence[ReservationItemRow]:
        items = {str(item.product_id): item for item in await remove_items(repository, reservation_id)}
        return [items[products[place]] for place in (3, 0, 4, 2, 1)]  # A database promises none.

    monkeypatch.setattr(CatalogRepository, "change_stock", remember)
    monkeypatch.setattr(CatalogRepository, "remove_items", shuffled)
    url = f"/catalog/reservations/{uuid4()}"
    await shop.put(url, json={"quantities": dict.fromkeys(products[::-1], 1)})
    await shop.delete(url)
    assert locked == products * 2, "two who want the same products never wait for each other"


async def test_one_product_in_two_spellings_is_refused(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop)
    quantities = {product: 1, product.upper(): 2}
    response = await shop.put(f"/catalog/reservations/{uuid4()}", json={"quantities": quantities})
    (error,) = problem(response, 422)["errors"]
    assert error["pointer"] == "#/quantities", "which of the two was meant?"
    assert await stock_of(shop, product) == 5, "nobody knows, so nothing is taken"


async def test_products_are_found_by_all_of_the_tags_asked_for(shop: httpx.AsyncClient) -> None:
    await add_product(shop, "Cup", tags=["kitchen", "porcelain"])
    await add_product(shop, "Kettle", tags=["kitchen", "steel"])
    await add_product(shop, "Vase", tags=["porcelain"])

    async def names(*tags: str) -> list[str]:
        found = (await shop.get("/catalog/products", params={"tag": tags})).json()["items"]
        return [product["name"] for product in found]

    assert await names("kitchen") == ["Cup", "Kettle"]
    assert await names("porcelain", "kitchen") == ["Cup"], "all of them, in any order"
    assert await names("kitchen", "kitchen") == ["Cup", "Kettle"], "and said twice is said once"
    assert await names("kitchen", "wood") == []
    assert await names() == ["Cup", "Kettle", "Vase"], "no tag, no condition"


async def test_a_products_tags_are_a_set(shop: httpx.AsyncClient) -> None:
    new = {"name": "Cup", "price_cents": 450, "stock": 1, "tags": ["steel", " kitchen "]}
    created = await shop.post("/catalog/products", json=new)
    assert created.json()["tags"] == ["kitchen", "steel"], "sorted, as they have no order of their own"
    assert (await shop.get(created.headers["location"])).json() == created.json()
    for tags in (["steel", " steel"], [""], ["a\u0000b"], ["x" * 51], [f"tag {number}" for number in range(11)]):
        problem(await shop.post("/catalog/products", json={**new, "tags": tags}), 422)
