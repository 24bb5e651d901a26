"""Every way of going wrong ends in a problem document."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import SecretStr

from sample_app.app import PROBLEM_TYPES, create_app
from sample_app.modules.catalog.public import OutOfStockError
from sample_app.settings import Settings
from tests.sample_app.support import WHOLE, problem, running

pytestmark = pytest.mark.anyio
JSON = {"content-type": "application/json"}
LINE = {"product_id": str(uuid4()), "quantity": 1}


@pytest.fixture
def app(with_tables: Callable[[str], SecretStr]) -> FastAPI:
    """The whole shop, not started."""
    return create_app(Settings(database_url=with_tables(WHOLE)))


@pytest.mark.parametrize(
    "body", [b'{"lines": [', b"", b"\xff\xfe", b"[" * 100_000, b'{"lines": ' + b"9" * 5_000 + b"}"]
)
async def test_a_body_that_cannot_be_read_is_the_callers_mistake(body: bytes, app: FastAPI) -> None:
    async with running(app) as shop:
        response = await shop.post("/orders", content=body, headers=JSON)
    problem(response, 422 if not body else 400)


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ({**LINE, "quantity": -1}, "#/lines/0/quantity"),
        ({**LINE, "quantity": 0}, "#/lines/0/quantity"),
        ({**LINE, "quantity": 10**30}, "#/lines/0/quantity"),
        ({**LINE, "quantity": "1"}, "#/lines/0/quantity"),
        ({**LINE, "quantity": 1.5}, "#/lines/0/quantity"),
        ({**LINE, "quantity": True}, "#/lines/0/quantity"),
        ({**LINE, "product_id": "teapot"}, "#/lines/0/product_id"),
        ({**LINE, "price_cents": 1}, "#/lines/0/price_cents"),
        ({**LINE, "a/b~c d": 1}, "#/lines/0/a~1b~0c%20d"),
        (None, "#/lines/0"),
    ],
)
async def test_a_value_that_is_not_acceptable_is_pointed_at(line: object, pointer: str, app: FastAPI) -> None:
    async with running(app) as shop:
        document = problem(await shop.post("/orders", json={"lines": [line]}), 422)
    assert [error["pointer"] for error in document["errors"]] == [pointer], "the pointer leads to the value"
    assert all(error["detail"] for error in document["errors"]), "and a sentence says what is wrong with it"


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "Cup", "price_cents": NaN, "stock": 1}',
        b'{"name": "Cup", "price_cents": 1e999, "stock": 1}',
        b'{"name": "\\ud800", "price_cents": 1, "stock": 1}',
        b'{"name": "Cup", "price_cents": 1, "stock": 1, "\\ud800": 1}',
        b'{"name": "a\\u0000b", "price_cents": 1, "stock": 1}',
        b'{"name": "   ", "price_cents": 1, "stock": 1}',
    ],
)
async def test_values_that_no_database_or_encoder_would_take_are_refused_at_the_door(body: bytes, app: FastAPI) -> None:
    async with running(app) as shop:
        problem(await shop.post("/catalog/products", content=body, headers=JSON), 422)


async def test_what_was_sent_is_not_sent_back(app: FastAPI) -> None:
    async with running(app) as shop:
        response = await shop.post("/catalog/products", json={"name": ["my-password"], "price_cents": 1, "stock": 1})
    assert problem(response, 422)["errors"], "the value is refused"
    assert "my-password" not in response.text, "errors end up in logs, and a mistaken field may hold anything"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/orders/", 404), ("PATCH", "/livez", 405)]
)
async def test_an_http_error_is_a_problem_too(method: str, path: str, status: int, app: FastAPI) -> None:
    async with running(app) as shop:
        response = await shop.request(method, path)
    document = problem(response, status)
    assert document["type"] == "about:blank", "the status says it all"
    assert ("allow" in response.headers) == (status == 405), "headers that belong to the error stay"


async def test_a_parameter_is_named_where_it_is(app: FastAPI) -> None:
    async with running(app) as shop:
        in_path = problem(await shop.get("/orders/first"), 422)["errors"][0]
        in_query = problem(await shop.get("/catalog/products?limit=many"), 422)["errors"][0]
    assert (in_path["in"], in_path["name"]) == ("path", "order_id"), "a path has names, not pointers"
    assert (in_query["in"], in_query["name"]) == ("query", "limit"), "and so has a query"


async def test_an_unhandled_exception_tells_the_log_and_not_the_caller(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("host=10.0.0.7 password=hunter2")

    async with running(app) as shop:
        response = await shop.get("/broken")  # The client would raise what reached the server: nothing does.
    problem(response, 500)
    assert "hunter2" not in response.text, "no internals leave the process"
    assert "hunter2" in caplog.text, "whoever repairs it finds the cause in the log"


async def test_an_answer_that_breaks_off_is_not_completed_with_a_problem(app: FastAPI) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b"first half"
        raise RuntimeError("no second half")

    @app.get("/half")
    async def stream() -> StreamingResponse:
        return StreamingResponse(half())

    async with running(app) as shop:
        with pytest.raises(RuntimeError, match="no second half"):
            await shop.get("/half")


async def test_the_documentation_promises_problems_and_nothing_else(app: FastAPI) -> None:
    operations: list[dict[str, Any]] = [way for path in app.openapi()["paths"].values() for way in path.values()]
    for operation in operations:
        for status, response in operation["responses"].items():
            if status == "default" or status >= "400":
                assert list(response["content"]) == ["application/problem+json"], "FastAPI's own shape is never sent"


@pytest.mark.parametrize("types", [PROBLEM_TYPES, "https://shop.example/problems/", "https://shop.example/problems#"])
def test_a_kind_of_problem_is_the_same_whatever_an_app_calls_its_types(types: str) -> None:
    assert OutOfStockError.is_of(f"{types}out-of-stock"), "so that orders knows what another version's catalog refuses"
    assert not OutOfStockError.is_of(f"{types}almost-out-of-stock"), "and takes no other kind for it"
