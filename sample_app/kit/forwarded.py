"""The scheme that clients use, where the proxies on the way cannot tell it.

Behind CloudFront's VPC origin the load balancer is asked in plain http, and says so in X-Forwarded-Proto, which it
overwrites. What a client sends is never asked. The client's address needs nothing here: uvicorn takes it from
X-Forwarded-For, of the proxies that FORWARDED_ALLOW_IPS names.
"""

from starlette.types import ASGIApp, Receive, Scope, Send


class PublicScheme:
    """Makes every request's scheme `scheme`."""

    def __init__(self, app: ASGIApp, scheme: str) -> None:
        self._app = app
        self._scheme = scheme

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["scheme"] = self._scheme
        await self._app(scope, receive, send)


class RootPath:
    """Puts `path`, which a gateway takes away before it asks us, back in front, so that links begin with it."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            # ASGI's `path` has `root_path` in front; a gateway that takes nothing away has left it there.
            whole = scope["path"] if scope["path"].startswith(f"{self._path}/") else self._path + scope["path"]
            scope = {**scope, "root_path": self._path, "path": whole}
        await self._app(scope, receive, send)
