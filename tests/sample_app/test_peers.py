"""Calls to other services: how long one may take, and what is said again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from sample_app.kit.peers import ATTEMPT_SECONDS, peer

pytestmark = pytest.mark.anyio
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"


async def drip_a_body(writer: asyncio.StreamWriter) -> None:
    writer.write(OK)
    await drip(writer)


async def drip(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.2)


async def drip_a_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nx-name: ")
    await drip(writer)


async def say_nothing(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def listening(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """The URL of a server that answers each connection so, whatever it is asked."""

    serving = set[asyncio.Task[None]]()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            serving.add(task)
        try:
            await answer(writer)
        except ConnectionError:
            pass  # Whoever asked has left.
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for task in serving:
            task.cancel()  # Some would never end.
        await asyncio.gather(*serving, return_exceptions=True)


@pytest.mark.parametrize("answer", [drip_a_body, drip_a_head, say_nothing])
async def test_an_attempt_ends_in_time_however_slowly_the_answer_comes(
    answer: Callable[[asyncio.StreamWriter], Awaitable[None]],
) -> None:
    async with listening(answer) as url, peer(url) as client:
        async with asyncio.timeout(ATTEMPT_SECONDS + 1):  # A buyer is waiting.
            with pytest.raises(httpx.ReadTimeout):
                await client.post("/")  # Said once, so one attempt.


async def test_an_answer_that_comes_in_pieces_is_whole() -> None:
    async def in_pieces(writer: asyncio.StreamWriter) -> None:
        writer.write(OK.replace(b"1000", b"6"))
        for piece in (b"ab", b"cd", b"ef"):
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(piece)
        await writer.drain()

    async with listening(in_pieces) as url, peer(url) as client:
        assert (await client.get("/")).content == b"abcdef", "time to read it was left"


class Refuses:
    """A service that counts its calls and takes none."""

    def __init__(self, answer: Callable[[], httpx.Response]) -> None:
        self._answer = answer
        self.calls = 0

    def __call__(self, _: httpx.Request) -> httpx.Response:
        self.calls += 1
        return self._answer()

    def client(self) -> httpx.AsyncClient:
        return peer("http://service", httpx.MockTransport(self))


def _break() -> httpx.Response:
    raise httpx.ConnectError("nobody is there")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(_break, id="nobody"),
        *(pytest.param(lambda s=s: httpx.Response(s), id=str(s)) for s in (502, 503, 504)),
    ],
)
@pytest.mark.parametrize(("method", "calls"), [("GET", 3), ("PUT", 3), ("DELETE", 3), ("POST", 1), ("PATCH", 1)])
async def test_what_may_be_said_twice_is_said_again_and_nothing_else(
    method: str, calls: int, answer: Callable[[], httpx.Response]
) -> None:
    service = Refuses(answer)
    async with service.client() as client:
        try:
            assert not (await client.request(method, "/")).is_success
        except httpx.ConnectError:
            assert answer is _break, "an answer is an answer"
    assert service.calls == calls, "two repetitions, or none"


@pytest.mark.parametrize("status", [200, 400, 404, 409, 422, 500])
async def test_an_answer_that_will_not_change_is_taken_at_once(status: int) -> None:
    service = Refuses(lambda: httpx.Response(status))
    async with service.client() as client:
        assert (await client.put("/")).status_code == status
    assert service.calls == 1, "500 may have done half of it, and will do so again"


async def test_a_busy_service_cannot_make_a_buyer_wait() -> None:
    service = Refuses(lambda: httpx.Response(503, headers={"Retry-After": "3600"}))
    async with asyncio.timeout(3), service.client() as client:
        assert (await client.put("/")).status_code == 503
    assert service.calls == 3, "it was asked again, sooner than it would like"
