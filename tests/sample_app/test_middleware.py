"""What no server lets through, and no gateway we know sends: the middleware holds all the same."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from sample_app.kit.body_limit import BodyLimit
from sample_app.kit.forwarded import RootPath

pytestmark = pytest.mark.anyio


async def ok(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads a body whole, and tells the path that it was asked for."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"path", scope["path"].encode())]})
    await send({"type": "http.response.body", "body": b""})


async def nothing_more() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


@pytest.mark.parametrize(
    ("length", "status"),
    [("9" * 5000, 413), ("1001", 413), ("1000", 200), ("-1", 200), ("ten", 200), ("\u00b2", 200)],
)
async def test_a_length_that_is_no_number_or_a_very_long_one_breaks_nothing(length: str, status: int) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-length", length.encode("latin-1"))]
    await BodyLimit(ok, 1000)({"type": "http", "path": "/", "headers": headers}, nothing_more, send)
    assert sent[0]["status"] == status, "what a server would refuse is counted as it comes"


@pytest.mark.parametrize(
    ("asked", "seen"),
    [("/orders", "/live/orders"), ("/live/orders", "/live/orders"), ("/liveness", "/live/liveness")],
)
async def test_a_root_path_is_put_in_front_unless_it_is_there_as_a_whole_segment(asked: str, seen: str) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await RootPath(ok, "/live")({"type": "http", "path": asked}, nothing_more, send)
    assert dict(sent[0]["headers"])[b"path"].decode() == seen, "ASGI's path begins with the root path, once"
