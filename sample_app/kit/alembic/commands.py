"""What Alembic does for one module, in a transaction of ours. It needs no ini file: all that it is told is here."""

from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from sample_app.kit.database import Database
from sample_app.kit.migrations import VERSION_TABLE, Migrated, MigrationError, current, revisions


def upgrade_tables(connection: Connection, module: Migrated) -> None:
    """Run the migrations that are missing."""
    command.upgrade(_config(connection, module), "head")


async def downgrade(database: Database, module: Migrated, revision: str) -> None:
    """Take back what came after `revision`, or all of it (`base`). What only those tables hold is lost."""
    async with database.migration() as connection:
        await connection.run_sync(_downgrade, module, revision)


async def differences(database: Database, module: Migrated) -> list[Any]:
    """In what the tables differ from the models: nothing, when each change of a model has its migration."""
    async with database.migration() as connection:
        return await connection.run_sync(_differences, module)


async def write_revision(database: Database, module: Migrated, message: str) -> Path:
    """Write a migration from the tables of `database` to the models. It is a draft: read it before it runs.

    Raises `MigrationError` when the tables are not where the migrations lead: the draft would begin elsewhere.
    """
    at, known = await current(database, module), revisions(module)
    if at != (known[-1] if known else None):
        raise MigrationError(
            f"The tables of {module.name} are at {at or 'no revision'}, its newest migration is "
            f"{known[-1] if known else 'none'}: bring them there first, because that is where a draft begins."
        )
    async with database.migration() as connection:
        return await connection.run_sync(_write_revision, module, message)


def _downgrade(connection: Connection, module: Migrated, revision: str) -> None:
    command.downgrade(_config(connection, module), revision)


def _differences(connection: Connection, module: Migrated) -> list[Any]:
    context = MigrationContext.configure(connection, opts=_options(module))
    return list(compare_metadata(context, module.tables))


def _write_revision(connection: Connection, module: Migrated, message: str) -> Path:
    number = f"{len(revisions(module)) + 1:04}"
    script = command.revision(_config(connection, module), message, autogenerate=True, rev_id=number)
    assert isinstance(script, Script)  # noqa: S101  # one module, one revision
    return Path(script.path)


def _options(module: Migrated) -> dict[str, Any]:
    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or str(name).startswith(f"{module.name}_")

    return {
        "target_metadata": module.tables,
        "version_table": VERSION_TABLE.format(module.name),
        # The tables of other modules, in the same database, are none of its business.
        "include_name": is_ours,
        "compare_server_default": True,
        "render_item": _as_stored,
        # SQLite changes little of a table in place; Alembic makes a new one then.
        "render_as_batch": True,
    }


def _as_stored(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """A type of ours as SQLAlchemy's that it is stored as: a migration stays, whatever becomes of ours."""
    if kind == "type" and isinstance(item, TypeDecorator) and not type(item).__module__.startswith("sqlalchemy."):
        return f"sa.{item.impl_instance!r}"
    return False


def _config(connection: Connection, module: Migrated) -> Config:
    config = Config(attributes={"connection": connection, "options": _options(module)})
    folders = {"script_location": Path(__file__).parent, "version_locations": module.versions}
    for option, folder in folders.items():
        config.set_main_option(option, str(folder).replace("%", "%%"))  # It is an ini file's syntax, all the same.
    config.set_main_option("path_separator", "newline")
    return config
