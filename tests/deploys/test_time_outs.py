"""Each time-out alone: as the stack sets it, and set wrong."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.deploys.link import Link
from tests.deploys.service import STACKS_COMMAND, Revision, Task
from tests.proxy import DEFAULT_GROUP, Proxy

pytestmark = pytest.mark.real_tools

PATIENCE_SECONDS: Final = 10
BODY: Final = json.dumps({"name": "Teapot", "price_cents": 1999, "stock": 5}).encode()
HEAD: Final = (
    b"POST /catalog/products HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(BODY)
)


@contextmanager
def running(folder: Path, *more: str, **changes: Any) -> Iterator[Task]:
    """A task by the stack's command, with `more` behind it: the last of two options counts."""
    recorded = Revision.of(STACKS_COMMAND)
    with Task(replace(recorded, command=[*recorded.command, *more], **changes), folder / "task") as task:
        task.wait_until_ready()
        yield task


@contextmanager
def open_request(task: Task) -> Iterator[socket.socket]:
    """One that the app has begun, and that waits for its body."""
    with socket.create_connection(("127.0.0.1", task.revision.port), timeout=PATIENCE_SECONDS) as client:
        client.sendall(HEAD)
        assert client.recv(1024).startswith(b"HTTP/1.1 100 "), "the app waits for the body"
        yield client


@pytest.mark.parametrize(
    ("keep_alive_seconds", "status"),
    [pytest.param(1, 502, id="the server closes first"), pytest.param(4, 200, id="the load balancer closes first")],
)
def test_a_request_is_lost_if_the_server_closes_an_idle_connection_first(
    keep_alive_seconds: int, status: int, tmp_path: Path
) -> None:
    on_its_way_seconds = 1
    with (
        running(tmp_path, f"--timeout-keep-alive={keep_alive_seconds}") as task,
        Link(task.revision.port, on_its_way_seconds) as link,
        Proxy(tmp_path, idle_timeout_seconds=3) as proxy,
    ):
        proxy.register(DEFAULT_GROUP, link.port)
        assert httpx.get(f"{proxy.url}/livez").status_code == 200
        # Now the server has closed, if the proxy had not before; and the proxy does not know it yet.
        time.sleep(keep_alive_seconds + on_its_way_seconds / 2)
        assert httpx.get(f"{proxy.url}/livez").status_code == status


@pytest.mark.parametrize(
    ("more", "finishes"),
    [
        pytest.param([], True, id="as the stack says"),
        pytest.param(["--timeout-graceful-shutdown=1"], False, id="shorter than the request"),
    ],
)
def test_an_open_request_has_the_graceful_shutdown_to_finish(more: list[str], finishes: bool, tmp_path: Path) -> None:
    with running(tmp_path, *more) as task, open_request(task) as client:
        task.process.terminate()
        time.sleep(2)
        answer = b""
        with suppress(ConnectionError):
            client.sendall(BODY)
            answer = client.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 201 ") is finishes, f"the answer was {answer!r}"


def test_a_task_that_does_not_leave_is_killed_at_the_stop_time_out_and_that_is_seen(tmp_path: Path) -> None:
    with running(tmp_path, stop_timeout_seconds=1) as task, open_request(task):
        task.stop()
        assert task.killed, "the app still waited for a body"
        assert task.stopped_in_seconds == pytest.approx(1, abs=0.5)
