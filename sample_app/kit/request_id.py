"""One id for all that a request causes: in each log line, in the answer, and in the calls to other services."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

HEADER: Final = "X-Request-ID"
# What a caller may choose: nothing that could break a log or a header.
_ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
# W3C Trace Context, and AWS's own. Who takes no part in a trace passes them on as they are.
_TRACE_HEADERS: Final = ("traceparent", "tracestate", "x-amzn-trace-id")
_passed_on: ContextVar[Mapping[str, str]] = ContextVar("passed_on", default={})  # noqa: B039  # never changed


def passed_on() -> Mapping[str, str]:
    """The headers that a call to another service takes over from the request that causes it."""
    return _passed_on.get()


class RequestId:
    """Takes the caller's id if it is harmless, else makes one; the answer repeats it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get(HEADER, "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else str(uuid4())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        traced = {name: headers[name] for name in _TRACE_HEADERS if name in headers}
        token = _passed_on.set({HEADER: request_id, **traced})
        try:
            with bound_contextvars(request_id=request_id):
                await self._app(scope, receive, send_with_id)
        finally:
            _passed_on.reset(token)
