"""Paths, queries and headers"""

import httpx
import pytest

from tests.contract.promise import Promise
from tests.contract.wire import Wire
from tests.sample_app.support import problem

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("status", [200, 201, 202, 204, 302, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 504])
async def test_a_status_arrives_as_the_app_set_it(shop: httpx.AsyncClient, echo: str, status: int) -> None:
    """200 to 504: nothing on the way puts a page of its own in the place of an error of the app."""
    answer = await shop.get(f"{echo}/response", params={"status": status})
    assert answer.status_code == status, "nothing on the way turns one status into another"


async def test_a_response_header_that_is_there_twice_stays_two_headers(
    shop: httpx.AsyncClient, echo: str, promise: Promise
) -> None:
    """In their order, not joined by a comma."""
    sent = ["one, and a half", "two"]
    answer = await shop.get(f"{echo}/response", params={"echo": sent})
    promise("the two", seen=_of_two(answer.headers.get_list("x-echo"), sent), promised="two")


async def test_two_cookies_are_set_by_two_headers(shop: httpx.AsyncClient, echo: str) -> None:
    """`Set-Cookie` cannot be joined: a date has a comma."""
    cookies = ["a=1; Path=/; HttpOnly", "b=2; Expires=Wed, 21 Oct 2065 07:28:00 GMT"]
    answer = await shop.get(f"{echo}/response", params={"cookie": cookies})
    assert answer.headers.get_list("set-cookie") == cookies, "a cookie has commas of its own, so they cannot be joined"


async def test_cookies_of_a_request_arrive(shop: httpx.AsyncClient, echo: str) -> None:
    """All in one `Cookie` header, values untouched."""
    saw = (await shop.get(f"{echo}/request", headers={"cookie": "a=1; b=x%20y=z"})).json()
    assert saw["cookies"] == {"a": "1", "b": "x%20y=z"}, "each under its name, with its value untouched"


async def test_a_request_header_arrives_and_one_that_is_there_twice_arrives_twice(
    shop: httpx.AsyncClient, echo: str, promise: Promise
) -> None:
    """An empty one and one with commas, too."""
    sent = [("x-one", "first, with a comma"), ("x-one", "second"), ("x-empty", ""), ("user-agent", "contract/1.0")]
    saw = (await shop.get(f"{echo}/request", headers=sent)).json()
    got = [(name, value) for name, value in saw["headers"] if name in {"x-empty", "user-agent"}]
    assert sorted(got) == sorted(sent[2:]), "what a caller says is not dropped"
    ours = [value for name, value in saw["headers"] if name == "x-one"]
    promise("the two", seen=_of_two(ours, [value for _, value in sent[:2]]), promised="two")


@pytest.mark.parametrize(
    ("query", "means"),
    [
        pytest.param("a=1&b=2&a=3", [["a", "1"], ["b", "2"], ["a", "3"]], id="a key that is there twice"),
        pytest.param("q=tea+pot", [["q", "tea pot"]], id="plus"),
        pytest.param("q=tea%2Bpot", [["q", "tea+pot"]], id="encoded plus"),
        pytest.param("q=tea%20pot", [["q", "tea pot"]], id="space"),
        pytest.param("q=%C3%BC%F0%9F%AB%96", [["q", "ü🫖"]], id="unicode"),
        pytest.param("a=&b", [["a", ""], ["b", ""]], id="empty values"),
        pytest.param("a=1%262&b=x%3Dy", [["a", "1&2"], ["b", "x=y"]], id="encoded separators"),
        pytest.param("q=100%25", [["q", "100%"]], id="encoded per cent"),
        pytest.param("q=/?:@", [["q", "/?:@"]], id="what needs no encoding"),
    ],
)
async def test_a_query_means_what_was_sent(
    shop: httpx.AsyncClient, echo: str, query: str, means: list[list[str]]
) -> None:
    """Repeated keys in their order; `+` and `%20` are a space, `%2B` a plus; Unicode, empty values."""
    seen = (await shop.get(f"{echo}/request?{query}")).json()["query"]
    assert sorted(seen, key=_key) == sorted(means, key=_key), "every pair, decoded once, those of a key in their order"


async def test_the_pairs_of_a_query_keep_their_order(shop: httpx.AsyncClient, echo: str, promise: Promise) -> None:
    """Those of other keys, too."""
    seen = (await shop.get(f"{echo}/request?a=1&b=2&a=3")).json()["query"]
    kept = seen == [["a", "1"], ["b", "2"], ["a", "3"]]
    promise("pairs of several keys", seen="in their order" if kept else "by key", promised="in their order")


