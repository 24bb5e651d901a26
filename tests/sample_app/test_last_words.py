"""What an entry point says when it was told what cannot work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sample_app.registry import MODULES
from tests.sample_app.support import sqlite

ROOT = Path(__file__).parents[2]
NOT_THERE = "/nonexistent/database_url"
NO_NUMBER = "Input should be a valid integer, unable to parse string as an integer"
NO_URL = "Input should be a valid URL, relative URL without a base"
TOLD = [
    ({"APP_SERVICES": "order"}, f"APP_SERVICES names order; this app has {', '.join(MODULES)}."),
    ({"DATABASE_URL_FILE": NOT_THERE}, f"DATABASE_URL_FILE is {NOT_THERE}, which cannot be read: No such file or dir"),
    ({"PORT": "x", "CATALOG_URL": "nonsense"}, f"PORT: {NO_NUMBER}; CATALOG_URL: {NO_URL}"),
    ({"FORWARDED_ALLOW_IPS": "*"}, "FORWARDED_ALLOW_IPS: * would let every client choose the address we see"),
]
ENTRY_POINTS = {
    "serve": ["sample_app.entrypoints.serve"],
    "asgi": ["uvicorn", "sample_app.entrypoints.asgi:app", "--port", "0"],
    "migrate": ["sample_app.entrypoints.migrate", "current"],
}


def end(command: list[str], told: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A process that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ENTRY_POINTS.values(), ids=ENTRY_POINTS)
@pytest.mark.parametrize(("told", "sentence"), TOLD, ids=lambda case: ",".join(case) if isinstance(case, dict) else "")
def test_a_setting_that_cannot_work_ends_every_entry_point_with_a_sentence(
    command: list[str], told: dict[str, str], sentence: str
) -> None:
    ended = end(command, told)
    assert ended.returncode == 1, "the deployment must not look healthy"
    assert ended.stderr.startswith(f"error: {sentence}"), "it names the variable, and what is wrong with it"
    assert len(ended.stderr.splitlines()) == 1, "a traceback would tell a person no more"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql+asyncpg://shop@127.0.0.1:1/shop", "Connect call failed"),
        (sqlite(Path("/nonexistent/shop.db")).get_secret_value(), "unable to open database file"),
    ],
    ids=["PostgreSQL", "SQLite"],
)
def test_a_database_that_cannot_be_reached_ends_a_migration_with_a_sentence(url: str, reason: str) -> None:
    ended = end(ENTRY_POINTS["migrate"], {"DATABASE_URL": url})
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: "), ended.stderr
    assert reason in ended.stderr.splitlines()[0]
