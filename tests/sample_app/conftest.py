"""Fixtures of the sample app: the shop, on each topology."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import structlog

from sample_app.settings import Settings
from tests.sample_app.postgresql import Server, server
from tests.sample_app.support import MONOLITH, SPLIT, sqlite, topology

ON_POSTGRESQL = "monolith on PostgreSQL"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop that uvicorn uses."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _logs_through_the_standard_library() -> Iterator[None]:
    """So that `caplog` sees them; what an entry point sets up instead holds for one test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.configure(
        # Not the default console's: it takes seconds to draw a traceback.
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A database server, for the tests that ask for a new database on it."""
    with server() as running_server:
        yield running_server


@pytest.fixture(params=[MONOLITH, SPLIT, pytest.param(ON_POSTGRESQL, marks=pytest.mark.real_tools)])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """One contract, every topology: a test that takes this runs once on each."""
    if request.param == ON_POSTGRESQL:
        shared = request.getfixturevalue("postgresql").new_database()
        started = topology(MONOLITH, lambda _: shared)
    else:
        started = topology(request.param, lambda name: sqlite(tmp_path / f"{name}.db"))
    async with started as client:
        yield client
