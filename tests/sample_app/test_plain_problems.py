"""Problems that no module has thought of."""

import json

import pytest
from fastapi import FastAPI, HTTPException
from starlette.types import Message, Receive, Scope, Send

from sample_app.app import PROBLEM_TYPES
from sample_app.kit.problems import LastResort, install, respond
from tests.sample_app.support import problem, running

pytestmark = pytest.mark.anyio


async def test_a_refusal_of_a_library_keeps_its_headers_and_says_nothing_twice() -> None:
    app = FastAPI()
    install(app, PROBLEM_TYPES)

    @app.get("/")
    async def refuse() -> None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})

    async with running(app) as client:
        response = await client.get("/")
    assert problem(response, 401) == {"type": "about:blank", "title": "Unauthorized", "status": 401}
    assert response.headers["www-authenticate"] == "Basic", "a client can tell what to do"


def test_particulars_cannot_pass_for_what_every_problem_says() -> None:
    response = respond(
        409, "Conflict", "It clashes.", type_uri="tag:x", members={"status": 200, "title": "", "size": 3}
    )
    assert json.loads(bytes(response.body)) == {
        "type": "tag:x",
        "title": "Conflict",
        "status": 409,
        "detail": "It clashes.",
        "size": 3,
    }


async def test_a_start_that_fails_is_not_answered_but_seen() -> None:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("no database")

    async def nothing() -> Message:
        raise AssertionError("nobody reads")

    async def refuse(message: Message) -> None:
        raise AssertionError(f"nobody answers: {message}")

    with pytest.raises(RuntimeError, match="no database"):
        await LastResort(fail)({"type": "lifespan"}, nothing, refuse)
