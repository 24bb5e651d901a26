"""What the app saw of a request: to find out what the proxies in front of it make of one.

Only with `ECHO=true`, since it shows headers that proxies add, and answers as it is told.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import StringConstraints

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
# Printable ASCII: a line break would end the header and begin another.
_HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$")]
_HeaderValues = Annotated[list[_HeaderValue], Query(default_factory=list)]


def echo_router(prefix: str) -> APIRouter:
    """The echo of the module at `prefix`."""
    router = APIRouter(prefix=f"{prefix}/echo", include_in_schema=False)
    router.add_api_route("/request", saw, methods=_METHODS)
    router.add_api_route("/request/{rest:path}", saw, methods=_METHODS)
    router.add_api_route("/body", same_body, methods=["POST"])
    router.add_api_route("/response", as_told, methods=["GET"])
    router.add_api_route("/stream", stream, methods=["GET"])
    return router


async def saw(request: Request) -> dict[str, Any]:
    """All of a request, with its body as length and SHA-256."""
    body = await request.body()
    return {
        "method": request.method,
        "url": str(request.url),
        "scheme": request.url.scheme,
        "path": request.url.path,
        "root_path": request.scope.get("root_path", ""),
        "query": request.query_params.multi_items(),
        "headers": request.headers.items(),
        "cookies": request.cookies,
        "client": request.client.host if request.client else None,
        "body_bytes": len(body),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }


async def same_body(request: Request) -> Response:
    """The body as it came, byte for byte."""
    return Response(await request.body(), media_type=request.headers.get("content-type", "application/octet-stream"))


async def as_told(
    cookie: _HeaderValues, echo: _HeaderValues, status: Annotated[int, Query(ge=200, le=599)] = 200
) -> Response:
    """An answer with this status, a `Set-Cookie` for each `cookie`, and an `X-Echo` for each `echo`."""
    response = Response(status_code=status)
    for value in cookie:
        response.raw_headers.append((b"set-cookie", value.encode("latin-1")))
    for value in echo:
        response.raw_headers.append((b"x-echo", value.encode("latin-1")))
    return response


async def stream(
    chunks: Annotated[int, Query(ge=1, le=1000)] = 5,
    delay_ms: Annotated[int, Query(ge=0, le=10_000)] = 0,
    size: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> StreamingResponse:
    """Lines that come one by one, `delay_ms` apart, padded to `size` bytes each."""

    async def lines() -> AsyncIterator[str]:
        for number in range(chunks):
            await asyncio.sleep(delay_ms / 1000 if number else 0)
            yield f"{number}\n".rjust(size)

    return StreamingResponse(lines(), media_type="text/plain")
