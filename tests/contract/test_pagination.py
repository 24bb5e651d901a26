"""Lists in pages"""

from base64 import urlsafe_b64encode
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from sample_app.kit.pagination import Page
from sample_app.registry import MODULES
from tests.sample_app.support import problem

pytestmark = pytest.mark.anyio
LISTS = [
    route.path
    for module in MODULES.values()
    for route in module.router.routes
    if isinstance(route, APIRoute) and route.response_model and issubclass(route.response_model, Page)
]


async def test_all_pages_together_have_every_product_once_while_others_are_added(shop: httpx.AsyncClient) -> None:
    """25 products in pages of 4, by `Link: <...>; rel="next"`, and one more before and behind after each page."""
    tag = f"t{uuid4().hex}"
    names = [f"product {number:02}" for number in range(25)]
    for name in names:
        await _add(shop, name, tag)
    met: list[str] = []
    url: str | None = f"/catalog/products?tag={tag}&limit=4"
    while url:
        answer = await shop.get(url)
        page = answer.json()
        met += [item["name"] for item in page["items"]]
        assert len(page["items"]) <= 4, "no page is longer than asked for"
        url = answer.links.get("next", {}).get("url")
        assert bool(url) == bool(page["next_cursor"]), "the header and the body say the same"
        await _add(shop, "a product that sorts before all of them", tag)
    assert [name for name in met if name in names] == names, "each of them once, in order: no gap, no repetition"


async def test_the_cursor_in_the_body_and_the_link_header_lead_to_the_same_page(shop: httpx.AsyncClient) -> None:
    """`next_cursor` for `?cursor=`, or the URL in `Link`; neither is on the last page."""
    tag = f"t{uuid4().hex}"
    for number in range(3):
        await _add(shop, f"product {number}", tag)
    first = await shop.get("/catalog/products", params={"tag": tag, "limit": 2})
    by_link = await shop.get(first.links["next"]["url"])
    cursor = first.json()["next_cursor"]
    by_cursor = await shop.get("/catalog/products", params={"tag": tag, "limit": 2, "cursor": cursor})
    assert by_link.json() == by_cursor.json(), "a client may use what it likes"
    assert [item["name"] for item in by_link.json()["items"]] == ["product 2"], "the rest"
    assert "link" not in by_link.headers, "the last page has no next one"


async def test_two_tags_in_a_query_find_the_products_that_have_both(shop: httpx.AsyncClient) -> None:
    """`?tag=a&tag=b`, on every page."""
    one, two = f"t{uuid4().hex}", f"t{uuid4().hex}"
    await _add(shop, "first, with both", one, two)
    await _add(shop, "second, with one", one)
    await _add(shop, "third, with both", one, two)
    found = await shop.get("/catalog/products", params={"tag": [one, two], "limit": 1})
    rest = await shop.get(found.links["next"]["url"])
    names = [item["name"] for page in (found, rest) for item in page.json()["items"]]
    assert names == ["first, with both", "third, with both"], "a repeated key narrows, on every page"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.5", "", "99999999999999999999"])
async def test_a_page_has_one_to_a_hundred_items(shop: httpx.AsyncClient, path: str, limit: str) -> None:
    """`?limit=`: 422 for anything else."""
    problem(await shop.get(path, params={"limit": limit}), 422)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("", id="empty"),
        pytest.param("nonsense!", id="not base64"),
        pytest.param("AA", id="not JSON"),
        pytest.param(urlsafe_b64encode(b"{}").decode(), id="another shape"),
        pytest.param(urlsafe_b64encode(b"[1e999, NaN]").decode(), id="no numbers"),
        pytest.param(urlsafe_b64encode(b'["a\\u0000", "\\ud800"]').decode(), id="no text"),
        pytest.param(urlsafe_b64encode(b"[" * 900).decode(), id="nested deep"),
        pytest.param("A" * 5000, id="long"),
        pytest.param("\x00", id="NUL"),
        pytest.param("🫖", id="unicode"),
    ],
)
async def test_a_cursor_that_the_shop_has_not_made_is_refused(shop: httpx.AsyncClient, path: str, cursor: str) -> None:
    """400 `invalid-cursor`, whatever it is made of."""
    problem(await shop.get(path, params={"cursor": cursor}), 400, "invalid-cursor")


async def _add(shop: httpx.AsyncClient, name: str, *tags: str) -> None:
    body = {"name": name, "price_cents": 1, "stock": 1, "tags": tags}
    answer = await shop.post("/catalog/products", json=body)
    assert answer.status_code == 201, answer.text
