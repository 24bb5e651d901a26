"""What a start has to do with migrations: it loads Alembic only to run them, and does not begin without them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import APIRouter
from sqlalchemy import Column, Integer, MetaData, Table

from sample_app.app import create_app
from sample_app.entrypoints import migrate
from sample_app.kit.database import NAMING, Database
from sample_app.kit.migrations import MigrationError, is_current, revisions, upgrade
from sample_app.registry import MODULES, Module
from tests.sample_app.support import sqlite

ROOT = Path(__file__).parents[2]


def test_the_app_does_not_load_alembic() -> None:
    code = "import sys, sample_app.entrypoints.asgi as _; sys.exit('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, "it costs each start time that only a migration needs"


@pytest.mark.anyio
async def test_a_start_on_tables_that_are_up_to_date_does_not_load_it_either(tmp_path: Path) -> None:
    url = sqlite(tmp_path / "shop.db").get_secret_value()
    async with Database(url) as database:
        await upgrade(database, MODULES.values())
    assert " alembic " not in _started(url), "nearly every start is such a one"


def test_a_start_tells_which_migrations_ran_and_not_what_alembic_is_made_of(tmp_path: Path) -> None:
    said = _started(sqlite(tmp_path / "shop.db").get_secret_value())
    assert said.count("Running upgrade") == sum(len(revisions(module)) for module in MODULES.values())
    assert "setup plugin" not in said


def _started(url: str) -> str:
    """What a process says that starts the app and stops it, and then which modules it has loaded."""
    code = """
import asyncio, sys
from sample_app.entrypoints.asgi import app

async def start():
    async with app.router.lifespan_context(app):
        pass

asyncio.run(start())
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def without_migrations(monkeypatch: pytest.MonkeyPatch) -> Module:
    """A module that has just been registered."""
    tables = MetaData(naming_convention=NAMING)
    Table("fresh_things", tables, Column("id", Integer, primary_key=True))
    module = Module(name="fresh", router=APIRouter(prefix="/fresh"), tables=tables)
    monkeypatch.setitem(MODULES, "fresh", module)
    return module


@pytest.mark.anyio
async def test_tables_that_no_migration_makes_end_the_start(tmp_path: Path, without_migrations: Module) -> None:
    advice = "fresh has tables and no migration that makes them: draft one with `.*migrate revision fresh first`"
    with pytest.raises(MigrationError, match=advice):
        create_app()
    async with Database(sqlite(tmp_path / "shop.db").get_secret_value()) as database:
        with pytest.raises(MigrationError, match=advice):
            await is_current(database, [without_migrations])


@pytest.mark.parametrize("command", ["upgrade", "current", "check"])
@pytest.mark.usefixtures("without_migrations")
def test_nothing_is_migrated_beside_tables_that_no_migration_makes(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite(tmp_path / "shop.db").get_secret_value())
    with pytest.raises(SystemExit, match="^error: fresh has tables and no migration"):
        migrate.main([command])
    assert not (tmp_path / "shop.db").exists(), "nothing was begun"
