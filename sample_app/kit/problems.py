"""Problem Details (RFC 9457): the one shape in which this app says no."""

import re
from collections.abc import Mapping
from http import HTTPMethod, HTTPStatus
from typing import Any, ClassVar
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger(__name__)

_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
OPENAPI_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {"description": "Problem Details (RFC 9457)", "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
}


class ProblemError(Exception):
    """A refusal that a caller can act on. Each kind is a subclass; `members` are its machine-readable particulars."""

    status: ClassVar[int]
    kind: ClassVar[str]
    """The end of its document's `type`, on every topology."""
    title: ClassVar[str]

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **members: str | int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers
        self.members = members

    @classmethod
    def is_of(cls, type_uri: str) -> bool:
        """Whether a document with this `type` is of this kind, whatever the app that wrote it has in front."""
        return re.split("[:/#]", type_uri)[-1] == cls.kind


def respond(
    status: int,
    title: str,
    detail: str | None = None,
    *,
    type_uri: str = "about:blank",
    members: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """One problem, as a response; RFC 9457's own members win over `members` of the same name."""
    document = {**(members or {}), "type": type_uri, "title": title, "status": status}
    if detail:
        document["detail"] = detail
    return JSONResponse(document, status, headers, MEDIA_TYPE)


def respond_http(status: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem that is no more than its status says."""
    phrase = HTTPStatus(status).phrase
    return respond(status, phrase, None if detail == phrase else detail, headers=headers)


def install(app: FastAPI, types: str) -> None:
    """Make `app` answer with a problem to each thing that can go wrong.

    `types` is what the `type` of each kind begins with: a URI that ends with `:`, `/` or `#`.
    """

    def malformed_json() -> JSONResponse:
        detail = "The body of the request is not JSON."
        return respond(400, "Malformed JSON", detail, type_uri=types + "malformed-json")

    @app.exception_handler(ProblemError)
    async def refused(_: Request, error: ProblemError) -> JSONResponse:
        return respond(
            error.status,
            error.title,
            error.detail,
            type_uri=types + error.kind,
            members=error.members,
            headers=error.headers,
        )

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        # FastAPI has no class for a body that is neither JSON nor a plain mistake in it: not UTF-8, or nested too deep.
        if error.status_code == HTTPStatus.BAD_REQUEST and error.detail == "There was an error parsing the body":
            return malformed_json()
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return respond_http(error.status_code, error.detail, {"Allow": _allowed(request)})
        return respond_http(error.status_code, error.detail, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = error.errors()
        if any(each["type"] == "json_invalid" for each in errors):
            return malformed_json()
        detail = "Some values of the request are not acceptable; `errors` says which and why."
        # Only where and why: what was sent may be large, or secret, or not even be JSON (NaN).
        found = [{**_place(each["loc"]), "detail": each["msg"]} for each in errors]
        return respond(422, "Invalid request", detail, type_uri=types + "invalid-request", members={"errors": found})


def _allowed(request: Request) -> str:
    """The methods of a path. Starlette names those of the first route alone, and a path has a route for each."""
    routes = request.app.routes
    asked = ((method, {**request.scope, "method": method}) for method in HTTPMethod)
    return ", ".join(
        method for method, scope in asked if any(route.matches(scope)[0] is Match.FULL for route in routes)
    )


def _place(loc: tuple[int | str, ...]) -> dict[str, str]:
    """Where a value was: a JSON pointer into the body (as a URI fragment, RFC 6901), or the name of a parameter."""
    source, *path = loc
    if source != "body":
        return {"in": str(source), "name": ".".join(map(str, path))}
    tokens = (str(token).replace("~", "~0").replace("/", "~1") for token in path)
    # A caller chooses these names: "replace" is for half a surrogate pair, which JSON allows and UTF-8 does not.
    return {"in": "body", "pointer": "#" + "".join("/" + quote(token, errors="replace") for token in tokens)}


class LastResort:
    """Logs what nobody handled and answers 500 itself, telling nothing of the cause.

    Were the exception to reach the server, uvicorn would close the connection without a word to its peer, and the
    next request that a proxy sends over it would be lost.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            # Half an answer must not look like a whole one: then the connection has to break.
            if started or scope["type"] != "http":
                raise
            _log.exception("unhandled_exception", method=scope["method"], path=scope["path"])
            await respond_http(500, "Something went wrong on our side.")(scope, receive, send)
