"""Requests without a pause, from clients that forgive nothing: no retry, and whatever is not a 2xx is a failure."""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from httptools import HttpParserError, HttpResponseParser

CLIENTS: Final = 12
SLOW_CLIENTS: Final = 6
ANSWER_SECONDS: Final = 15
"""A request that takes longer has failed."""


@dataclass(frozen=True)
class Request:
    """One request, as it is sent."""

    head: bytes
    body: bytes = b""

    @classmethod
    def get(cls, path: str) -> Self:
        return cls(f"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())

    @classmethod
    def post(cls, path: str, value: object) -> Self:
        """Of JSON."""
        body = json.dumps(value).encode()
        lines = (
            f"POST {path} HTTP/1.1",
            "Host: shop",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        return cls("".join(f"{line}\r\n" for line in (*lines, "")).encode(), body)


NEW_PRODUCT: Final = Request.post("/catalog/products", {"name": "Teapot", "price_cents": 1999, "stock": 5})
PRODUCTS: Final = Request.get("/catalog/products?limit=1")
_LIVE: Final = Request.get("/livez")
_MIX: Final = (_LIVE, _LIVE, PRODUCTS, _LIVE, _LIVE, NEW_PRODUCT, _LIVE, _LIVE, PRODUCTS, _LIVE)
"""Most are cheap, so that a slow machine sends enough of them."""


class Traffic:
    """Fast requests from some clients and slow ones from others, from the block's begin to its end.

    A slow request is one whose body takes its time: that keeps the real app busy.
    """

    def __init__(
        self, url: str, slow_seconds: float, *, mix: Sequence[Request] = _MIX, slow: Request = NEW_PRODUCT
    ) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._address = host, int(port)
        self._slow_seconds, self._mix, self._slow = slow_seconds, mix, slow
        self._ends = False
        self._begun = time.monotonic()
        self.requests = 0
        self.slow_requests = 0
        self.slow_under_way = 0
        self.failures: Counter[str] = Counter()
        """What was seen instead of a 2xx -> how often."""

    def __enter__(self) -> Self:
        self._thread = ThreadPoolExecutor(1)
        self._run: Future[None] = self._thread.submit(asyncio.run, self._all_clients())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let every request that has begun come to its end."""
        self._ends = True
        self._thread.shutdown()
        self._run.result()

    @property
    def per_second(self) -> float:
        return self.requests / (time.monotonic() - self._begun)

    def wait_for(self, more_requests: int) -> None:
        """Return after that many further requests, failed or not."""
        until = self.requests + more_requests
        while self.requests < until:
            if self._run.done():
                self._run.result()
            time.sleep(0.02)

    async def _all_clients(self) -> None:
        async with asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(self._client())
            for number in range(SLOW_CLIENTS):
                clients.create_task(self._slow_client(number * self._slow_seconds / SLOW_CLIENTS))

    async def _client(self) -> None:
        connection = _Connection(self._address)
        for request in itertools.cycle(self._mix):
            if self._ends:
                return await connection.close()
            await self._count(connection, [request.head + request.body], pause=0)
        return None

    async def _slow_client(self, delay: float) -> None:
        await asyncio.sleep(delay)
        connection, head, body = _Connection(self._address), self._slow.head, self._slow.body
        half = len(body) // 2
        while not self._ends:
            self.slow_under_way += 1
            await self._count(connection, [head + body[:half], body[half:]], pause=self._slow_seconds)
            self.slow_under_way -= 1
            self.slow_requests += 1
        await connection.close()

    async def _count(self, connection: "_Connection", parts: Sequence[bytes], pause: float) -> None:
        try:
            async with asyncio.timeout(pause + ANSWER_SECONDS):
                status = await connection.ask(parts, pause)
            failure = None if 200 <= status < 300 else f"status {status}"
        except (OSError, HttpParserError) as error:  # TimeoutError is an OSError
            await connection.close()
            failure = type(error).__name__
        self.requests += 1
        if failure:
            self.failures[f"{failure} of a slow request" if pause else failure] += 1
            await asyncio.sleep(0.01)


class _Connection:
    """Opened when it is needed, and again after a failure."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, parts: Sequence[bytes], pause: float) -> int:
        """The status of the answer to a request that is sent in parts."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address)
        reader, writer = self._streams
        for number, part in enumerate(parts):
            if number:
                await asyncio.sleep(pause)
            writer.write(part)
        answer = _Answer()
        parser = HttpResponseParser(answer)
        while not answer.complete:
            received = await reader.read(65536)
            if not received:
                raise ConnectionResetError("closed before the end of an answer")
            parser.feed_data(received)
        if not parser.should_keep_alive():
            await self.close()
        return parser.get_status_code()

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


class _Answer:
    complete = False

    def on_message_complete(self) -> None:
        self.complete = True
