"""`python -m sample_app.entrypoints.migrate`: the tables of the modules that `APP_SERVICES` selects, in `DATABASE_URL`.

A deployment runs `upgrade` before the processes that share a database start.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from alembic.util import CommandError
from sqlalchemy.exc import OperationalError

from sample_app.entrypoints.last_words import sentence_on_error
from sample_app.kit import logs
from sample_app.kit.alembic.commands import downgrade, write_revision
from sample_app.kit.database import Database
from sample_app.kit.migrations import current, is_current, newest, revisions, upgrade
from sample_app.registry import MODULES, chosen
from sample_app.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, then tell where the tables are; 1 from `check`: behind the code."""
    options = _options(arguments)
    with sentence_on_error(CommandError, OperationalError, OSError):
        settings = Settings()
        logs.configure(settings.log_level, settings.log_format)
        return asyncio.run(_run(options, settings))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="migrate", description="Brings a database's tables to what the code expects.")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    commands.add_parser("upgrade", help="run the migrations that are missing")
    back = commands.add_parser("downgrade", help="take back what came after a revision; what it holds is lost")
    back.add_argument("module", choices=MODULES)
    back.add_argument("revision", help="the revision to keep, or base: take back all")
    commands.add_parser("current", help="say which revision each module's tables are at")
    commands.add_parser("check", help="end with 1 if a module's tables are behind the code")
    new = commands.add_parser("revision", help="draft a migration from the tables, which are up to date, to the models")
    new.add_argument("module", choices=MODULES)
    new.add_argument("message", help="what it does, in a few words: they become its file's name")
    options = parser.parse_args(arguments)
    if options.command == "downgrade":
        known = ["base", *revisions(MODULES[options.module])]
        if options.revision not in known:
            back.error(f"{options.module} has no revision {options.revision}: choose from {', '.join(known)}")
    return options


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    modules = chosen(settings.app_services)
    async with Database(settings.database_url.get_secret_value()) as database:
        if options.command == "revision":
            await write_revision(database, MODULES[options.module], options.message)  # Alembic says where.
            return 0
        expected = {module.name: newest(module) or "none" for module in modules}
        if options.command == "upgrade":
            await upgrade(database, modules)
        elif options.command == "downgrade":
            await downgrade(database, MODULES[options.module], options.revision)
        for module in modules:
            at = await current(database, module) or "no tables"
            print(f"{module.name}: {at} of {expected[module.name]}")  # noqa: T201  # a command's answer
        return int(options.command == "check" and not await is_current(database, modules))


if __name__ == "__main__":
    sys.exit(main())
