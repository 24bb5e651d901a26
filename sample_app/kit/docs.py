"""Each module's own documentation, below its prefix: a page and the OpenAPI document behind it.

So it is where a load balancer that routes by prefix can find it, whoever serves the module. The whole app's is at
`/docs`, as with any FastAPI app.
"""

from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse


def docs_router(title: str, version: str, module: APIRouter) -> APIRouter:
    """The routes of the documentation of `module`."""
    router = APIRouter(prefix=module.prefix, include_in_schema=False)

    @cache  # FastAPI does so with the whole app's: it takes longer than most requests
    def document(root: str) -> dict[str, Any]:
        return get_openapi(
            title=title, version=version, routes=module.routes, servers=[{"url": root}] if root else None
        )

    @router.get("/openapi.json")
    async def openapi(request: Request) -> dict[str, Any]:
        """What the module offers."""
        return document(_root(request))

    @router.get("/docs")
    async def docs(request: Request) -> HTMLResponse:
        """The same, for people."""
        return get_swagger_ui_html(openapi_url=f"{_root(request)}{module.prefix}/openapi.json", title=title)

    return router


def _root(request: Request) -> str:
    """What a gateway in front takes off each path."""
    return str(request.scope.get("root_path", "")).rstrip("/")
