"""Fixtures of the engine tests, and the marker that all of them carry."""

from pathlib import Path

import pytest

from tests.engine.rig import Rig
from tests.engine.toolchain import Toolchain, ensure

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.real_tools)


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """The real Pulumi CLI: built by the first test that needs it; a build that fails fails the test."""
    return ensure()


@pytest.fixture(scope="session")
def sdk_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the stand-in read from the SDKs' sources, for all tests of a run."""
    return tmp_path_factory.mktemp("sdk-cache")


@pytest.fixture
def rig(tmp_path: Path, toolchain: Toolchain, sdk_cache: Path) -> Rig:
    """A rig with nothing in it yet."""
    return Rig(tmp_path / "rig", toolchain, sdk_cache)
