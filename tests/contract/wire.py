"""HTTP/1.1 by hand, for requests that no client library would send."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import Final, NamedTuple

import httpx

_PATIENCE_SECONDS: Final = 15


class Answer(NamedTuple):
    """One response, read to its end."""

    status: int
    headers: HTTPMessage
    body: bytes
    closes: bool
    """Whether this was the last one on its connection."""

    @property
    def short(self) -> str:
        """The status and the media type."""
        return f"{self.status} {self.headers.get_content_type()}"


class Line:
    """One connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, data: bytes) -> None:
        """Send it all, or as much as the other side takes: it may have answered and closed before."""
        with suppress(ConnectionError):
            self._connection.sendall(data)

    def answer(self, method: str = "GET") -> Answer | None:
        """The next response; None when the connection ends without one."""
        response = HTTPResponse(self._connection, method=method)
        try:
            response.begin()
            return Answer(response.status, response.headers, response.read(), response.will_close)
        except (ConnectionError, HTTPException):
            return None
        finally:
            response.close()

    def rest(self) -> bytes:
        """Everything until the connection ends."""
        with self._connection.makefile("rb") as stream:
            return stream.read()


class Wire:
    """Opens connections to the shop."""

    def __init__(self, url: httpx.URL) -> None:
        self._address = url.host, url.port or (443 if url.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self.host: Final = url.netloc

    @contextmanager
    def connect(self) -> Iterator[Line]:
        """A connection, until the block ends."""
        with socket.create_connection(self._address, timeout=_PATIENCE_SECONDS) as plain:
            if self._tls is None:
                yield Line(plain)
                return
            with self._tls.wrap_socket(plain, server_hostname=self._address[0]) as encrypted:
                yield Line(encrypted)

    def request(
        self, target: bytes, *, method: bytes = b"GET", headers: bytes = b"", body: bytes = b"", close: bool = True
    ) -> bytes:
        """The bytes of a request; `headers` are whole lines, each with its CR LF."""
        framing = b"content-length: %d\r\n" % len(body) if body else b""
        end = b"connection: close\r\n" if close else b""
        return b"%b %b HTTP/1.1\r\nhost: %b\r\n%b%b%b\r\n%b" % (
            method, target, self.host, framing, end, headers, body,
        )  # fmt: skip

    def ask(self, target: bytes, *, method: bytes = b"GET", headers: bytes = b"", body: bytes = b"") -> Answer | None:
        """One request on a connection of its own."""
        with self.connect() as line:
            line.send(self.request(target, method=method, headers=headers, body=body))
            return line.answer(method.decode())
