"""Alembic runs this for each of its commands; `commands` has put all that it needs into the config."""

from alembic import context

context.configure(context.config.attributes["connection"], **context.config.attributes["options"])
with context.begin_transaction():
    context.run_migrations()
