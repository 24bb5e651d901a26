"""Stopping"""

import signal

import httpx
import pytest

from tests.contract.promise import Promise
from tests.contract.server import Server
from tests.contract.topologies import Deployment
from tests.pods.pod import Pod
from tests.support.process import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.anyio
CHUNKS, DELAY_MS = 8, 250


async def test_a_process_that_is_told_to_stop_finishes_what_it_has_begun(fresh: Deployment, promise: Promise) -> None:
    """As a deployment stops it: no new requests for it, then SIGTERM."""
    server = fresh.servers["catalog"]
    assert isinstance(server, Server | Pod), "a process that can be told to stop while it answers"
    arrived: list[str] = []
    parameters = {"chunks": CHUNKS, "delay_ms": DELAY_MS}
    async with fresh.http.stream("GET", "/catalog/echo/stream", params=parameters) as answer:
        async for line in answer.aiter_lines():
            if not arrived:
                server.retire()
                wait_until(lambda: _outcome(server.url) == "refused", "an end of new connections")
                promise("a new request meanwhile", seen=_outcome(str(fresh.address)), promised="refused")
            arrived.append(line.strip())
    assert arrived == [str(number) for number in range(CHUNKS)], "the answer is whole"
    code = server.process.wait(PATIENCE_SECONDS)
    assert code in {0, -signal.SIGTERM}, "it ends by itself, and a stop that was asked for is no failure"
    events = [line["event"] for line in server.log_lines()]
    assert "Application shutdown complete." in events, "and it has closed its database"


def _outcome(url: str) -> str:
    """What a new connection gets."""
    try:
        return str(httpx.get(f"{url}/catalog/products", timeout=5).status_code)
    except httpx.ConnectError:
        return "refused"
    except httpx.ReadError:
        return "reset"
    except httpx.RemoteProtocolError:
        return "closed"  # it was let in as the process stopped listening
