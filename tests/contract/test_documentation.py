"""Documentation"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from sample_app.app import create_app
from sample_app.registry import MODULES
from sample_app.settings import Settings
from tests.contract.promise import Promise
from tests.sample_app.support import running, sqlite

pytestmark = pytest.mark.anyio
_OPENAPI_URL = re.compile(r"url: '([^']+)'")


@pytest.mark.parametrize("module", MODULES)
async def test_each_module_has_a_documentation_page_and_an_openapi_document(
    shop: httpx.AsyncClient, module: str
) -> None:
    """`/<module>/docs`, and behind it `/<module>/openapi.json`."""
    page = await shop.get(f"/{module}/docs")
    assert page.headers["content-type"].startswith("text/html"), "a page for people"
    document = (await shop.get(_openapi_url(page))).json()
    assert document["paths"], "the page finds the document"
    assert all(path.split("/")[1] == module for path in document["paths"]), "of this module, and of no other"


async def test_the_whole_shop_has_a_documentation_page_too(shop: httpx.AsyncClient, promise: Promise) -> None:
    """`/docs` and `/openapi.json`, where all of it is one process or one target group."""
    for path in ("/docs", "/openapi.json"):
        promise(path, seen=(await shop.get(path)).status_code, promised=200)


async def test_every_documented_path_is_served(shop: httpx.AsyncClient) -> None:
    """Each documented `GET` answers JSON: 200, or 404 for an unknown id."""
    for module in MODULES:
        for path, operations in (await shop.get(f"/{module}/openapi.json")).json()["paths"].items():
            if "get" in operations:
                answer = await shop.get(re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000000", path))
                assert answer.headers["content-type"] in {"application/json", "application/problem+json"}, path
                assert answer.status_code == (404 if "{" in path else 200), f"{path} is served, in this module's name"


async def test_health_and_the_echo_are_not_documented(shop: httpx.AsyncClient) -> None:
    """They are for load balancers and tests."""
    for module in MODULES:
        paths = (await shop.get(f"/{module}/openapi.json")).json()["paths"]
        assert not [path for path in paths if re.search("echo|livez|readyz|docs", path)], "clients have no use for them"


@pytest.mark.parametrize("strips", [True, False], ids=["a gateway that takes the prefix off", "one that keeps it"])
async def test_the_documentation_is_found_below_the_prefix_of_a_gateway(tmp_path: Path, strips: bool) -> None:
    """`ROOT_PATH=/prod`, such as the stage of an API Gateway."""
    async with _behind_gateway(tmp_path, strips=strips) as gateway:
        for prefix in ("", *(f"/{module}" for module in MODULES)):
            page = await gateway.get(f"/prod{prefix}/docs")
            url = _openapi_url(page)
            assert url == f"/prod{prefix}/openapi.json", "the page asks for its document where the gateway has it"
            document = (await gateway.get(url)).json()
            assert [server["url"] for server in document["servers"]] == ["/prod"], "paths are below the prefix"
        listed = await gateway.get("/prod/catalog/products")
        assert listed.status_code == 200, "what is documented is there"


@pytest.mark.parametrize("strips", [True, False], ids=["a gateway that takes the prefix off", "one that keeps it"])
async def test_links_have_the_prefix_of_a_gateway(tmp_path: Path, strips: bool) -> None:
    """`Location` and `Link` have the prefix."""
    product = {"name": "Teapot", "price_cents": 1999, "stock": 5}
    async with _behind_gateway(tmp_path, strips=strips) as gateway:
        first, second = [await gateway.post("/prod/catalog/products", json=product) for _ in range(2)]
        listed = await gateway.get("/prod/catalog/products?limit=1")
        assert first.headers["location"].startswith("/prod/catalog/products/"), "where the gateway has it"
        found = await gateway.get(second.headers["location"])
        assert found.json() == second.json(), "Location leads to what was created"
        rest = await gateway.get(listed.links["next"]["url"])
        assert len(rest.json()["items"]) == 1, "Link leads to the rest"


class _Gateway(httpx.AsyncBaseTransport):
    """Takes `/prod` off a path, or does not; what lies outside `/prod` never reaches the app."""

    def __init__(self, app: httpx.AsyncBaseTransport, *, strips: bool) -> None:
        self._app = app
        self._strips = strips

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path.startswith("/prod/"), f"the gateway has no {request.url.path}"
        if self._strips:
            request.url = request.url.copy_with(path=request.url.path.removeprefix("/prod"))
        return await self._app.handle_async_request(request)


@asynccontextmanager
async def _behind_gateway(folder: Path, *, strips: bool) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(database_url=sqlite(folder / "shop.db"), root_path="/prod"))
    transport = _Gateway(httpx.ASGITransport(app), strips=strips)
    async with running(app), httpx.AsyncClient(transport=transport, base_url="https://gateway") as gateway:
        yield gateway


def _openapi_url(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    found = _OPENAPI_URL.search(page.text)
    assert found, f"the page names its document: {page.text}"
    return found[1]
