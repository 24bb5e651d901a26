"""Liveness and readiness."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from sample_app.app import create_app
from sample_app.kit import health
from sample_app.kit.database import Database
from sample_app.kit.migrations import upgrade
from sample_app.settings import Settings
from tests.sample_app.support import problem, running, sqlite

pytestmark = pytest.mark.anyio


async def test_a_healthy_process_is_alive_and_ready(tmp_path: Path) -> None:
    async with running(create_app(Settings(database_url=sqlite(tmp_path / "shop.db")))) as shop:
        assert (await shop.get("/livez")).status_code == 200, "the process runs"
        assert (await shop.get("/readyz")).status_code == 200, "and so does its database"


async def test_without_a_database_the_process_stays_alive_and_gets_no_traffic(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "volume"
    folder.mkdir()
    app = create_app(Settings(database_url=sqlite(folder / "shop.db")))
    async with running(app) as shop:
        await app.state.context.database.__aexit__()  # Close the connections that were opened at the start...
        folder.rename(tmp_path / "gone")  # ...and let no new one succeed.
        assert (await shop.get("/livez")).status_code == 200, "a restart would not bring the database back"
        document = problem(await shop.get("/readyz"), 503)
        assert document["detail"] == "The database does not answer.", "enough for a person, and no address or path"
        assert "unable to open database file" in caplog.text, "the log has the cause"
        (tmp_path / "gone").rename(folder)
        assert (await shop.get("/readyz")).status_code == 200, "ready again by itself when the database is back"


async def test_a_database_that_hangs_is_given_up_before_the_probe_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def hang(_: Database) -> AsyncIterator[None]:
        await asyncio.sleep(5)
        yield

    async with running(create_app(Settings(database_url=sqlite(tmp_path / "shop.db")))) as shop:
        monkeypatch.setattr(Database, "reading", hang)
        monkeypatch.setattr(health, "_PATIENCE_SECONDS", 0.01)
        async with asyncio.timeout(2):
            problem(await shop.get("/readyz"), 503)


async def test_a_process_whose_tables_are_behind_gets_no_traffic_until_they_are_not(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=sqlite(tmp_path / "shop.db"), migrate_at_start=False))
    async with running(app) as shop:
        assert (await shop.get("/livez")).status_code == 200, "a start doesn't need the database"
        document = problem(await shop.get("/readyz"), 503)
        assert "run the migrations" in document["detail"], "whoever deploys learns what is missing"
        await upgrade(app.state.context.database, app.state.context.modules)
        assert (await shop.get("/readyz")).status_code == 200, "then it serves, without a restart"


async def test_health_is_no_part_of_the_shops_interface(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=sqlite(tmp_path / "shop.db")))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as not_started:
        assert (await not_started.get("/livez")).status_code == 200, (
            "liveness needs nothing that is opened at the start"
        )
    assert not {"/livez", "/readyz"} & set(app.openapi()["paths"]), "clients of the shop have no use for it"
