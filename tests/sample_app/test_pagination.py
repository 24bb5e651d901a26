"""Lists in pages: whole, stable, and nobody's way to break the app."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from itertools import chain
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from sample_app.app import create_app
from sample_app.settings import Settings
from tests.sample_app.support import add_product, order, problem, running, sqlite

pytestmark = pytest.mark.anyio
LISTS = ["/catalog/products", "/orders", "/notifications"]


async def walk(shop: httpx.AsyncClient, url: str) -> AsyncIterator[list[dict[str, str]]]:
    """Page after page, by the links."""
    following: str | None = url
    while following:
        response = await shop.get(following)
        assert response.status_code == 200, response.text
        yield response.json()["items"]
        link = response.links.get("next", {}).get("url")
        assert bool(link) == bool(response.json()["next_cursor"]), "the body says the same"
        assert not link or len(httpx.URL(link).params.get_list("cursor")) == 1, "a link doesn't grow from page to page"
        following = link


@pytest.fixture
async def full_shop(shop: httpx.AsyncClient) -> httpx.AsyncClient:
    """A shop with five of everything."""
    for number in range(5):
        product = await add_product(shop, f"Cup {number % 3}", tags=["a b", "c"])
        assert (await order(shop, {product: 1})).status_code == 201
    return shop


@pytest.mark.parametrize("path", LISTS)
async def test_the_pages_are_the_list(path: str, full_shop: httpx.AsyncClient) -> None:
    whole = (await full_shop.get(path)).json()
    assert (len(whole["items"]), whole["next_cursor"]) == (5, None), "all of it fits one page"
    for limit in (1, 2, 4, 5):
        pages = [page async for page in walk(full_shop, f"{path}?limit={limit}")]
        assert list(chain(*pages)) == whole["items"], "nothing twice, nothing left out, equal names included"
        assert {len(page) for page in pages[:-1]} <= {limit}, "each as long as was asked for"
        assert pages[-1], "and the last is not empty"


async def test_rows_that_are_added_move_nothing(full_shop: httpx.AsyncClient) -> None:
    before = [product["id"] for product in (await full_shop.get("/catalog/products")).json()["items"]]
    seen: list[str] = []
    async for page in walk(full_shop, "/catalog/products?limit=2"):
        seen += [product["id"] for product in page]
        await add_product(full_shop, "Ashtray")
    assert seen == before, "what comes before the next page is not in it"


async def test_a_link_keeps_the_conditions_and_the_callers_address(full_shop: httpx.AsyncClient) -> None:
    response = await full_shop.get("/catalog/products?tag=a+b&limit=2&tag=c", headers={"Host": "shop.example:8443"})
    url = httpx.URL(response.links["next"]["url"])
    assert (url.scheme, url.netloc, url.path) == ("http", b"shop.example:8443", "/catalog/products")
    assert url.params.get_list("tag") == ["a b", "c"], "the next page is one of the same list"
    assert (url.params["limit"], url.params["cursor"]) == ("2", response.json()["next_cursor"])


async def test_below_a_prefix_of_the_gateway_links_have_it(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=sqlite(tmp_path / "shop.db")))
    async with running(app) as shop:
        products = [await add_product(shop) for _ in range(2)]
        transport = httpx.ASGITransport(app, root_path="/prod")
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as below:
            listed = await below.get("/prod/catalog/products?limit=1")
            assert httpx.URL(listed.links["next"]["url"]).path == "/prod/catalog/products", "where the gateway has it"
            placed = await below.post("/prod/orders", json={"lines": [{"product_id": products[0], "quantity": 1}]})
            assert placed.headers["location"] == f"/prod/orders/{placed.json()['id']}"


async def test_a_query_that_is_no_utf_8_does_not_break_the_link(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=sqlite(tmp_path / "shop.db")))

    async def in_latin_1(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "query_string": b"limit=1&x=\xfc"}, receive, send)  # No client library would send it.

    async with running(app) as shop:
        for _ in range(2):
            await add_product(shop)
        transport = httpx.ASGITransport(in_latin_1)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as odd:
            response = await odd.get("/catalog/products")
    assert response.status_code == 200, "it is not ours to fail on"
    assert response.links["next"]["url"].isascii(), "and a header has no place for it"


async def test_the_last_page_links_nowhere(shop: httpx.AsyncClient) -> None:
    await add_product(shop)
    assert "link" not in (await shop.get("/catalog/products?limit=1")).headers


@pytest.fixture(scope="module")
async def empty(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A shop with nothing in it, for those who only look."""
    settings = Settings(database_url=sqlite(tmp_path_factory.mktemp("empty") / "shop.db"))
    async with running(create_app(settings)) as client:
        yield client


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "%",
        "ümlaut",
        "not base64!",
        "\x00",
        "A",
        encoded("no JSON"),
        encoded("null"),
        encoded("[]"),
        encoded("{}"),
        encoded('["Cup"]'),
        encoded(f'["a", "b", "{UUID(int=7)}"]'),
        "!" + encoded(f'["Cup", "{UUID(int=7)}"]'),
        "!" + encoded(f'["2026-11-24T15:00:00Z", "{UUID(int=7)}"]'),
        encoded(f'[[], "{UUID(int=7)}"]'),
        encoded(f'[1e999, "{UUID(int=7)}"]'),
        encoded(f'["", "{UUID(int=7)}"]'),
        encoded(f'["a\\u0000b", "{UUID(int=7)}"]'),
        encoded(f'["\\ud800", "{UUID(int=7)}"]'),
        encoded(f'["0001-01-01T00:00:00+14:00", "{UUID(int=7)}0"]'),
        encoded(f'["{"9" * 400}-01-01T00:00:00Z", "{UUID(int=7)}"]'),
        encoded(f'[{"9" * 400}, "{UUID(int=7)}"]'),
        encoded("[" * 10_000),
        "x" * 50_000,
        urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
async def test_a_cursor_that_the_list_never_gave_is_refused(path: str, cursor: str, empty: httpx.AsyncClient) -> None:
    document = problem(await empty.get(path, params={"cursor": cursor}), 400)
    assert document["type"].endswith(":invalid-cursor"), "whoever keeps cursors too long can tell, and begin again"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "-1", "101", "many", "9" * 30, ""])
async def test_a_page_has_one_to_a_hundred_items(path: str, limit: str, empty: httpx.AsyncClient) -> None:
    problem(await empty.get(path, params={"limit": limit}), 422)
