"""An HTTP server in front of a function: an API, a load balancer or a function URL, as far as their shapes go."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast

from tests.lambda_runtime.shapes import Request, Response, Shape
from tests.support.loopback import Loopback

CLIENT: Final = "203.0.113.50"
"""Whom the service says that requests come from: nobody's address, and none that a proxy here has."""
_FORBIDDEN: Final = Response(403, [("content-type", "application/json")], b'{"message":"Forbidden"}')
_OURS: Final = ("content-length", "connection", "transfer-encoding")
_NO_BODY: Final = (204, 304)


class Gateway(Loopback):
    """Serves on loopback; one request at a time, as one container of a function does.

    ``below`` is the stage in front of each path, which the service takes away.
    """

    def __init__(self, shape: Shape, invoke: Callable[[Any], Any], *, below: str = "") -> None:
        server = _Server(shape, invoke, below)
        super().__init__(server)
        self.url = f"http://127.0.0.1:{server.server_port}{below}"


class _Server(ThreadingHTTPServer):
    def __init__(self, shape: Shape, invoke: Callable[[Any], Any], below: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._shape, self._invoke, self._below = shape, invoke, below
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Response:
        """What the client gets."""
        if not request.path.startswith(f"{self._below}/"):
            return _FORBIDDEN
        with self._lock:  # of an answer that streams, until it has begun
            return self._shape.response(self._invoke(self._shape.event(request.without(self._below))))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Any:
        """Whatever the method, ``do_GET`` or ``do_PROPFIND``."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            path=path,
            query=query,
            headers=self.headers.items(),
            body=self._body(),
            client=CLIENT,
        )
        self._send(cast(_Server, self.server).answer(request))

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        whole = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return whole

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers:
            if name.lower() not in _OURS:
                self.send_header(name, value)
        if response.status not in _NO_BODY and isinstance(response.body, bytes):
            self.send_header("content-length", str(len(response.body)))
        elif response.status not in _NO_BODY:
            self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        if self.command != "HEAD" and response.status not in _NO_BODY:
            self._write(response.body)

    def _write(self, body: bytes | Iterator[bytes]) -> None:
        """The body as it comes; a client that has left is no failure."""
        if isinstance(body, bytes):
            self.wfile.write(body)
            return
        with suppress(ConnectionError):
            for chunk in body:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunk else b"")
            self.wfile.write(b"0\r\n\r\n")
