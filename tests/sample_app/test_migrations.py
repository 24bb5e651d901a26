"""Migrations: from nothing to the models and back, with data, by several processes at once."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, inspect, text
from sqlalchemy.exc import IntegrityError

from sample_app.app import create_app
from sample_app.entrypoints import migrate
from sample_app.kit.alembic.commands import differences, downgrade, write_revision
from sample_app.kit.database import NAMING, Database, UtcDateTime
from sample_app.kit.migrations import MigrationError, current, is_current, newest, revisions, upgrade
from sample_app.registry import MODULES, Module
from sample_app.settings import Settings
from tests.sample_app.support import add_product, order, running, sqlite

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
ALL = list(MODULES.values())


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.real_tools)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database."""
    if request.param == "SQLite":
        return sqlite(tmp_path / "shop.db").get_secret_value()
    return str(request.getfixturevalue("postgresql").new_database().get_secret_value())


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database(url) as opened:
        yield opened


@dataclass(frozen=True)
class Invented:
    """A module with a parent and a child table, whose history a test writes."""

    versions: Path
    tables: MetaData
    name: str = "invented"


@pytest.fixture
async def invented(database: Database, tmp_path: Path) -> Invented:
    metadata = MetaData(naming_convention=NAMING)
    Table("invented_parents", metadata, Column("id", Integer, primary_key=True), Column("size", Integer))
    Table("invented_children", metadata, Column("parent_id", ForeignKey("invented_parents.id"), primary_key=True))
    module = Invented(tmp_path / "versions", metadata)
    module.versions.mkdir()
    await write_revision(database, module, "first")
    return module


async def tables(database: Database) -> set[str]:
    async with database.reading() as session:
        return set(await (await session.connection()).run_sync(lambda sync: inspect(sync).get_table_names()))


@pytest.mark.parametrize("module", ALL, ids=list(MODULES))
async def test_from_nothing_the_tables_become_what_the_models_say_and_back(database: Database, module: Module) -> None:
    for _ in range(2):
        await upgrade(database, [module])
        assert await differences(database, module) == [], "a change of a model needs a migration"
        await downgrade(database, module, "base")
        assert await tables(database) == {f"{module.name}_alembic_version"}, "the way back is complete"


@pytest.mark.parametrize("module", ALL, ids=list(MODULES))
async def test_each_revision_can_be_taken_back_and_made_again(database: Database, module: Module) -> None:
    await upgrade(database, [module])
    for revision in reversed(revisions(module)[:-1]):
        await downgrade(database, module, revision)
        assert await current(database, module) == revision
        assert not await is_current(database, [module]), "this code needs more than that"
    await upgrade(database, [module])
    assert await is_current(database, [module])
    assert await differences(database, module) == [], "nothing was lost on the way"


async def test_modules_share_a_database_and_no_history(database: Database) -> None:
    await upgrade(database, ALL)
    await downgrade(database, MODULES["catalog"], "base")
    left = {name.partition("_")[0] for name in await tables(database) if name != "catalog_alembic_version"}
    assert left == MODULES.keys() - {"catalog"}, "only the catalog's own tables went"


async def test_orders_and_products_survive_a_step_back(url: str) -> None:
    settings = Settings(database_url=SecretStr(url), migrate_at_start=True)
    async with running(create_app(settings)) as shop:
        product = await add_product(shop, stock=5, tags=["tea"])
        placed = (await order(shop, {product: 2})).json()
        before = (await shop.get(f"/catalog/products/{product}")).json()
    async with Database(url) as database:
        for name in ("catalog", "orders"):
            await downgrade(database, MODULES[name], "0001")
    async with running(create_app(settings)) as shop:
        after = (await shop.get(f"/catalog/products/{product}")).json()
        assert after == {**before, "tags": []}, "what revision 0001 has no place for is gone, and nothing else"
        assert (await shop.get(f"/orders/{placed['id']}")).json() == placed, "an order is for ever"
        assert (await order(shop, {product: 3})).status_code == 201, "and the shop goes on"


async def test_a_table_that_others_refer_to_can_be_made_anew(database: Database, invented: Invented) -> None:
    await upgrade(database, [invented])
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO invented_parents (id, size) VALUES (1, 10)"))
        await session.execute(text("INSERT INTO invented_children (parent_id) VALUES (1)"))
    invented.tables.tables["invented_parents"].c.size.nullable = False
    written = await write_revision(database, invented, "size is known")
    assert "batch_alter_table" in written.read_text(), "SQLite has no other way to change a column"
    await upgrade(database, [invented])
    assert await differences(database, invented) == []
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await session.execute(text("DELETE FROM invented_parents"))  # The child is there, and refers to it still.


