"""Alembic, set up for this app. Nothing imports it before there is something to migrate."""
