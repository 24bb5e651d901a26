"""A proxy, a client of it, and targets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.proxy import Proxy
from tests.proxy.targets import LISTENER, PATIENCE_SECONDS, Echo


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    with Proxy(tmp_path, listener=LISTENER) as running:
        yield running


@pytest.fixture
def client(proxy: Proxy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy.url, timeout=PATIENCE_SECONDS) as http:
        yield http


@pytest.fixture
def target() -> Iterator[Callable[[], int]]:
    """Starts a target and tells its port."""
    with ExitStack() as stack:

        def start() -> int:
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Echo))
            server.daemon_threads = True
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            return server.server_port

        yield start
