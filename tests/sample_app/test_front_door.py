"""What the front door says of a client is believed where it stands, and nowhere else."""

from pathlib import Path

import httpx
import pytest

from sample_app.app import create_app
from sample_app.settings import Settings
from tests.sample_app.support import add_product, running, sqlite

pytestmark = pytest.mark.anyio
SAID = {"x-front-door-host": "api.example.com", "x-front-door-client": "2001:db8::7"}


def settings(folder: Path, *, front_door: str | None) -> Settings:
    return Settings(database_url=sqlite(folder / "shop.db"), echo=True, front_door=front_door)


async def test_host_client_and_scheme_are_those_that_the_front_door_names(tmp_path: Path) -> None:
    async with running(create_app(settings(tmp_path, front_door="api.example.com"))) as shop:
        for _ in range(2):
            await add_product(shop)
        saw = (await shop.get("/catalog/echo/request", headers=SAID)).json()
        page = await shop.get("/catalog/products?limit=1", headers=SAID)
    assert saw["url"] == "https://api.example.com/catalog/echo/request"
    assert saw["client"] == "2001:db8::7"
    assert [value for name, value in saw["headers"] if name == "host"] == ["api.example.com"], "one host, not two"
    assert page.links["next"]["url"].startswith("https://api.example.com/"), "a link that a client can follow"


async def test_without_a_front_door_nobody_is_believed(tmp_path: Path) -> None:
    async with running(create_app(settings(tmp_path, front_door=None))) as shop:
        saw = (await shop.get("/catalog/echo/request", headers=SAID)).json()
    assert "api.example.com" not in saw["url"]
    assert saw["client"] != "2001:db8::7"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"x-front-door-host": "evil.example/<script>", "x-front-door-client": "nobody"},
        {"x-front-door-host": "", "x-front-door-client": "203.0.113.9, 10.0.0.1"},
        {"x-front-door-host": "a b", "x-front-door-client": "999.1.1.1"},
        {"x-front-door-host": "evil.example"},
        {"x-front-door-host": "api.example.com.evil.example"},
    ],
)
async def test_what_is_no_address_or_not_our_host_is_passed_over(tmp_path: Path, said: dict[str, str]) -> None:
    async with running(create_app(settings(tmp_path, front_door="api.example.com"))) as shop:
        honest = (await shop.get("/catalog/echo/request")).json()
        saw = (await shop.get("/catalog/echo/request", headers=said)).json()
    assert (saw["url"], saw["client"]) == (honest["url"], honest["client"])


@pytest.mark.parametrize(
    ("host", "believed"),
    [("d111111abcdef8.cloudfront.net", True), ("evil.example", False), ("a.b.cloudfront.net", False)],
)
async def test_without_a_domain_cloudfronts_own_names_are_believed(tmp_path: Path, host: str, believed: bool) -> None:
    async with running(create_app(settings(tmp_path, front_door="*.cloudfront.net"))) as shop:
        saw = (await shop.get("/catalog/echo/request", headers={"x-front-door-host": host})).json()
    assert saw["url"].startswith(f"https://{host}/") is believed


@pytest.mark.parametrize(
    ("function", "path", "context", "status"),
    [
        ("shop", "/events", "null", 599),
        ("shop", "/events", '{"stage": "live"}', 404),
        ("shop", "/events", None, 404),
        ("shop", "/nothing", "null", 404),
        ("", "/events", "null", 404),
    ],
)
async def test_an_event_that_is_not_handled_fails_and_an_http_answer_stays_as_it_is(
    tmp_path: Path, function: str, path: str, context: str | None, status: int
) -> None:
    """The adapter writes the context over what a client sends."""
    on_lambda = Settings(database_url=sqlite(tmp_path / "shop.db"), aws_lambda_function_name=function)
    headers = {} if context is None else {"x-amzn-request-context": context}
    async with running(create_app(on_lambda)) as shop:
        answer: httpx.Response = await shop.post(path, json={}, headers=headers)
    assert answer.status_code == status
