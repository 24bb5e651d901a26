"""Bodies"""

import hashlib
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.contract.wire import Wire
from tests.sample_app.support import problem

pytestmark = pytest.mark.anyio
LIMIT = 1_000_000
EVERY_BYTE = bytes(range(256)) * 3 + b"\xff\xfe\xc3\x28\x00\r\n\r\n0\r\n\r\n"
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("body", [EVERY_BYTE, EVERY_BYTE * 1000, b"", b"\x1f\x8b not really gzip"], ids=len)
async def test_a_body_arrives_and_comes_back_byte_for_byte(shop: httpx.AsyncClient, echo: str, body: bytes) -> None:
    """Every byte value, what is not UTF-8, 780 kB, nothing at all."""
    answer = await shop.post(f"{echo}/body", content=body, headers={"content-type": "image/png"})
    assert answer.content == body, "nothing takes it for text, or for something to unpack"
    assert answer.headers["content-type"] == "image/png", "and it is still what it was said to be"


async def test_a_body_in_chunks_is_the_same_body(shop: httpx.AsyncClient, echo: str) -> None:
    """`Transfer-Encoding: chunked`."""
    saw = (await shop.post(f"{echo}/request", content=_chunks(EVERY_BYTE * 100, size=999))).json()
    assert saw["body_bytes"] == len(EVERY_BYTE * 100), "all of it arrived"
    assert saw["body_sha256"] == hashlib.sha256(EVERY_BYTE * 100).hexdigest(), "in order"


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
async def test_a_body_of_a_million_bytes_is_taken(shop: httpx.AsyncClient, echo: str, chunked: bool) -> None:
    """An Application Load Balancer passes 1 MB to Lambda, so that is what every topology takes."""
    body = b"x" * LIMIT
    saw = (await shop.post(f"{echo}/request", content=_chunks(body) if chunked else body)).json()
    assert saw["body_bytes"] == LIMIT, "the limit itself is allowed"


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
async def test_a_body_of_more_than_a_million_bytes_is_refused(shop: httpx.AsyncClient, chunked: bool) -> None:
    """1,000,001 bytes: 413 as a problem, with `Content-Length` and in chunks."""
    body = b" " * (LIMIT + 1)
    answer = await shop.post("/catalog/products", content=_chunks(body) if chunked else body, headers=JSON)
    document = problem(answer, 413)
    assert str(LIMIT) in document["detail"], "it says how long a body may be"


async def test_a_body_whose_length_says_that_it_is_too_long_is_refused_before_it_is_sent(wire: Wire) -> None:
    """`Content-Length: 50000000` gets its 413 at once."""
    with wire.connect() as line:
        head = b"content-type: application/json\r\ncontent-length: 50000000\r\n"
        line.send(wire.request(b"/catalog/products", method=b"POST", headers=head, close=False))
        answer = line.answer()
        assert answer, "the answer does not wait for the body"
        assert answer.short == "413 application/problem+json", "50 MB are not read to be refused"


async def test_a_response_of_five_megabytes_comes_whole(shop: httpx.AsyncClient, echo: str) -> None:
    """Streamed."""
    received, lines = 0, 0
    async with shop.stream("GET", f"{echo}/stream", params={"chunks": 100, "size": 50_000}) as answer:
        async for chunk in answer.aiter_bytes():
            received += len(chunk)
            lines += chunk.count(b"\n")
    assert (received, lines) == (5_000_000, 100), "streamed, so no limit of a buffer on the way cuts it"


async def _chunks(body: bytes, size: int = 64_000) -> AsyncIterator[bytes]:
    for start in _starts(body, size):
        yield body[start : start + size]


def _starts(body: bytes, size: int) -> Iterator[int]:
    return iter(range(0, len(body), size))
