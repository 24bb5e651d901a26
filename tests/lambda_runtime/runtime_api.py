"""A Runtime API that passes an answer on while it comes: the emulator collects it first.

What the adapter needs of it. Sources: AWS Lambda developer guide, "Using the Lambda runtime API for custom runtimes"
and "Custom runtimes: response streaming"; Extensions API reference.
"""

import json
import queue
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast

from tests.support.loopback import Loopback

_SEPARATOR: Final = b"\0" * 8
_PATIENCE_SECONDS: Final = 30
_DEADLINE_MS: Final = 29_000


@dataclass(frozen=True)
class StreamedAnswer:
    """The head of an answer, and its body as it comes."""

    head: dict[str, Any]
    body: Iterator[bytes]


@dataclass
class _Invocation:
    event: bytes
    chunks: "queue.Queue[bytes | None]" = field(default_factory=queue.Queue)
    failed: bool = False

    def __iter__(self) -> Iterator[bytes]:
        while (chunk := self.chunks.get(timeout=_PATIENCE_SECONDS)) is not None:
            yield chunk


class RuntimeApi(Loopback):
    """Hands events to a runtime one by one; serves on loopback."""

    def __init__(self) -> None:
        self._server = _Server()
        super().__init__(self._server)
        self.address = f"127.0.0.1:{self._server.server_port}"

    def invoke(self, event: Any) -> StreamedAnswer | None:
        """The answer to an event, once it has begun; None where the invocation fails."""
        invocation = _Invocation(json.dumps(event).encode())
        self._server.waiting.put(invocation)
        chunks, seen = iter(invocation), b""
        for chunk in chunks:
            seen += chunk
            if _SEPARATOR in seen:
                head, _, rest = seen.partition(_SEPARATOR)
                return StreamedAnswer(json.loads(head), _after(rest, chunks))
        return None


def _after(rest: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if rest:
        yield rest
    yield from chunks


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.waiting: queue.Queue[_Invocation] = queue.Queue()
        self.running: dict[str, _Invocation] = {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """The next event; an extension waits for a shutdown that never comes."""
        if not self.path.endswith("/runtime/invocation/next"):
            threading.Event().wait()
        server = cast(_Server, self.server)
        invocation, request_id = server.waiting.get(), str(uuid.uuid4())
        server.running[request_id] = invocation
        self._answer(
            200,
            invocation.event,
            {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + _DEADLINE_MS),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:shop:live",
                "Content-Type": "application/json",
            },
        )

    def do_POST(self) -> None:
        """An answer, piece by piece, or an error; or an extension that registers."""
        if self.path.endswith("/extension/register"):
            self.rfile.read(int(self.headers.get("content-length") or 0))
            return self._answer(200, b"{}", {"Lambda-Extension-Identifier": str(uuid.uuid4())})
        *_, request_id, what = self.path.split("/")
        invocation = cast(_Server, self.server).running.pop(request_id)
        for chunk in self._chunks():
            if what == "response":
                invocation.chunks.put(chunk)
        invocation.chunks.put(None)
        return self._answer(202, b"{}", {})

    def _chunks(self) -> Iterator[bytes]:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            yield self.rfile.read(int(self.headers.get("content-length") or 0))
            return
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            pass

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
