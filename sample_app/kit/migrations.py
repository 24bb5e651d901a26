"""Bringing a database's tables to what the code expects, module by module: each has a history of its own.

Alembic does it, and is loaded only when there is something to do: an app that starts on tables that are up to date,
or a readiness probe, doesn't pay for it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection, MetaData, column, inspect, select, table

from sample_app.kit.database import Database

# Of each module's name: where its history is written.
VERSION_TABLE: Final = "{}_alembic_version"


class MigrationError(Exception):
    """Something that a person has to put right first. The message says what, and how."""


class Migrated(Protocol):
    """A module, as far as its tables go."""

    @property
    def name(self) -> str:
        """What the names of its tables begin with."""

    @property
    def tables(self) -> MetaData:
        """What the code expects."""

    @property
    def versions(self) -> Path:
        """The folder of its migrations: files named `<revision>_<what>.py`, the revisions numbered 0001 and on."""


def revisions(module: Migrated) -> list[str]:
    """The revisions that this code knows, oldest first."""
    return sorted(path.stem.partition("_")[0] for path in module.versions.glob("[0-9]*.py"))


def newest(module: Migrated) -> str | None:
    """The revision that the tables have to be at; None: the module has no tables.

    Raises `MigrationError` when nothing says how its tables are made.
    """
    if known := revisions(module):
        return known[-1]
    if module.tables.tables:
        raise MigrationError(
            f"{module.name} has tables and no migration that makes them: draft one with "
            f"`python -m sample_app.entrypoints.migrate revision {module.name} first`."
        )
    return None


async def current(database: Database, module: Migrated) -> str | None:
    """The revision that the tables are at; None: there are none."""
    async with database.reading() as session:
        return await (await session.connection()).run_sync(_current, module)


async def is_current(database: Database, modules: Iterable[Migrated]) -> bool:
    """Whether no module's tables are behind the code.

    A revision that this code doesn't know is a newer process's, which is about to take over: no reason to stop.
    Raises `MigrationError` for a module whose tables no migration makes.
    """
    async with database.reading() as session:
        connection = await session.connection()
        return not any([await connection.run_sync(_is_behind, module) for module in modules])


async def upgrade(database: Database, modules: Iterable[Migrated]) -> None:
    """Bring the tables up to date. Who does so at the same time waits, and then finds nothing to do."""
    for module in modules:
        if not await is_current(database, [module]):
            async with database.migration() as connection:
                await connection.run_sync(_upgrade, module)


def _current(connection: Connection, module: Migrated) -> str | None:
    versions = table(VERSION_TABLE.format(module.name), column("version_num"))
    if not inspect(connection).has_table(versions.name):
        return None
    return connection.scalar(select(versions.c.version_num))


def _is_behind(connection: Connection, module: Migrated) -> bool:
    behind = [None, *revisions(module)]
    behind.remove(newest(module))
    return _current(connection, module) in behind


def _upgrade(connection: Connection, module: Migrated) -> None:
    if _is_behind(connection, module):
        from sample_app.kit.alembic import commands  # noqa: PLC0415  # the rare case pays for loading Alembic

        commands.upgrade_tables(connection, module)
