"""Events of Lambda that are no HTTP requests, as the Lambda Web Adapter brings them: a POST to `/events`.

An answer is a success to Lambda, whatever its status, and a queue would delete the message. The adapter is told to let
an invocation fail on the status 599 alone, so that it hides no answer from HTTP clients; this makes it of any error.
"""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH: Final = "/events"
FAILED: Final = 599
_NO_HTTP_REQUEST: Final = "null"


class FailedEvents:
    """Lets an event that was not handled fail, so that Lambda tries again or sets it aside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_or_fail(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                message = {**message, "status": FAILED}
            await send(message)

        await self._app(scope, receive, send_or_fail if _is_event(scope) else send)


def _is_event(scope: Scope) -> bool:
    """The adapter writes this header over what a client sends."""
    if scope["type"] != "http" or scope["path"] != PATH:
        return False
    return Headers(scope=scope).get("x-amzn-request-context") == _NO_HTTP_REQUEST
