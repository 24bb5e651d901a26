"""Fixtures of the sample app: the shop, on each topology."""

import logging
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from pydantic import SecretStr

from sample_app.kit import peers
from sample_app.kit.database import Database
from sample_app.kit.migrations import upgrade
from sample_app.modules.orders import clients, outbox
from sample_app.registry import MODULES
from tests.sample_app.postgresql import Server, server
from tests.sample_app.support import MONOLITH, SPLIT, WHOLE, sqlite, topology

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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A database server, for the tests that ask for a new database on it."""
    with server() as running_server:
        yield running_server


@pytest.fixture(scope="session")
async def migrated(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of databases that have their tables and no rows, of the whole shop and of each module."""
    folder = tmp_path_factory.mktemp("migrated")
    for name, modules in {WHOLE: [*MODULES.values()], **{name: [module] for name, module in MODULES.items()}}.items():
        async with Database(sqlite(folder / f"{name}.db").get_secret_value()) as database:
            await upgrade(database, modules)
    return folder


@pytest.fixture
def with_tables(migrated: Path, tmp_path: Path) -> Callable[[str], SecretStr]:
    """Databases for one test, by the name of a module or `WHOLE`: a copy is sooner there than a migration."""
    return lambda name: sqlite(Path(shutil.copy(migrated / f"{name}.db", tmp_path)))


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The modules wait for each other for a minute: on a busy machine the second or two of a shop may be too short."""
    for module, limit in [
        (clients, "_RELEASE_SECONDS"),
        (clients, "_NOTIFICATION_SECONDS"),
        (outbox, "_MOST_SECONDS"),
        (peers, "ATTEMPT_SECONDS"),
    ]:
        monkeypatch.setattr(module, limit, 60)


@pytest.fixture(params=[MONOLITH, SPLIT, pytest.param(ON_POSTGRESQL, marks=pytest.mark.real_tools)])
async def shop(
    request: pytest.FixtureRequest, with_tables: Callable[[str], SecretStr], unhurried: None
) -> AsyncIterator[httpx.AsyncClient]:
    """One contract, every topology: a test that takes this runs once on each."""
    if request.param == ON_POSTGRESQL:
        shared = request.getfixturevalue("postgresql").new_database()
        started = topology(MONOLITH, lambda _: shared)
    else:
        started = topology(request.param, with_tables)
    async with started as client:
        yield client
