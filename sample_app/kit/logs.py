"""Logs: one JSON object a line on standard output, whoever writes them, and one line for each request."""

import logging
import os
import sys
import time
from enum import StrEnum
from http import HTTPStatus
from typing import TextIO

import structlog
from opentelemetry import trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import EventDict, Processor, WrappedLogger

# Asked every few seconds by each load balancer and orchestrator; only what is wrong is worth a line.
_PROBES = frozenset({"/livez", "/readyz"})
_log = structlog.get_logger("access")


class LogFormat(StrEnum):
    """How a log line looks."""

    JSON = "json"
    CONSOLE = "console"


class _StandardOutput(logging.StreamHandler[TextIO]):
    """Where `configure` sends everything; a second call finds the first one's by it."""


def configure(level: str, log_format: LogFormat) -> None:
    """Send the process's logs, structlog's and the standard library's alike, to standard output."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _StandardOutput(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _drop_color],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(log_format)],
        )
    )
    root = logging.getLogger()
    root.setLevel(level)
    root.handlers[:] = [other for other in root.handlers if not isinstance(other, _StandardOutput)]
    root.addHandler(handler)
    # Uvicorn has handlers of its own, and a line for each request that knows nothing of its id.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"
    # What they say of each call, and of each part of themselves, is no news.
    for name in ("httpx", "alembic.runtime.plugins", "mangum.http"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _rendering(log_format: LogFormat) -> list[Processor]:
    if log_format is LogFormat.CONSOLE:
        # https://no-color.org
        return [structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Lead from a log line to its trace, when there is one."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = trace.format_trace_id(span.trace_id)
        event["span_id"] = trace.format_span_id(span.span_id)
    return event


def _drop_color(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Uvicorn says some things twice, once with colours."""
    event.pop("color_message", None)
    return event


class AccessLog:
    """Writes one line for each request once it is answered, with how long that took."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status: int | None = None

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begun = time.perf_counter()
        try:
            await self._app(scope, receive, watch)
        finally:
            if scope["path"] not in _PROBES or status != HTTPStatus.OK:
                _log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    duration_ms=round((time.perf_counter() - begun) * 1000, 1),
                    client=scope["client"][0] if scope.get("client") else None,
                )
