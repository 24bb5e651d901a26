"""The database kit, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from sample_app.app import create_app
from sample_app.kit.database import Database
from sample_app.kit.migrations import upgrade
from sample_app.modules.orders.models import OrderLineRow, OrderRow
from sample_app.registry import MODULES
from sample_app.settings import Settings
from tests.sample_app.postgresql import Server
from tests.sample_app.support import add_product, running, sqlite, stock_of

pytestmark = pytest.mark.anyio


async def test_a_foreign_key_is_enforced_as_on_postgresql(tmp_path: Path) -> None:
    orphan = OrderLineRow(
        order_id=uuid4(), position=0, product_id=uuid4(), name="Teapot", unit_price_cents=1999, quantity=1
    )
    async with Database(sqlite(tmp_path / "shop.db").get_secret_value()) as database:
        await upgrade(database, [MODULES["orders"]])
        with pytest.raises(IntegrityError, match="FOREIGN KEY"):
            async with database.transaction() as session:
                session.add(orphan)


async def test_a_restart_keeps_what_was_written(tmp_path: Path) -> None:
    settings = Settings(database_url=sqlite(tmp_path / "shop.db"))
    async with running(create_app(settings)) as shop:
        product = await add_product(shop, stock=5)
    async with running(create_app(settings)) as shop:
        assert await stock_of(shop, product) == 5, "tables that are there are left as they are"


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.real_tools)])
async def processes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Database]]:
    """One database with a table of one row, as two processes open it."""
    url = sqlite(tmp_path / "shop.db") if request.param == "SQLite" else None
    url = url or request.getfixturevalue("postgresql").new_database()
    async with Database(url.get_secret_value()) as one, Database(url.get_secret_value()) as other:
        async with one.migration() as connection:
            await connection.execute(text("CREATE TABLE counters (count INTEGER)"))
            await connection.execute(text("INSERT INTO counters VALUES (0)"))
        yield [one, other]


async def test_writers_wait_for_each_other(processes: list[Database]) -> None:
    async def count(database: Database) -> None:
        async with database.transaction() as session:
            await session.execute(text("SELECT count FROM counters"))  # Who reads first could find the door shut later.
            await session.execute(text("UPDATE counters SET count = count + 1"))

    await asyncio.gather(*(count(database) for database in processes * 25))
    async with processes[0].reading() as session:
        assert await session.scalar(text("SELECT count FROM counters")) == 50, "none was turned away"


async def test_a_reader_and_a_writer_do_not_wait_for_each_other(processes: list[Database]) -> None:
    async with asyncio.timeout(5), processes[0].reading() as reader:
        assert await reader.scalar(text("SELECT count FROM counters")) == 0
        async with processes[1].transaction() as writer:
            await writer.execute(text("UPDATE counters SET count = 7"))
    async with processes[0].reading() as reader:
        assert await reader.scalar(text("SELECT count FROM counters")) == 7, "it was committed meanwhile"


async def test_what_a_statement_was_given_is_in_no_error(processes: list[Database]) -> None:
    with pytest.raises(SQLAlchemyError) as caught:
        async with processes[0].transaction() as session:
            await session.execute(text("INSERT INTO nowhere VALUES (:address)"), {"address": "12 Main Street"})
    assert "nowhere" in str(caught.value), "it says what went wrong"
    assert "Main Street" not in str(caught.value), "and not to whom: errors go to the log"


async def write(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("SELECT 1"))


async def read(database: Database) -> None:
    async with database.reading() as session:
        await session.execute(text("SELECT 1"))


@pytest.mark.real_tools
async def test_a_connection_that_died_is_replaced(postgresql: Server) -> None:
    url = postgresql.new_database().get_secret_value()
    async with Database(url) as database, Database(url) as other:
        async with database.reading() as session:
            its_process = await session.scalar(text("SELECT pg_backend_pid()"))
        async with other.reading() as session:
            await session.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": its_process})
        await read(database)


async def test_writers_that_wait_leave_readers_their_connections(tmp_path: Path) -> None:
    async with Database(sqlite(tmp_path / "shop.db").get_secret_value()) as database:
        async with database.transaction() as writer:
            await writer.execute(text("SELECT 1"))
            waiting = [asyncio.create_task(write(database)) for _ in range(30)]
            await asyncio.sleep(0.1)
            async with asyncio.timeout(5):
                await read(database)
        await asyncio.gather(*waiting)


async def test_the_first_connections_of_several_processes_do_not_get_into_each_others_way(tmp_path: Path) -> None:
    for number in range(60):  # one new file in twenty shows it
        url = sqlite(tmp_path / f"{number}.db").get_secret_value()
        async with AsyncExitStack() as stack:
            databases = [await stack.enter_async_context(Database(url)) for _ in range(8)]
            await asyncio.gather(*(read(database) for database in databases))


async def test_a_moment_is_the_same_whatever_its_offset(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 24, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    row = OrderRow(id=uuid4(), placed_at=moment, lines=[])
    async with Database(sqlite(tmp_path / "shop.db").get_secret_value()) as database:
        await upgrade(database, [MODULES["orders"]])
        async with database.transaction() as session:
            session.add(row)
        async with database.reading() as session:
            found = await session.get(OrderRow, row.id)
            in_digits = await session.scalar(text("SELECT placed_at FROM orders_orders"))
    assert found
    assert found.placed_at == moment, "what was written is what is read"
    assert str(in_digits).startswith("2026-11-25 04:30"), "and SQLite, which compares digits, sorts it right"
