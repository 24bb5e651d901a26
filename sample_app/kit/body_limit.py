"""No request body is longer than a limit, whether it says its length or comes in chunks.

FastAPI's own `max_body_size` answers in plain text, and our errors are Problem Details.
"""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sample_app.kit.problems import respond_http

# More would be a terabyte, and Python turns no text of thousands of digits into a number.
_MOST_DIGITS = 12


class BodyLimit:
    """Answers 413 to a body of more than `max_bytes`, without reading the rest of it."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        detail = f"A body has at most {self._max_bytes} bytes."
        length = Headers(scope=scope).get("content-length", "0")
        if len(length) > _MOST_DIGITS or (length.isdecimal() and int(length) > self._max_bytes):
            await respond_http(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)(scope, receive, send)
            return
        seen = 0

        async def receive_up_to_limit() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
            return message

        await self._app(scope, receive_up_to_limit, send)
