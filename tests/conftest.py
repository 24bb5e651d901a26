"""What holds for every test."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
_HAS_TESTS = re.compile(r"^(async )?def test_|^class Test", re.MULTILINE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fail when a file with tests is not collected: its tests would pass for ever."""
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    collected = {item.path for item in items}
    lost = [path for path in TESTS.rglob("*.py") if path not in collected and _HAS_TESTS.search(path.read_text())]
    if lost:
        raise pytest.UsageError(f"not collected: {', '.join(str(path.relative_to(TESTS)) for path in lost)}")
