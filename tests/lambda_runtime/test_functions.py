"""The shop as a function, on Lambda's own emulator: its start, its failures, and its end."""

import json
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from fastapi_on_aws.serverless.rollout_function import request
from tests.lambda_runtime import (
    ALB,
    FUNCTION_URL,
    HTTP_API,
    REST_API,
    Function,
    Gateway,
    Shape,
    image_function,
    zip_function,
)
from tests.lambda_runtime.toolchain import ADAPTER_VERSION
from tests.support.dockerfile import instructions
from tests.support.process import wait_until

pytestmark = pytest.mark.real_tools
KINDS = {"image": image_function, "zip": zip_function}
EVENT = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
Start = Callable[..., Function]


def get(path: str) -> dict[str, Any]:
    """A request of an HTTP API."""
    http = {"method": "GET", "path": path, "sourceIp": "203.0.113.7", "protocol": "HTTP/1.1", "userAgent": "t"}
    context = {"http": http, "stage": "$default", "requestId": "r", "accountId": "1", "domainName": "x"}
    return {"version": "2.0", "rawPath": path, "rawQueryString": "", "headers": {}, "requestContext": context}


@pytest.fixture(params=KINDS)
def start(request: pytest.FixtureRequest) -> Start:
    return KINDS[request.param]


def test_the_adapter_of_the_image_is_the_one_that_is_tested() -> None:
    (copied,) = [rest for word, rest in instructions() if word == "COPY" and "aws-lambda-adapter" in rest]
    assert f"aws-lambda-adapter:{ADAPTER_VERSION} " in copied
    assert copied.endswith("/opt/extensions/lambda-adapter"), "where Lambda looks for extensions, and nobody else"


def test_one_start_serves_all_requests(tmp_path: Path, start: Start) -> None:
    with start(tmp_path) as function:
        answers = [function.invoke(get("/catalog/products")) for _ in range(3)]
    assert [answer["statusCode"] for answer in answers] == [200, 200, 200]
    assert function.log.count("Running upgrade  -> 0001, Notifications.") == 1, "the tables are made once"


def test_what_a_rollout_asks_a_new_version_is_answered(tmp_path: Path, start: Start) -> None:
    with start(tmp_path) as function:
        ready, missing = (function.invoke(request(path)) for path in ("/readyz", "/nothing?a=b"))
    assert (ready["statusCode"], missing["statusCode"]) == (200, 404)


def test_an_event_that_nothing_handles_fails_its_invocation_and_a_404_does_not(tmp_path: Path, start: Start) -> None:
    with start(tmp_path) as function:
        failed = function.invoke(EVENT)
        answered = function.invoke(get("/nothing"))
        events = function.invoke(get("/events"))
    assert "errorType" in failed, "or a queue would delete the message"
    assert (answered["statusCode"], events["statusCode"]) == (404, 404)


def test_an_unhandled_exception_costs_the_next_request_nothing(tmp_path: Path) -> None:
    """uvicorn would close the connection without a word, and the adapter would lose the next request on it."""
    database = {"DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/shop.db", "MIGRATE_AT_START": "true"}
    with image_function(tmp_path / "f", {**database, "AWS_LWA_READINESS_CHECK_PATH": "/livez"}) as function:
        assert function.invoke(get("/catalog/products"))["statusCode"] == 200
        with sqlite3.connect(tmp_path / "shop.db") as connection:
            connection.execute("DROP TABLE catalog_products")
        statuses = [function.invoke(get("/catalog/products")).get("statusCode") for _ in range(200)]
    assert set(statuses) == {500}, "each one raised, and each one was answered"


@pytest.mark.parametrize(("path", "seconds"), [("/nothing", 3), ("/catalog/echo/response?status=503", 3)])
def test_an_app_that_is_not_ready_gets_no_request_before_the_time_is_up(
    tmp_path: Path, path: str, seconds: int
) -> None:
    """A 404 would count as ready by the adapter's own defaults."""
    with image_function(tmp_path, {"AWS_LWA_READINESS_CHECK_PATH": path}, timeout_seconds=seconds) as function:
        answer = function.invoke(get("/catalog/products"))
    assert "statusCode" not in (answer or {}), "it ends with the time-out"
    assert '"path": "/catalog/products"' not in function.log, "the app was never asked"


def test_an_app_that_cannot_start_says_why_and_fails_the_invocation(tmp_path: Path, start: Start) -> None:
    with start(tmp_path, {"APP_SERVICES": "none"}) as function:
        answer = function.invoke(get("/catalog/products"))
    assert "statusCode" not in (answer or {})
    assert "error: APP_SERVICES names none; this app has catalog, orders, notifications." in function.log


def test_a_stop_runs_the_apps_shutdown(tmp_path: Path, start: Start) -> None:
    with start(tmp_path) as function:
        assert function.invoke(get("/catalog/products"))["statusCode"] == 200
        for folder in Path("/proc").glob("[0-9]*"):
            words = (folder / "cmdline").read_bytes() if (folder / "cmdline").exists() else b""
            in_session = folder.exists() and os.getsid(int(folder.name)) == function.process.pid
            if in_session and (b"entrypoints.serve" in words or b"awslambdaric" in words) and b"rie" not in words:
                os.kill(int(folder.name), signal.SIGTERM)
        ended = ("Application shutdown complete.", "The app has shut down.")
        wait_until(lambda: any(words in function.log for words in ended), "the app's shutdown")


@pytest.mark.parametrize(
    ("shape", "status"), [(HTTP_API, 500), (REST_API, 502), (FUNCTION_URL, 502), (ALB, 502)], ids=str
)
def test_an_answer_over_six_megabytes_is_an_error_of_the_service_in_front(
    tmp_path: Path, shape: Shape, status: int
) -> None:
    with image_function(tmp_path) as function, Gateway(shape, function.invoke) as gateway:
        answer = httpx.get(f"{gateway.url}/catalog/echo/stream?chunks=100&size=70000", timeout=30)
        after = httpx.get(f"{gateway.url}/catalog/products", timeout=30)
    assert answer.status_code == status
    assert after.status_code == 200, "and the next request is answered"
    assert isinstance(json.loads(after.text), dict)
