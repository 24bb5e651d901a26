"""Bad input"""

import json

import httpx
import pytest

from tests.contract.promise import Promise
from tests.contract.wire import Answer, Wire
from tests.sample_app.support import problem

pytestmark = pytest.mark.anyio
JSON = {"content-type": "application/json"}
PRODUCT = {"name": "Teapot", "price_cents": 1999, "stock": 5}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"name": ', id="cut off"),
        pytest.param(b"{'name': 'Teapot'}", id="single quotes"),
        pytest.param(b'{"name": "Teapot",}', id="a comma too many"),
        pytest.param(b'{"name": "Teapot"} {}', id="two documents"),
        pytest.param(b'{"name": "Tea\x00pot"}', id="NUL"),
        pytest.param(b'{"name": "Tea\npot"}', id="a line break in a text"),
        pytest.param(b'{"name": "\xff\xfe"}', id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="nested deep"),
        pytest.param(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, id="nested deep and complete"),
        pytest.param(b'{"stock": ' + b"9" * 5_000 + b"}", id="a number of 5000 digits"),
        pytest.param(b'{"stock": 0x10}', id="a hexadecimal number"),
        pytest.param(b"Teapot", id="a word"),
    ],
)
async def test_a_body_that_is_no_json_is_refused_as_malformed(shop: httpx.AsyncClient, body: bytes) -> None:
    """400 `malformed-json`: cut off, invalid UTF-8, NUL, nested 100,000 deep, 5,000 digits."""
    problem(await shop.post("/catalog/products", content=body, headers=JSON), 400, "malformed-json")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"stock": float("nan")}, "#/stock", id="not a number"),
        pytest.param({"stock": float("inf")}, "#/stock", id="infinity"),
        pytest.param({"stock": 10**30}, "#/stock", id="more than a database can hold"),
        pytest.param({"stock": -1}, "#/stock", id="less than nothing"),
        pytest.param({"stock": 1.5}, "#/stock", id="a fraction"),
        pytest.param({"stock": 5.0}, "#/stock", id="a fraction that is none"),
        pytest.param({"stock": "5"}, "#/stock", id="a number as text"),
        pytest.param({"stock": True}, "#/stock", id="a truth value"),
        pytest.param({"stock": None}, "#/stock", id="null"),
        pytest.param({"stock": [5]}, "#/stock", id="a list"),
        pytest.param({"name": ""}, "#/name", id="no name"),
        pytest.param({"name": "Tea\0pot"}, "#/name", id="an encoded NUL"),
        pytest.param({"name": "x" * 201}, "#/name", id="too long"),
        pytest.param({"name": "\ud800"}, "#/name", id="half a surrogate pair"),
        pytest.param({"name": {"$ne": ""}}, "#/name", id="a query"),
        pytest.param({"tags": ["tea", 1]}, "#/tags/1", id="a number in a list of texts"),
        pytest.param({"nmae": "Teapot"}, "#/nmae", id="a name that is not known"),
        pytest.param({"__proto__": {}}, "#/__proto__", id="a name that some languages know"),
    ],
)
async def test_a_value_that_is_not_acceptable_is_refused_and_the_error_points_at_it(
    shop: httpx.AsyncClient, change: dict[str, object], pointer: str
) -> None:
    """422 `invalid-request` with a JSON pointer: NaN, out of range, text or `true` for a number, unknown names."""
    content = json.dumps({**PRODUCT, **change})
    document = problem(await shop.post("/catalog/products", content=content, headers=JSON), 422, "invalid-request")
    assert [error["pointer"] for error in document["errors"]] == [pointer], "the pointer leads to the value"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"1", b'"Teapot"', b"NaN"], ids=repr)
async def test_json_that_is_no_object_is_refused(shop: httpx.AsyncClient, body: bytes) -> None:
    """422, an empty body included."""
    problem(await shop.post("/catalog/products", content=body, headers=JSON), 422)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
async def test_json_that_begins_with_a_byte_order_mark_is_read(shop: httpx.AsyncClient, codec: str) -> None:
    """JSON is UTF-8 (RFC 8259); what old programs make of it is read all the same."""
    answer = await shop.post("/catalog/products", content=json.dumps(PRODUCT).encode(codec), headers=JSON)
    assert (answer.status_code, answer.json()["name"]) == (201, "Teapot"), "everywhere the same"


async def test_of_a_name_that_is_twice_in_a_json_object_the_last_value_counts(shop: httpx.AsyncClient) -> None:
    """JSON leaves it open; here it is the same everywhere."""
    body = b'{"name": "Cup", "name": "Teapot", "price_cents": 1999, "stock": 5}'
    answer = await shop.post("/catalog/products", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["name"]) == (201, "Teapot"), "everywhere the same one"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", None])
async def test_json_under_another_content_type_is_refused(shop: httpx.AsyncClient, media_type: str | None) -> None:
    """So a form on another site cannot place an order for whoever looks at it."""
    headers = {"content-type": media_type} if media_type else {}
    problem(await shop.post("/catalog/products", content=json.dumps(PRODUCT).encode(), headers=headers), 422)


