"""The database engine and its transactions.

Async, because a request that waits for the database or for another service should cost a task, not one of the
forty threads of the pool that sync endpoints share.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import Connection, DateTime, Dialect, event, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    import aiosqlite
    from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection

# A migration can only change a constraint that has a name.
NAMING: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
# What a writer waits for one in another process.
_SQLITE_PATIENCE_SECONDS: Final = 20
_SQLITE_PAUSE_SECONDS: Final = 0.01
# PostgreSQL says no sooner by itself when a host is gone.
_POSTGRESQL_CONNECT_SECONDS: Final = 5
# Options of a connection. SQLAlchemy knows the first: PostgreSQL then refuses to write.
_READS: Final = "postgresql_readonly"
_MIGRATES: Final = "migrates"
# Any number will do, as long as all who migrate this database ask for the same.
_MIGRATION_LOCK: Final = 7_305_211


class Database:
    """One engine for the life of the process; `async with` closes its connections."""

    def __init__(self, url: str) -> None:
        sqlite = url.startswith("sqlite")
        # pre_ping: a connection may have died in a failover. hide_parameters: no customer's data in a log.
        self._engine = create_async_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"timeout": _SQLITE_PATIENCE_SECONDS if sqlite else _POSTGRESQL_CONNECT_SECONDS},
        )
        if sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_on_sqlite)
        # SQLite has one writer at a time. Here they wait in line; in SQLite they would ask again and again, each with a
        # connection that a reader could use.
        self._turn = asyncio.Lock() if sqlite else nullcontext()
        readers = self._engine.execution_options(**{_READS: True})
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._reading_sessions = async_sessionmaker(readers, expire_on_commit=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that commits when the block ends, and rolls back when it raises."""
        async with self._turn, self._sessions.begin() as session:
            yield session

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session that only reads, and so waits for no writer."""
        return self._reading_sessions.begin()

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes tables; who else wants to waits for it, in this process or another."""
        async with self._engine.connect() as connection:
            await connection.execution_options(**{_MIGRATES: True})
            try:
                async with connection.begin():
                    if connection.dialect.name == "postgresql":
                        await connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                    yield connection
                    if connection.dialect.name == "sqlite":
                        await _check_foreign_keys(connection)
            finally:
                await connection.invalidate()  # It has set aside what all others keep to.


def _prepare_sqlite(connection: "AsyncAdapt_aiosqlite_connection", _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # The driver begins no transaction of its own: it would begin too late.
    connection.run_async(_set_up_sqlite)


async def _set_up_sqlite(connection: "aiosqlite.Connection") -> None:
    await connection.execute("PRAGMA foreign_keys = ON")
    async with asyncio.timeout(_SQLITE_PATIENCE_SECONDS):
        while not await _keeps_a_log(connection):
            await asyncio.sleep(_SQLITE_PAUSE_SECONDS)


async def _keeps_a_log(connection: "aiosqlite.Connection") -> bool:
    """With a write-ahead log readers and the writer don't wait for each other.

    Of several connections that turn to it in a new file, SQLite lets all but the first fail, whatever their patience.
    """
    try:
        await connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _begin_on_sqlite(connection: Connection) -> None:
    """Who may write asks for the write lock first: after a read it could be refused at once, however long one waits."""
    options = connection.get_execution_options()
    if options.get(_MIGRATES):
        # A table that SQLite cannot change is made anew, and the old one dropped, with rows that others refer to.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN" if options.get(_READS) else "BEGIN IMMEDIATE")


async def _check_foreign_keys(connection: AsyncConnection) -> None:
    violations = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
    if violations:
        raise RuntimeError(f"The migration leaves rows that refer to none: {violations[:5]}.")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, in UTC on every database: SQLite forgets the offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Make moments comparable where only their digits are kept."""
        return value.astimezone(UTC) if value else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Put back the offset that SQLite dropped."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value
