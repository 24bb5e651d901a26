"""Errors"""

from uuid import uuid4

import httpx
import pytest

from tests.sample_app.support import add_product, order, problem

pytestmark = pytest.mark.anyio


async def test_an_unknown_id_is_not_found_and_the_error_names_it(shop: httpx.AsyncClient) -> None:
    """404 `product-not-found` with `product_id`, 404 `order-not-found`."""
    missing = str(uuid4())
    document = problem(await shop.get(f"/catalog/products/{missing}"), 404, "product-not-found")
    assert document["product_id"] == missing, "a program can tell which one it was"
    problem(await shop.get(f"/orders/{missing}"), 404, "order-not-found")


async def test_an_id_that_is_no_uuid_is_an_invalid_request(shop: httpx.AsyncClient) -> None:
    """422 `invalid-request`."""
    problem(await shop.get("/catalog/products/teapot"), 422, "invalid-request")


async def test_an_order_of_more_than_is_in_stock_is_refused(shop: httpx.AsyncClient) -> None:
    """409 `out-of-stock` with `product_id`, also when another service says so."""
    product = await add_product(shop, stock=1)
    document = problem(await order(shop, {product: 2}), 409, "out-of-stock")
    assert document["product_id"] == product, "whether the catalog is in this process or in another"


async def test_an_order_of_an_unknown_product_is_refused(shop: httpx.AsyncClient) -> None:
    """422 `unknown-product` with `product_id`, also when another service says so."""
    missing = str(uuid4())
    document = problem(await order(shop, {missing: 1}), 422, "unknown-product")
    assert document["product_id"] == missing, "whether the catalog is in this process or in another"


@pytest.mark.parametrize("status", [400, 404, 405, 422])
async def test_an_error_tells_nothing_of_how_the_shop_is_made(shop: httpx.AsyncClient, status: int) -> None:
    """No trace, no SQL, no names of libraries."""
    answers = {
        400: await shop.post("/orders", content=b"{", headers={"content-type": "application/json"}),
        404: await shop.get(f"/orders/{uuid4()}"),
        405: await shop.delete("/catalog/products"),
        422: await shop.post("/orders", json={}),
    }
    document = problem(answers[status], status)
    told = str(document).lower()
    for word in ("traceback", "sqlalchemy", "pydantic", ".py", "select "):
        assert word not in told, "what it is made of is nobody's business"
