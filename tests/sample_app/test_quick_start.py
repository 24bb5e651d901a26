"""A start looks for no garbage, and a server that runs does."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sample_app.kit.quick_start import no_garbage
from tests.sample_app.support import sqlite
from tests.support.dockerfile import ROOT


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_no_garbage_is_looked_for_while_modules_load_and_what_they_made_is_left_alone() -> None:
    with no_garbage():
        assert not gc.isenabled()
    assert gc.isenabled(), "a server that runs makes some"
    assert gc.get_freeze_count() > 0


def test_a_start_that_fails_leaves_it_as_it_was() -> None:
    with pytest.raises(ImportError), no_garbage():
        raise ImportError
    assert gc.isenabled()


@pytest.mark.parametrize("entry", ["asgi", "serve", "aws_lambda"])
def test_each_way_in_looks_for_garbage_once_it_has_started(tmp_path: Path, entry: str) -> None:
    code = f"import gc, sample_app.entrypoints.{entry}; print(gc.isenabled(), gc.get_freeze_count() > 10_000)"
    environment = {"DATABASE_URL": sqlite(tmp_path / "shop.db").get_secret_value()}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "True True"
