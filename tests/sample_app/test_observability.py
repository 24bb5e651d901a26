"""What a request leaves in the logs, and what it hands on to other services."""

import io
import json
import logging
import re
from contextlib import redirect_stdout
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from sample_app.app import create_app
from sample_app.kit import logs
from sample_app.settings import Settings
from tests.sample_app.support import ELSEWHERE, problem, running, sqlite

pytestmark = pytest.mark.anyio


class Log:
    """What the process writes, with logs set up as its entry point does."""

    def __init__(self) -> None:
        self._out = io.StringIO()
        with redirect_stdout(self._out):
            logs.configure("INFO", logs.LogFormat.JSON)

    def take(self) -> list[dict[str, object]]:
        """Each line since the last time; one that is no JSON object fails here."""
        text = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return create_app(Settings(database_url=sqlite(tmp_path / "shop.db"), max_body_bytes=1000))


async def test_each_request_is_one_line_of_json_with_its_id(app: FastAPI, log: Log) -> None:
    async with running(app) as shop:
        log.take()
        response = await shop.get("/catalog/products?tag=secret", headers={"X-Request-ID": "of-the-caller"})
        (line,) = log.take()
    assert response.headers["x-request-id"] == "of-the-caller", "a caller's id is kept, so that both logs meet"
    assert line["request_id"] == "of-the-caller"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/catalog/products", 200), "without the query"
    assert isinstance(line["duration_ms"], float)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", str(line["timestamp"])), "in UTC"


@pytest.mark.parametrize("given", ["", "two words", 'a"b', "x" * 129, "ümlaut", "line\tbreak"])
async def test_an_id_that_could_do_harm_is_replaced(given: str, app: FastAPI) -> None:
    async with running(app) as shop:
        response = await shop.get("/livez", headers=[(b"X-Request-ID", given.encode("latin-1"))])
    assert re.fullmatch(r"[0-9a-f-]{36}", response.headers["x-request-id"]), "by one of ours"


async def test_errors_carry_the_id_too(app: FastAPI) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("hunter2")

    async with running(app) as shop:
        for response in (
            await shop.get("/nowhere"),
            await shop.get("/broken"),
            await shop.post("/x", content=b"x" * 1001),
        ):
            assert response.is_error
            assert response.headers["x-request-id"], "whoever reports an error needs it most"


async def test_an_exception_is_one_line_with_its_cause_and_id(app: FastAPI, log: Log) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("hunter2\nsecond line")

    async with running(app) as shop:
        log.take()
        response = await shop.get("/broken")
        cause, request = log.take()
    problem(response, 500)
    assert cause["event"] == "unhandled_exception"
    assert "hunter2\nsecond line" in str(cause["exception"]), "with its traceback, in one line of the log"
    assert cause["request_id"] == request["request_id"] == response.headers["x-request-id"]
    assert request["status"] == 500


async def test_probes_are_silent_while_all_is_well(app: FastAPI, log: Log) -> None:
    async with running(app) as shop:
        log.take()
        await shop.get("/livez")
        await shop.get("/readyz")
        assert log.take() == [], "they would be most of the log"


async def test_the_standard_librarys_logs_look_the_same(log: Log) -> None:
    logging.getLogger("uvicorn.error").info("Started %s", "well", extra={"color_message": "\x1b[32m"})
    (line,) = log.take()
    assert (line["event"], line["level"], line["logger"]) == ("Started well", "info", "uvicorn.error")
    assert "color_message" not in line


async def test_a_call_to_another_service_carries_the_request_id_and_the_trace(tmp_path: Path) -> None:
    seen: list[httpx.Request] = []

    def remember(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(404)

    settings = Settings(
        app_services=("orders",),
        database_url=sqlite(tmp_path / "orders.db"),
        **ELSEWHERE,
    )
    trace = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "X-Amzn-Trace-Id": "Root=1-2-3"}
    async with running(create_app(settings, transport=httpx.MockTransport(remember))) as shop:
        lines = [{"product_id": str(uuid4()), "quantity": 1}]
        await shop.post("/orders", json={"lines": lines}, headers={"X-Request-ID": "r-1", **trace})
    assert seen, "the catalog was asked"
    for request in seen:
        assert request.headers["x-request-id"] == "r-1"
        assert {name: request.headers[name] for name in trace} == trace, "who takes no part in a trace hands it on"
