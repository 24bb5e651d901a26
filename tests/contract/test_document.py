"""The page about the contract, and the table of differences behind it."""

from pathlib import Path

from tests.contract.differences import DIFFERENCES
from tests.contract.document import ASPECTS, page
from tests.contract.topologies import TOPOLOGIES

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "http-contract.md"


def test_the_page_is_what_the_tests_say() -> None:
    assert PAGE.read_text() == page(), "run `make schema`"


def test_every_file_of_the_suite_is_on_the_page() -> None:
    files = {path.stem.removeprefix("test_") for path in HERE.glob("test_*.py")} - {"base_url", "document"}
    assert files == set(ASPECTS), "document.py lists them in the order of the page"


def test_every_difference_is_of_a_test_and_a_topology_that_there_are() -> None:
    """Then the test itself fails when the difference is no longer one."""
    sources = "".join(path.read_text() for path in HERE.glob("test_*.py"))
    names = {topology.name for topology in TOPOLOGIES}
    for row in DIFFERENCES:
        assert f"async def {row.test}(" in sources, f"there is a test called {row.test}"
        assert row.topologies, f"{row.test}: a difference shows somewhere"
        assert names.issuperset(row.topologies), f"{row.test}: {row.topologies} are topologies"
        assert row.instead != row.promised, f"{row.test}: it is a difference"