@pytest.mark.parametrize(
    "target",
    [
        "/catalog/products/%0d%0aX-Injected:%20yes",
        "/orders/%0aX-Injected:%20yes",
        "/catalog/products?limit=1&cursor=%0d%0aX-Injected:%20yes",
        "/catalog/products?limit=1&tag=%0d%0aX-Injected:%20yes",
        "/catalog/products?limit=1&x=%0d%0aX-Injected:%20yes",
        "/%0d%0aX-Injected:%20yes",
    ],
)
async def test_an_encoded_line_break_in_a_url_adds_no_header_to_the_answer(wire: Wire, target: str) -> None:
    """`%0d%0a` in a path or a query (`Link` repeats it) adds nothing to the answer, and is no 5xx."""
    for _ in range(2):
        wire.ask(
            b"/catalog/products",
            method=b"POST",
            headers=b"content-type: application/json\r\n",
            body=json.dumps(PRODUCT).encode(),
        )
    _is_whole(wire.ask(target.encode()))


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n ", b"\x00", b"\x0b", b"\x85"], ids=repr)
async def test_a_line_break_in_a_request_header_adds_no_header_to_the_answer(wire: Wire, end: bytes) -> None:
    """CR, LF, folding, NUL: refused or harmless, never 5xx."""
    headers = b"x-request-id: one" + end + b"X-Injected: yes\r\n"
    _is_whole(wire.ask(b"/catalog/products?limit=1", headers=headers))


@pytest.mark.parametrize(
    "framing",
    [
        pytest.param(b"content-length: 5\r\ntransfer-encoding: chunked\r\n", id="a length and chunks"),
        pytest.param(b"content-length: 5\r\ncontent-length: 60\r\n", id="two lengths"),
        pytest.param(b"content-length: +5\r\n", id="a length with a sign"),
        pytest.param(b"transfer-encoding: xchunked\r\n", id="an unknown coding"),
        pytest.param(b"transfer-encoding : chunked\r\n", id="a space before the colon"),
        pytest.param(b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n", id="two codings"),
    ],
)
async def test_no_request_can_be_smuggled_in_another(wire: Wire, framing: bytes) -> None:
    """A request that two readers could cut in two ways gets one answer, and then the connection ends."""
    hidden = b"GET /orders/hidden HTTP/1.1\r\nhost: x\r\n\r\n"
    request = wire.request(b"/catalog/products", method=b"POST", headers=framing, close=False)
    with wire.connect() as line:
        line.send(request + b"0\r\n\r\n" + hidden)
        got = line.rest()
    assert got.startswith((b"HTTP/1.1 400", b"HTTP/1.1 422")), f"it is refused, but: {got!r}"
    assert got.count(b"HTTP/1.") == 1, "what it may hide is not answered"


@pytest.mark.parametrize(
    "nonsense",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), id="TLS"),
        pytest.param(b"GET\r\n\r\n", id="no path"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", id="another version"),
        pytest.param(b"GET /\x01 HTTP/1.1\r\nhost: x\r\n\r\n", id="a control character"),
        pytest.param(b"GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n", id="a header that is none"),
    ],
)
async def test_bytes_that_are_no_http_are_refused_and_harm_nobody_else(wire: Wire, nonsense: bytes) -> None:
    """4xx or a closed connection; the next request is served."""
    with wire.connect() as line:
        line.send(nonsense)
        answer = line.answer()
    assert answer is None or 400 <= answer.status < 500, "a closed connection is an answer, too"
    _serves(wire)


async def test_a_header_and_a_url_may_have_eight_kilobytes(wire: Wire) -> None:
    """8,000 bytes each."""
    long = b"x" * 8_000
    with_header = wire.ask(b"/catalog/products?limit=1", headers=b"x-long: " + long + b"\r\n")
    assert _outcome(with_header) == "200", "tokens and cookies are that long"
    assert _outcome(wire.ask(b"/catalog/products?limit=1&x=" + long)) == "200", "and so are some links"


async def test_a_header_or_a_url_of_200_kilobytes_is_refused(wire: Wire, promise: Promise) -> None:
    """4xx, and the next request is served."""
    long = b"x" * 200_000
    with_header = wire.ask(b"/catalog/products?limit=1", headers=b"x-long: " + long + b"\r\n")
    promise("the header", seen=_outcome(with_header), promised="4xx")
    promise("the URL", seen=_outcome(wire.ask(b"/catalog/products?limit=1&x=" + long)), promised="4xx")
    _serves(wire)


def _outcome(answer: Answer | None) -> str:
    if answer is None:
        return "no answer"
    return f"{answer.status // 100}xx" if 400 <= answer.status < 500 else str(answer.status)


def _serves(wire: Wire) -> None:
    answer = wire.ask(b"/catalog/products?limit=1")
    assert answer, "the next request is answered"
    assert answer.status == 200, "and served"


def _is_whole(answer: Answer | None) -> None:
    assert answer, "there is an answer"
    assert answer.status < 500, "a caller's nonsense is the caller's mistake"
    assert "x-injected" not in answer.headers, "what a caller sends stays within its header"
