"""What the client used, where the front door alone knows it.

An API or function URL behind CloudFront is asked by its own name, and sees an edge location for a client. The front
door then says in two headers what the client used, and overwrites what a client says there. Who reaches the API past
the front door may say what it likes. So only the front door's own host is believed, or a link to another one could be
sent to somebody else, and nothing may be allowed by the address.
"""

from ipaddress import ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

HOST_HEADER: Final = "x-front-door-host"
CLIENT_HEADER: Final = "x-front-door-client"


class FrontDoor:
    """Makes a request's host and client those that the front door names, and its scheme https.

    ``host`` is the one that is believed; `*.cloudfront.net` stands for each of CloudFront's own.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app, self._expected = app, host.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            host, client = headers.get(HOST_HEADER, ""), headers.get(CLIENT_HEADER, "")
            if self._is_ours(host):
                others = [(name, value) for name, value in scope["headers"] if name != b"host"]
                scope = {**scope, "scheme": "https", "headers": [(b"host", host.encode()), *others]}
            if _is_address(client):
                scope = {**scope, "client": (client, 0)}
        await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        if self._expected.startswith("*."):
            label, _, zone = host.lower().partition(".")
            return label.isalnum() and zone == self._expected[2:]
        return host.lower() == self._expected


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