async def test_a_draft_names_no_type_of_ours_and_runs(database: Database, invented: Invented) -> None:
    await upgrade(database, [invented])
    invented.tables.tables["invented_parents"].append_column(Column("born", UtcDateTime))
    draft = await write_revision(database, invented, "born")
    assert "sample_app" not in draft.read_text(), "a migration stays as it was written, whatever becomes of the app"
    await upgrade(database, [invented])
    assert await differences(database, invented) == [], "the column is what the model says"
    await downgrade(database, invented, "0001")
    assert await current(database, invented) == "0001", "and there is a way back"


async def test_a_second_draft_waits_until_the_first_has_run(database: Database, invented: Invented) -> None:
    with pytest.raises(MigrationError, match="of invented are at no revision, its newest migration is 0001: bring th"):
        await write_revision(database, invented, "second")
    assert revisions(invented) == ["0001"], "it would begin where the first begins"


async def test_a_module_without_tables_needs_no_migration(database: Database, tmp_path: Path) -> None:
    module = Invented(tmp_path / "none", MetaData())
    await upgrade(database, [module])
    assert await is_current(database, [module]), "it is never behind"
    assert await tables(database) == set()


async def test_a_migration_that_fails_leaves_nothing_of_itself(database: Database, invented: Invented) -> None:
    (script,) = invented.versions.glob("0001*")
    script.write_text(script.read_text().replace("def downgrade", "    op.execute('no SQL')\n\n\ndef downgrade"))
    with pytest.raises(Exception, match="no SQL|syntax error"):
        await upgrade(database, [invented])
    assert "invented_parents" not in await tables(database), "the next attempt begins where this one did"


async def test_a_migration_cannot_leave_rows_that_refer_to_none(database: Database, invented: Invented) -> None:
    (script,) = invented.versions.glob("0001*")
    orphan = "    op.execute('INSERT INTO invented_children VALUES (7)')\n\n\ndef downgrade"
    script.write_text(script.read_text().replace("def downgrade", orphan))
    with pytest.raises((RuntimeError, IntegrityError), match="invented_children"):
        await upgrade(database, [invented])
    assert "invented_children" not in await tables(database), "SQLite looks at the end, but before the commit"


async def test_tables_that_are_newer_than_the_code_are_current(database: Database, invented: Invented) -> None:
    await write_revision_after(database, invented)
    await upgrade(database, [invented])
    (newest,) = invented.versions.glob("0002*")
    newest.unlink()  # Now this code is the old one, which still serves while the new one is rolled out.
    assert await is_current(database, [invented]), "the old process stays in service"
    await upgrade(database, [invented])
    assert await current(database, invented) == "0002", "and an old process that starts leaves the tables as they are"


async def write_revision_after(database: Database, module: Invented) -> None:
    """A second revision, which adds a column."""
    await upgrade(database, [module])
    module.tables.tables["invented_parents"].append_column(Column("colour", Integer))
    await write_revision(database, module, "colour")


async def test_processes_that_migrate_at_the_same_time_take_turns(url: str) -> None:
    command = [sys.executable, "-m", "sample_app.entrypoints.migrate", "upgrade"]
    environment = {**os.environ, "DATABASE_URL": url}
    processes = [
        await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(3)
    ]
    async with asyncio.timeout(60):
        outputs = [(await process.communicate())[0].decode() for process in processes]
    assert [process.returncode for process in processes] == [0] * 3, outputs
    ran = "".join(outputs).count("Running upgrade")
    assert ran == sum(len(revisions(module)) for module in ALL), "each migration ran once"


def test_the_command_line_acts_on_the_modules_that_are_selected(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    assert migrate.main(["check"]) == 1, "a deployment can ask before it goes on"
    monkeypatch.setenv("APP_SERVICES", "orders")
    assert migrate.main(["upgrade"]) == 0, "without the address of a module that orders calls: nobody is called"
    assert migrate.main(["check"]) == 0
    capsys.readouterr()
    monkeypatch.delenv("APP_SERVICES")
    migrate.main(["current"])
    assert capsys.readouterr().out.splitlines() == [
        f"{name}: {newest(module) if name == 'orders' else 'no tables'} of {newest(module)}"
        for name, module in MODULES.items()
    ], "the others were left alone"


def test_the_command_line_takes_one_module_back(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    migrate.main(["upgrade"])
    for revision, left in (("0001", "0001"), ("base", "no tables")):
        capsys.readouterr()
        assert migrate.main(["downgrade", "catalog", revision]) == 0
        assert capsys.readouterr().out.splitlines() == [
            f"{name}: {left if name == 'catalog' else newest(module)} of {newest(module)}"
            for name, module in MODULES.items()
        ], "and no other"
    with pytest.raises(SystemExit, match="not a valid downgrade target"):
        migrate.main(["downgrade", "catalog", "0001"])  # there is nothing to take back


def test_a_revision_that_a_module_does_not_have_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        migrate.main(["downgrade", "notifications", "0009"])
    assert "notifications has no revision 0009: choose from base, 0001" in capsys.readouterr().err
