"""Errors"""

from uuid import uuid4

import httpx
import pytest

from tests.sample_app.support import add_product, order, problem

pytestmark = pytest.mark.anyio
KIND = "tag:shop.example,2026:"


async def test_an_unknown_id_is_a_problem_that_names_it(shop: httpx.AsyncClient) -> None:
    """404 `product-not-found` with `product_id`, 404 `order-not-found`."""
    missing = str(uuid4())
    document = problem(await shop.get(f"/catalog/products/{missing}"), 404)
    assert document["type"] == f"{KIND}product-not-found", "a program can tell the kind"
    assert document["product_id"] == missing, "and which one it was"
    assert problem(await shop.get(f"/orders/{missing}"), 404)["type"] == f"{KIND}order-not-found", "orders, too"


async def test_an_id_that_is_none_is_a_problem_of_the_request(shop: httpx.AsyncClient) -> None:
    """422 `invalid-request`."""
    document = problem(await shop.get("/catalog/products/teapot"), 422)
    assert document["type"] == f"{KIND}invalid-request", "no such id can exist"


async def test_a_value_that_is_not_acceptable_is_pointed_at(shop: httpx.AsyncClient) -> None:
    """422 `invalid-request`; `errors` has a JSON pointer to each value."""
    body = {"lines": [{"product_id": str(uuid4()), "quantity": 0}]}
    document = problem(await shop.post("/orders", json=body), 422)
    assert document["type"] == f"{KIND}invalid-request", "a program can tell the kind"
    assert [error["pointer"] for error in document["errors"]] == ["#/lines/0/quantity"], "and find the value"


async def test_a_body_that_is_no_json_is_malformed(shop: httpx.AsyncClient) -> None:
    """400 `malformed-json`."""
    answer = await shop.post("/orders", content=b'{"lines": [', headers={"content-type": "application/json"})
    assert problem(answer, 400)["type"] == f"{KIND}malformed-json", "not the same as a wrong value"


async def test_a_product_that_is_sold_out_is_a_conflict(shop: httpx.AsyncClient) -> None:
    """409 `out-of-stock` with `product_id`, also when another service says so."""
    product = await add_product(shop, stock=1)
    document = problem(await order(shop, {product: 2}), 409)
    assert document["type"] == f"{KIND}out-of-stock", "whether the catalog is in this process or in another"
    assert document["product_id"] == product, "and it says which product is missing"


async def test_a_product_that_there_is_not_cannot_be_ordered(shop: httpx.AsyncClient) -> None:
    """422 `unknown-product` with `product_id`, also when another service says so."""
    missing = str(uuid4())
    document = problem(await order(shop, {missing: 1}), 422)
    assert document["type"] == f"{KIND}unknown-product", "whether the catalog is in this process or in another"
    assert document["product_id"] == missing, "and it says which product"


@pytest.mark.parametrize("status", [400, 404, 405, 422])
async def test_a_problem_tells_nothing_of_the_inside(shop: httpx.AsyncClient, status: int) -> None:
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
