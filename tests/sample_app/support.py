"""Running the app in process, whole and split, without a socket."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from pydantic import AnyHttpUrl, SecretStr

from sample_app.app import PROBLEM_TYPES, create_app
from sample_app.registry import MODULES
from sample_app.settings import Settings

MONOLITH, SPLIT = "monolith", "split"
WHOLE = "shop"
# What orders is told of the modules that it calls.
ELSEWHERE: dict[str, Any] = {
    "catalog_url": AnyHttpUrl("http://catalog.internal:8000"),
    "notifications_url": AnyHttpUrl("http://notifications.internal:8000"),
}


def sqlite(path: Path) -> SecretStr:
    """The URL of a database in the file `path`."""
    return SecretStr(f"sqlite+aiosqlite:///{path}")


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `app`, between its start and its stop."""
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://shop") as http:
        yield http


@dataclass
class PrefixRouter(httpx.AsyncBaseTransport):
    """What a front door does: the first part of the path picks the service."""

    services: Mapping[str, httpx.AsyncBaseTransport]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.services[request.url.path.split("/")[1]].handle_async_request(request)


@asynccontextmanager
async def topology(kind: str, database: Callable[[str], SecretStr]) -> AsyncIterator[httpx.AsyncClient]:
    """The shop in one process, or as a service a module, with HTTP between them and a database each.

    `database` gives the URL of one, by the name of its module; that of all modules is called `WHOLE`.
    """
    async with AsyncExitStack() as stack:
        if kind == MONOLITH:
            whole = create_app(Settings(database_url=database(WHOLE), migrate_at_start=True))
            yield await stack.enter_async_context(running(whole))
            return
        services: dict[str, httpx.AsyncBaseTransport] = {}
        door = PrefixRouter(services)
        for name in MODULES:
            settings = Settings(app_services=(name,), database_url=database(name), migrate_at_start=True, **ELSEWHERE)
            app = create_app(settings, transport=door)
            await stack.enter_async_context(app.router.lifespan_context(app))
            services[name] = httpx.ASGITransport(app)
        yield await stack.enter_async_context(httpx.AsyncClient(transport=door, base_url="http://shop"))


async def add_product(
    shop: httpx.AsyncClient, name: str = "Teapot", price_cents: int = 1999, stock: int = 5, tags: Sequence[str] = ()
) -> str:
    """The id of a new product."""
    new = {"name": name, "price_cents": price_cents, "stock": stock, "tags": list(tags)}
    response = await shop.post("/catalog/products", json=new)
    assert response.status_code == 201, f"a valid product is accepted, but: {response.text}"
    return str(UUID(response.json()["id"]))


async def order(
    shop: httpx.AsyncClient, quantities: Mapping[str, int], key: str | None = None, **options: Any
) -> httpx.Response:
    """Order `quantities` (product id to quantity)."""
    lines = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in quantities.items()]
    if key is not None:
        options["headers"] = {"Idempotency-Key": key, **options.get("headers", {})}
    return await shop.post("/orders", json={"lines": lines}, **options)


async def stock_of(shop: httpx.AsyncClient, product_id: str) -> int:
    """How many are left."""
    return int((await shop.get(f"/catalog/products/{product_id}")).json()["stock"])


def problem(response: httpx.Response, status: int, kind: str | None = None) -> dict[str, Any]:
    """The problem document of `response`, which must be a well-formed one with this status, and of this kind if any."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json", "every error has the one media type"
    document: dict[str, Any] = response.json()
    assert document["status"] == status, "the document repeats the status, for readers who only see the body"
    assert document["type"] == "about:blank" or document["type"].startswith("tag:"), "the kind is a URI"
    assert document["title"], "a person can read what kind of problem it is"
    assert kind is None or document["type"] == f"{PROBLEM_TYPES}{kind}", "a program can tell the kind"
    return document
