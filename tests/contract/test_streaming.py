"""Streaming"""

import time

import httpx
import pytest

from tests.contract.promise import Promise

pytestmark = pytest.mark.anyio
CHUNKS, DELAY_MS = 4, 250


async def test_a_chunk_arrives_before_the_next_one_is_made(
    live: httpx.AsyncClient, echo: str, promise: Promise
) -> None:
    """Nothing on the way collects a response before it passes it on."""
    begun = time.monotonic()
    arrived: dict[str, float] = {}
    async with live.stream("GET", f"{echo}/stream", params={"chunks": CHUNKS, "delay_ms": DELAY_MS}) as answer:
        async for line in answer.aiter_lines():
            arrived[line.strip()] = time.monotonic() - begun
    assert list(arrived) == [str(number) for number in range(CHUNKS)], "all of them, in order"
    spread = arrived[str(CHUNKS - 1)] - arrived["0"]
    made_apart = (CHUNKS - 1) * DELAY_MS / 1000
    promise(
        "the chunks arrive",
        seen="one by one" if spread > made_apart / 2 else "all at once",
        promised="one by one",
    )


async def test_a_client_that_leaves_in_mid_answer_harms_nobody_else(live: httpx.AsyncClient, echo: str) -> None:
    """The next request is served."""
    for _ in range(3):
        async with live.stream("GET", f"{echo}/stream", params={"chunks": 3, "delay_ms": 10}) as answer:
            async for _ in answer.aiter_bytes():
                break
    assert (await live.get("/catalog/products")).status_code == 200, "the next one is served"
