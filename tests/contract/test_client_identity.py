"""The client's address, scheme and host"""

from pathlib import Path

import httpx
import pytest

from sample_app.app import create_app
from sample_app.settings import Scheme, Settings
from tests.contract.topologies import Deployment
from tests.contract.wire import Wire
from tests.proxy import OWN_ADDRESS
from tests.sample_app.support import add_product, running, sqlite

pytestmark = pytest.mark.anyio
SPOOFS = {
    "an address": [("x-forwarded-for", "203.0.113.9")],
    "the proxy's own address": [("x-forwarded-for", OWN_ADDRESS)],
    "a chain that ends at the proxy": [("x-forwarded-for", f"203.0.113.9, {OWN_ADDRESS}, ::1")],
    "two lines": [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "203.0.113.10")],
    "IPv6": [("x-forwarded-for", "2001:db8::9")],
    "IPv6 in brackets with a port": [("x-forwarded-for", "[2001:db8::9]:443")],
    "an address with a port": [("x-forwarded-for", "203.0.113.9:443")],
    "the proxy in IPv6": [("x-forwarded-for", f"::ffff:{OWN_ADDRESS}")],
    "garbage": [("x-forwarded-for", "unknown, _hidden, 999.1.1.1, '; drop")],
    "an empty value": [("x-forwarded-for", "")],
    "commas only": [("x-forwarded-for", ", ,")],
    "other headers that name a client": [
        ("forwarded", "for=203.0.113.9;proto=https;host=evil.example"),
        ("x-real-ip", "203.0.113.9"),
        ("true-client-ip", "203.0.113.9"),
        ("cf-connecting-ip", "203.0.113.9"),
        ("cloudfront-viewer-address", "203.0.113.9:443"),
    ],
    "a scheme": [("x-forwarded-proto", "https")],
    "a scheme, twice": [("x-forwarded-proto", "http"), ("x-forwarded-proto", "https")],
    "a scheme that is none": [("x-forwarded-proto", "javascript")],
    "other headers that name a scheme": [
        ("cloudfront-forwarded-proto", "https"),
        ("x-forwarded-scheme", "https"),
        ("x-forwarded-ssl", "on"),
        ("front-end-https", "on"),
    ],
    "a host": [("x-forwarded-host", "evil.example"), ("x-host", "evil.example"), ("x-original-url", "/orders")],
    "a path in front": [("x-forwarded-prefix", "/evil"), ("x-script-name", "/evil"), ("x-rewrite-url", "/orders")],
}


async def test_the_shop_sees_the_address_of_the_client_and_not_that_of_a_proxy(
    shop: httpx.AsyncClient, deployment: Deployment, echo: str
) -> None:
    """`FORWARDED_ALLOW_IPS` names the proxy."""
    saw = (await shop.get(f"{echo}/request")).json()
    assert saw["client"] == (deployment.client or saw["client"]), "the address that the connection came from"
    assert saw["client"] != "testclient", "an address, and no name that stands for one"
    assert saw["scheme"] == shop.base_url.scheme, "the scheme that the client used"


@pytest.mark.parametrize("spoof", SPOOFS)
async def test_a_client_cannot_pretend_to_have_another_address(shop: httpx.AsyncClient, echo: str, spoof: str) -> None:
    """Nor to use another scheme, host or path: what it says in forwarded headers is never believed."""
    honest = (await shop.get(f"{echo}/request")).json()
    lying = (await shop.get(f"{echo}/request", headers=SPOOFS[spoof])).json()
    for what in ("client", "scheme", "url", "path", "root_path"):
        assert lying[what] == honest[what], f"{what} is what it is without {SPOOFS[spoof]}"


async def test_links_lead_to_the_host_and_the_scheme_that_the_client_used(shop: httpx.AsyncClient) -> None:
    """`Link` is absolute."""
    for _ in range(2):
        await add_product(shop)
    answer = await shop.get("/catalog/products?limit=1", headers={"x-forwarded-proto": "ftp"})
    link = httpx.URL(answer.links["next"]["url"])
    assert (link.scheme, link.netloc) == (shop.base_url.scheme, shop.base_url.netloc), "a client can follow it"


async def test_a_malformed_host_never_gets_into_an_answer(wire: Wire) -> None:
    """A `Host` that is none is refused, or does not get into what the shop answers."""
    request = b'GET /catalog/products?limit=1 HTTP/1.1\r\nhost: evil.example/"><script>\r\nconnection: close\r\n\r\n'
    with wire.connect() as line:
        line.send(request)
        answer = line.answer()
    assert answer, "there is an answer"
    assert b"<script>" not in answer.body + str(answer.headers).encode(), "it is not repeated"


async def test_the_scheme_of_all_links_can_be_set(tmp_path: Path) -> None:
    """`PUBLIC_SCHEME=https`: for CloudFront's VPC origins, behind which no header tells the client's scheme."""
    settings = Settings(database_url=sqlite(tmp_path / "shop.db"), public_scheme=Scheme.HTTPS, echo=True)
    async with running(create_app(settings)) as shop:
        for _ in range(2):
            await add_product(shop)
        answer = await shop.get("/catalog/products?limit=1", headers={"x-forwarded-proto": "http"})
        saw = (await shop.get("/catalog/echo/request")).json()
    assert answer.links["next"]["url"].startswith("https://shop/"), "whatever the connection is"
    assert saw["scheme"] == "https", "and whatever a header says"
