"""A listener with two target groups, a target for them, and a connection by hand."""

import socket
from http.server import BaseHTTPRequestHandler

import httpx

from tests.proxy import Listener, Proxy, Rule

PATIENCE_SECONDS = 10
LISTENER = Listener(
    (
        Rule("catalog", hosts=("*.catalog.example", "c?talog.example")),
        Rule.below("/catalog", "catalog"),
        Rule.below("/orders", "orders"),
    ),
    body="No such thing",
)


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that it got, and says of itself which target it is, and over which connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(503 if self.path.endswith("/overloaded") else 200)
        for name, value in self.headers.items():
            self.send_header(f"Got-{name}", value)
        host, port = self.client_address
        self.send_header("Connection-Of", f"{host}:{port}")
        self.send_header("Target", str(self.connection.getsockname()[1]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", httpx.URL(proxy.url).port or 80), timeout=PATIENCE_SECONDS)