@pytest.mark.parametrize(
    ("sent", "means"),
    [
        pytest.param("tea%20pot", "tea pot", id="space"),
        pytest.param("tea+pot", "tea+pot", id="plus"),
        pytest.param("100%25", "100%", id="per cent"),
        pytest.param("%C3%BC%F0%9F%AB%96", "ü🫖", id="unicode"),
        pytest.param("a;b=1,c", "a;b=1,c", id="semicolon"),
        pytest.param("a%2Fb", "a/b", id="slash"),
        pytest.param("a//b", "a//b", id="two slashes"),
        pytest.param("a/", "a/", id="slash at the end"),
    ],
)
async def test_a_path_is_decoded_once(shop: httpx.AsyncClient, echo: str, sent: str, means: str) -> None:
    """`%2F` is a slash; `;`, `//` and a slash at the end stay."""
    saw = (await shop.get(f"{echo}/request/{sent}")).json()
    whole = f"{saw['root_path']}{echo}/request/{means}"
    assert saw["path"] == whole, "as ASGI has it: one decoding, and an encoded slash is a slash"


async def test_a_path_that_is_encoded_twice_is_still_encoded_once(
    shop: httpx.AsyncClient, echo: str, promise: Promise
) -> None:
    """`%2520` is `%20`."""
    saw = (await shop.get(f"{echo}/request/a%2520b")).json()
    promise("the path", seen=saw["path"].rpartition("/")[2], promised="a%20b")


@pytest.mark.parametrize(
    "target", ["/catalog/../orders", "/catalog/%2e%2e/orders", "/catalog/%2e%2e%2forders", "/catalog/..%5corders"]
)
async def test_dots_lead_nowhere(wire: Wire, target: str) -> None:
    """404: `/catalog/../orders`, encoded or not, is no way to `/orders`."""
    answer = wire.ask(target.encode())
    assert answer, "there is an answer"
    assert answer.short == "404 application/problem+json", "there is no such path, and it is not made into another one"


@pytest.mark.parametrize("target", ["/catalog/../../../../etc/passwd", "/../etc/passwd", "//etc/passwd"])
async def test_no_path_leads_to_a_file(wire: Wire, target: str) -> None:
    """404, or 400."""
    answer = wire.ask(target.encode())
    assert answer, "there is an answer"
    assert answer.status in {400, 404}, "nothing is served from a file system"
    assert b"root:" not in answer.body, "least of all this one"


async def test_a_path_of_no_module_is_not_found(shop: httpx.AsyncClient, promise: Promise) -> None:
    """404 as a problem; a prefix is a whole segment, in lower case."""
    for path in ("/", "/nothing", "/catalogue", "/Catalog/products"):
        answer = await shop.get(path)
        promise(path, seen=f"{answer.status_code} {_media_type(answer)}", promised="404 application/problem+json")


async def test_a_path_with_a_slash_too_many_is_not_found_and_never_redirected(shop: httpx.AsyncClient) -> None:
    """404 at `/catalog/products/`: where TLS ends in front, a redirect could lead to http."""
    problem(await shop.get("/catalog/products/"), 404)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
async def test_a_method_that_a_path_does_not_have_is_refused_and_those_that_it_has_are_named(
    shop: httpx.AsyncClient, method: str
) -> None:
    """405 with `Allow`; `HEAD`, `OPTIONS` and `TRACE` are no exceptions."""
    answer = await shop.request(method, "/catalog/products")
    assert answer.status_code == 405, "the path is there, the method is not"
    assert set(answer.headers["allow"].split(", ")) == {"GET", "POST"}, "and it says what would do"
    assert bool(answer.content) == (method != "HEAD"), "an answer to HEAD has no body, any other a problem"


async def test_the_host_that_the_client_named_is_the_host_that_the_shop_sees(
    shop: httpx.AsyncClient, echo: str
) -> None:
    """`Host` passes unchanged, with its port."""
    saw = (await shop.get(f"{echo}/request")).json()
    assert httpx.URL(saw["url"]).netloc == shop.base_url.netloc, "links to the shop are made of it"


async def test_a_hundred_requests_go_over_one_connection(wire: Wire) -> None:
    """Keep-alive: no answer closes it."""
    with wire.connect() as line:
        for number in range(100):
            line.send(wire.request(b"/catalog/products?limit=1", close=False))
            answer = line.answer()
            assert answer, f"request {number} is answered"
            assert answer.status == 200, f"request {number} is answered well"
            assert not answer.closes or number == 99, "the connection stays open"


def _of_two(got: list[str], sent: list[str]) -> str:
    """What has become of two headers of one name."""
    became = {"two": sent, "the first": sent[:1], "the last": sent[1:]}
    joined = len(got) == 1 and [part.strip() for part in got[0].rsplit(",", 1)] == sent
    return "one, joined by a comma" if joined else next((say for say, of in became.items() if got == of), str(got))


def _key(pair: list[str]) -> str:
    return pair[0]


def _media_type(answer: httpx.Response) -> str:
    return str(answer.headers.get("content-type", "")).partition(";")[0]
