"""OpenTelemetry, for real: the app as two processes, and a collector that takes what they send."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.contract.server import Server
from tests.support.dockerfile import ROOT
from tests.support.process import PATIENCE_SECONDS


class Collector:
    """Takes traces over OTLP/HTTP on a free port, as an OpenTelemetry collector does."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                if self.path == "/v1/traces":
                    sent = ExportTraceServiceRequest.FromString(body)
                    collector.spans += [
                        span for of in sent.resource_spans for scope in of.scope_spans for span in scope.spans
                    ]
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(PATIENCE_SECONDS)
        self._server.server_close()

    def of_kind(self, kind: "Span.SpanKind.ValueType", name: str) -> list[Span]:
        """The spans with `name` in theirs, such as one side of a call."""
        return [span for span in self.spans if span.kind == kind and name in span.name]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def _stop(server: Server) -> None:
    """What has not been sent yet is sent when the app stops."""
    server.retire()
    server.process.wait(PATIENCE_SECONDS)


def test_an_order_is_one_trace_through_both_processes(collector: Collector, tmp_path: Path) -> None:
    otel = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}
    with Server(tmp_path / "catalog", {"APP_SERVICES": "catalog", **otel}) as catalog:
        served = {"APP_SERVICES": "orders,notifications", "CATALOG_URL": catalog.url}
        with Server(tmp_path / "orders", {**served, **otel}) as orders:
            product = {"name": "Teapot", "price_cents": 1999, "stock": 5}
            made = httpx.post(f"{catalog.url}/catalog/products", json=product).json()
            lines = [{"product_id": made["id"], "quantity": 1}]
            caller = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
            placed = httpx.post(f"{orders.url}/orders", json={"lines": lines}, headers=caller)
            assert placed.status_code == 201, placed.text
            _stop(orders)
        _stop(catalog)
    (ordered,) = collector.of_kind(Span.SPAN_KIND_SERVER, "/orders")
    (called,) = collector.of_kind(Span.SPAN_KIND_CLIENT, "PUT")
    (reserved,) = collector.of_kind(Span.SPAN_KIND_SERVER, "/catalog/reservations")
    assert ordered.trace_id.hex() == "4bf92f3577b34da6a3ce929d0e0e4736", "the caller's trace goes on"
    assert called.trace_id == ordered.trace_id, "the order made the call"
    assert (reserved.trace_id, reserved.parent_span_id) == (called.trace_id, called.span_id), "across the network, too"
    logged = [line for line in orders.log_lines() if line.get("path") == "/orders"]
    assert [line["trace_id"] for line in logged] == [ordered.trace_id.hex()], "a log line leads to its trace"


def test_an_import_of_the_app_loads_no_exporter_and_no_instrumentation() -> None:
    """Both cost a cold start more than the app's own code does."""
    loaded = "import sys, sample_app.entrypoints.asgi; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    unwanted = (
        "opentelemetry.sdk",
        "opentelemetry.exporter",
        "opentelemetry.instrumentation",
        "alembic",
        "boto3",
        "mako",
    )
    assert [name for name in done.stdout.splitlines() if name.startswith(unwanted)] == []
