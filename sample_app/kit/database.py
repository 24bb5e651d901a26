"""The database engine and its transactions.

Async, because a request that waits for the database or for another service should cost a task, not one of the
forty threads of the pool that sync endpoints share.
"""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import DateTime, Dialect, MetaData, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeDecorator

# A migration can only change a constraint that has a name.
NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


class Database:
    """One engine for the life of the process; `async with` closes its connections."""

    def __init__(self, url: str) -> None:
        # pre_ping: a connection may have died in a failover. hide_parameters: no customer's data in a log.
        self._engine = create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine.sync_engine, "connect", _enforce_foreign_keys)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._engine.dispose()

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session that commits when the block ends, and rolls back when it raises."""
        return self._sessions.begin()

    async def create_tables(self, tables: Iterable[MetaData]) -> None:
        """Create what is missing. IF NOT EXISTS, because workers that start together would all look, then create."""
        async with self._engine.begin() as connection:
            for metadata in tables:
                for table in metadata.sorted_tables:
                    await connection.execute(CreateTable(table, if_not_exists=True))

    async def ping(self) -> None:
        """Ask the database for an answer; raise when there is none."""
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT 1"))


def _enforce_foreign_keys(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, in UTC on every database: SQLite forgets the offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Put back the offset that SQLite dropped."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value
