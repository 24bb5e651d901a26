"""A real server on a real socket: what SIGTERM does to a request that is in flight."""

import json
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from sample_app.registry import MODULES
from tests.contract.server import COMMAND, Server
from tests.support.process import PATIENCE_SECONDS, Process, wait_until

COMMANDS = [
    pytest.param(COMMAND, id="the image's command"),
    pytest.param(
        ("uvicorn", "sample_app.entrypoints.asgi:app", "--port", "0", "--timeout-graceful-shutdown", "25"),
        id="a stack's command",
    ),
]


def refuses(port: int) -> bool:
    """Whether nobody listens there any more."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False


@pytest.mark.parametrize("command", COMMANDS)
def test_a_request_in_flight_finishes_after_sigterm(command: tuple[str, ...], tmp_path: Path) -> None:
    body = json.dumps({"name": "Teapot", "price_cents": 1999, "stock": 5}).encode()
    head = (
        "POST /catalog/products HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    ).encode()
    with (
        Server(tmp_path / "shop", {}, command=command) as server,
        socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS) as buyer,
    ):
        # A body that is still to come keeps the real app busy, with no slow endpoint made for the test.
        buyer.sendall(head)
        assert buyer.recv(1024).startswith(b"HTTP/1.1 100 "), "the app has begun and waits for the body"
        server.retire()
        wait_until(lambda: refuses(server.port), "an end of new connections")
        assert server.process.poll() is None, "the server waits for the request it has begun"
        buyer.sendall(body)
        answer = buyer.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 201 "), f"the request is answered in full, but: {answer!r}"
        assert b'"name":"Teapot"' in answer, "with all of its body"
        code = server.process.wait(PATIENCE_SECONDS)
    assert code in {0, -signal.SIGTERM}, "a stop that was asked for is no failure"
    assert "Application shutdown complete" in server.log, "the database was closed properly"


def test_a_selection_that_cannot_work_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    with Process(tmp_path, [sys.executable, "-m", *COMMAND], {**os.environ, "APP_SERVICES": "order"}) as server:
        code = server.process.wait(PATIENCE_SECONDS)
    assert code != 0, "the deployment must not look healthy"
    assert server.log.rstrip().endswith(f"APP_SERVICES names order; this app has {', '.join(MODULES)}."), (
        "the last line of the log is the reason"
    )
    assert "Traceback" not in server.log, "a person reads it"
