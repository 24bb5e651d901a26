"""A network between the proxy and a task on which it takes time until one side knows that the other has closed."""

import socket
import threading
import time
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from types import TracebackType
from typing import Final, Self

_TICK_SECONDS: Final = 0.02


class Link:
    """Relays connections to a port of this machine; the end of one arrives `delay_seconds` later."""

    def __init__(self, to_port: int, delay_seconds: float) -> None:
        class Relay(BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", to_port)) as task, suppress(OSError):
                    threading.Thread(target=_pump, args=(self.request, task), daemon=True).start()
                    _pump(task, self.request, delay_seconds)

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Relay)
        self._server.daemon_threads = True
        self.port: int = self._server.socket.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(_TICK_SECONDS,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _pump(source: socket.socket, sink: socket.socket, delay_seconds: float = 0) -> None:
    with suppress(OSError):
        while received := source.recv(65536):
            sink.sendall(received)
    time.sleep(delay_seconds)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)
