"""Fixtures of the sample app: the shop, on each topology."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.sample_app.support import MONOLITH, SPLIT, topology


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop that uvicorn uses."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("APP_SERVICES", "CATALOG_URL", "DATABASE_URL", "HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=[MONOLITH, SPLIT])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """One contract, every topology: a test that takes this runs once on each."""
    async with topology(request.param, tmp_path) as client:
        yield client
