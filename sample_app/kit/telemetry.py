"""OpenTelemetry: FastAPI traces its own requests; this adds the calls to other services.

Off unless the environment says where to (`OTEL_EXPORTER_OTLP_ENDPOINT`) and the packages of requirements/otel.txt are
installed; FastAPI logs a warning when they are missing.
"""

import os
from typing import TYPE_CHECKING

from fastapi.telemetry import TelemetryConfig

if TYPE_CHECKING:
    import httpx

CONFIG: TelemetryConfig = {"auto_configure": True}


def trace_calls(client: "httpx.AsyncClient") -> None:
    """Make the calls of `client` part of the trace of the request that causes them."""
    if not any(os.environ.get(f"OTEL_EXPORTER_OTLP_{signal}ENDPOINT") for signal in ("", "TRACES_")):
        return
    try:
        from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor  # noqa: PLC0415  # optional
    except ImportError:
        return
    HTTPXClientInstrumentor.instrument_client(client)
