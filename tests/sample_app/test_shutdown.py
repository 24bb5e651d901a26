"""A real server on a real socket: what SIGTERM does to a request that is in flight."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20
COMMANDS = [
    pytest.param(["sample_app.entrypoints.serve"], id="the image's command"),
    pytest.param(
        ["uvicorn", "sample_app.entrypoints.asgi:app", "--port", "0", "--timeout-graceful-shutdown", "25"],
        id="a stack's command",
    ),
]


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Return when `happened` is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"{what} within {PATIENCE_SECONDS} s"
        time.sleep(0.02)


def refuses(address: tuple[str, int]) -> bool:
    """Whether nobody listens at `address` any more."""
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return True
    return False


@contextmanager
def server(command: list[str], folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], tuple[str, int]]]:
    """The app in a process of its own, and its address: a port that the system found free."""
    log = folder / "server.log"
    environment = {**os.environ, "PORT": "0", "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'shop.db'}"}
    listening = re.compile(r"running on http://([\d.]+):(\d+)")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_until(lambda: process.poll() is not None or bool(listening.search(log.read_text())), "a start")
            found = listening.search(log.read_text())
            assert found, f"the server did not start: {log.read_text()}"
            yield process, (found[1], int(found[2]))
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_request_in_flight_finishes_after_sigterm(command: list[str], tmp_path: Path) -> None:
    body = json.dumps({"name": "Teapot", "price_cents": 1999, "stock": 5}).encode()
    head = (
        "POST /catalog/products HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    ).encode()
    with server(command, tmp_path) as (process, address), socket.create_connection(address, PATIENCE_SECONDS) as buyer:
        # A body that is still to come keeps the real app busy, with no slow endpoint made for the test.
        buyer.sendall(head)
        assert buyer.recv(1024).startswith(b"HTTP/1.1 100 "), "the app has begun and waits for the body"
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: refuses(address), "an end of new connections")
        assert process.poll() is None, "the server waits for the request it has begun"
        buyer.sendall(body)
        answer = buyer.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 201 "), f"the request is answered in full, but: {answer!r}"
        assert b'"name":"Teapot"' in answer, "with all of its body"
        code = process.wait(PATIENCE_SECONDS)
    assert code in {0, -signal.SIGTERM}, "a stop that was asked for is no failure"
    assert "Application shutdown complete" in (tmp_path / "server.log").read_text(), "the database was closed properly"


def test_a_selection_that_cannot_work_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "APP_SERVICES": "order", "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"}
    command = [sys.executable, "-m", "sample_app.entrypoints.serve"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert ended.returncode != 0, "the deployment must not look healthy"
    assert ended.stderr.rstrip().endswith("APP_SERVICES names order; this app has catalog, orders, notifications."), (
        "the last line of the log is the reason"
    )
    assert "Traceback" not in ended.stderr, "a person reads it"
