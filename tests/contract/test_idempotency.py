"""Repeated requests"""

import asyncio
from uuid import uuid4

import httpx
import pytest

from tests.sample_app.support import add_product, problem, stock_of

pytestmark = pytest.mark.anyio


async def test_an_order_that_is_sent_again_with_its_idempotency_key_is_placed_once(shop: httpx.AsyncClient) -> None:
    """`Idempotency-Key` on `POST /orders`: the second answer is the first one, with `Idempotency-Replayed: true`."""
    product, key = await add_product(shop, stock=5), str(uuid4())
    first, second = await _order(shop, product, key), await _order(shop, product, key)
    assert (first.status_code, second.status_code) == (201, 201), "a caller that lost the first answer gets it again"
    assert second.content == first.content, "byte for byte"
    assert second.headers["location"] == first.headers["location"], "with the place of the one order"
    assert "idempotency-replayed" not in first.headers, "the first one is no replay"
    assert second.headers["idempotency-replayed"] == "true", "the second one says that it is"
    assert await stock_of(shop, product) == 4, "and one was sold"


async def test_ten_orders_at_once_with_one_idempotency_key_are_one_order(shop: httpx.AsyncClient) -> None:
    """Each gets the one order, or 409 with `Retry-After` while the first is under way."""
    product, key = await add_product(shop, stock=20), str(uuid4())
    answers = await asyncio.gather(*(_order(shop, product, key) for _ in range(10)))
    placed = [answer for answer in answers if answer.status_code == 201]
    for answer in answers:
        if answer.status_code != 201:
            problem(answer, 409, "order-in-progress")
            assert int(answer.headers["retry-after"]) > 0, "and it says when to ask again"
    assert len({answer.content for answer in placed}) == 1, "the winners are told of one and the same order"
    assert await stock_of(shop, product) == 19, "one was sold"
    replayed = await _order(shop, product, key)
    assert replayed.content == placed[0].content, "whoever asks again gets it, too"


async def test_an_idempotency_key_cannot_be_used_for_another_order(shop: httpx.AsyncClient) -> None:
    """Another body with it: 422 `idempotency-key-reused`, and nothing is placed."""
    product, key = await add_product(shop, stock=5), str(uuid4())
    await _order(shop, product, key)
    problem(await _order(shop, product, key, quantity=2), 422, "idempotency-key-reused")
    assert await stock_of(shop, product) == 4, "that places nothing"


async def test_an_order_that_is_refused_leaves_its_idempotency_key_free(shop: httpx.AsyncClient) -> None:
    """After 409 or 422 the key may be used for another order."""
    product, other, key = await add_product(shop, stock=1), await add_product(shop, stock=1), str(uuid4())
    problem(await _order(shop, product, key, quantity=2), 409)
    assert (await _order(shop, other, key)).status_code == 201, "nothing was placed, so nothing is remembered"


@pytest.mark.parametrize("key", ["", "k" * 256, "two words"], ids=["empty", "too long", "a space"])
async def test_an_order_with_a_malformed_idempotency_key_is_refused(shop: httpx.AsyncClient, key: str) -> None:
    """422: a key is 1 to 255 visible ASCII characters."""
    product = await add_product(shop, stock=1)
    problem(await _order(shop, product, key), 422)
    assert await stock_of(shop, product) == 1, "a caller who means to be careful is not served carelessly"


async def test_each_order_without_an_idempotency_key_is_placed(shop: httpx.AsyncClient) -> None:
    """Each `POST` places one."""
    product = await add_product(shop, stock=5)
    ids = {(await _order(shop, product, key=None)).json()["id"] for _ in range(2)}
    assert len(ids) == 2, "two requests, two orders"
    assert await stock_of(shop, product) == 3, "and two sold"


async def test_a_reservation_that_is_sent_again_takes_the_stock_once(shop: httpx.AsyncClient) -> None:
    """`PUT` and `DELETE` may be repeated: the second one changes nothing and answers as the first."""
    product = await add_product(shop, stock=5)
    path, body = f"/catalog/reservations/{uuid4()}", {"quantities": {product: 2}}
    first, second = await shop.put(path, json=body), await shop.put(path, json=body)
    assert (first.status_code, first.content) == (second.status_code, second.content), "the same answer"
    assert await stock_of(shop, product) == 3, "two are set aside, once"
    assert {(await shop.delete(path)).status_code for _ in range(2)} == {204}, "nothing to put back is no mistake"
    assert await stock_of(shop, product) == 5, "two came back, once"


async def test_each_order_makes_one_notification(shop: httpx.AsyncClient) -> None:
    """Before the answer while notifications answers, else with a later order; not again with a replay."""
    product, key = await add_product(shop, stock=5), str(uuid4())
    placed = (await _order(shop, product, key)).json()
    await _order(shop, product, key)
    await _order(shop, product, key=None)
    notified = (await shop.get("/notifications", params={"order_id": placed["id"]})).json()["items"]
    assert [each["order_id"] for each in notified] == [placed["id"]], "wherever notifications runs"


async def _order(shop: httpx.AsyncClient, product: str, key: str | None, quantity: int = 1) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    body = {"lines": [{"product_id": product, "quantity": quantity}]}
    return await shop.post("/orders", json=body, headers=headers)
