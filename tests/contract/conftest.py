"""Which topologies a test runs on, and what it is given there.

A test that asks for `shop`, or one of `NEEDS`, runs once on each topology that can give it all that it asks for.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.differences import DIFFERENCES
from tests.contract.promise import Promise
from tests.contract.server import Server
from tests.contract.topologies import NEEDS, PROXIED, TOPOLOGIES, Deployment, Topology, given
from tests.contract.wire import Wire
from tests.lambda_runtime import Function
from tests.pods.pod import Pod

_NOT_RUN = "not run: "


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/contract --base-url https://shop.example` asks a shop that runs already."""
    group = parser.getgroup("HTTP contract")
    group.addoption("--base-url", help="ask the shop at this URL, which gets products and orders by it")
    names = [topology.name for topology in TOPOLOGIES]
    text = "the topology whose known differences that shop has; default: %(default)s"
    group.addoption("--base-url-like", choices=names, default=PROXIED.name, help=text)


def pytest_sessionstart(session: pytest.Session) -> None:
    """One sentence about a URL that leads to no shop, and not a failure of each test."""
    url = session.config.getoption("--base-url", None)
    if url is None:
        return
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            listed = client.get("/catalog/products?limit=1")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise pytest.UsageError(f"--base-url '{url}' cannot be asked: {error}") from None
    if not (listed.is_success and "next_cursor" in listed.text):
        raise pytest.UsageError(
            f"--base-url '{url}' is no shop: {listed.url} answers {listed.status_code}, and no list of products"
        )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each topology."""
    if "topology" not in metafunc.fixturenames:
        return
    if url := metafunc.config.getoption("--base-url", None):
        like = metafunc.config.getoption("--base-url-like")
        chosen = [given(url, like)]  # What it lacks is said when the test would run, so that nobody takes it for done.
    else:
        chosen = [topology for topology in TOPOLOGIES if topology.can(metafunc.fixturenames)]
    params = [
        pytest.param(topology, id=topology.name, marks=[pytest.mark.real_tools] if topology.real_tools else [])
        for topology in chosen
    ]
    metafunc.parametrize("topology", params, scope="session", indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of one topology in a row, so that it is started once."""
    order = {topology.name: number for number, topology in enumerate(TOPOLOGIES)}
    places = [number for number, item in enumerate(items) if Path(__file__).parent in item.path.parents]
    ours = sorted((items[number] for number in places), key=lambda item: order.get(_topology_of(item), -1))
    for number, item in zip(places, ours, strict=True):
        items[number] = item


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what a URL could not be asked, and why."""
    parts: dict[str, Counter[str]] = defaultdict(Counter)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if _NOT_RUN in reason:
            parts[reason.partition(_NOT_RUN)[2]][report.nodeid.partition("[")[0]] += 1
    for reason, tests in parts.items():
        terminalreporter.section(f"not run: {tests.total()} parts of the contract")
        terminalreporter.line(f"{reason}:")
        for test, number in tests.items():
            terminalreporter.line(f"  {test}" + (f" ({number} times)" if number > 1 else ""))


def _topology_of(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("topology")) if callspec else ""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop that uvicorn uses."""
    return "asyncio"


@pytest.fixture(scope="session")
def topology(request: pytest.FixtureRequest) -> Topology:
    """The way in which the shop runs."""
    assert isinstance(request.param, Topology)
    return request.param


@pytest.fixture(scope="session")
async def deployment(
    topology: Topology, anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    """The one shop that all tests on this topology share."""
    async with topology.start(tmp_path_factory.mktemp(topology.name)) as started:
        yield started


@pytest.fixture(autouse=True)
def _only_what_can_be_given(request: pytest.FixtureRequest) -> None:
    if "topology" in request.fixturenames:
        lacks = request.getfixturevalue("topology").lacks
        for name in lacks.keys() & set(request.fixturenames):
            pytest.skip(f"{_NOT_RUN}it cannot show {NEEDS[name]}: {lacks[name]}")


@pytest.fixture
def shop(deployment: Deployment) -> httpx.AsyncClient:
    """A client of the shop."""
    deployment.http.cookies.clear()
    return deployment.http


@pytest.fixture
def live(shop: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that gets an answer while it is sent."""
    return shop


@pytest.fixture
def wire(deployment: Deployment) -> Wire:
    """The shop's address, for requests by hand."""
    return Wire(deployment.address)


@pytest.fixture
def servers(deployment: Deployment) -> dict[str, Server | Pod | Function]:
    """What serves each prefix."""
    return dict(deployment.servers)


@pytest.fixture
async def fresh(
    topology: Topology, anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    """A shop for one test alone, which may stop it."""
    async with topology.start(tmp_path_factory.mktemp(topology.name)) as started:
        yield started


@pytest.fixture
async def echo(shop: httpx.AsyncClient, anyio_backend: str) -> str:
    """The path below which the shop says what it saw."""
    if (await shop.get("/catalog/echo/request")).status_code == 404:
        pytest.skip(f"{_NOT_RUN}it cannot show {NEEDS['echo']}: it answers 404 at /catalog/echo")
    return "/catalog/echo"


@pytest.fixture
def promise(request: pytest.FixtureRequest, topology: Topology) -> Iterator[Promise]:
    """Compares what was seen with what is promised, and knows the differences."""
    test = request.function.__name__
    rows = [row for row in DIFFERENCES if row.test == test and topology.name in row.topologies]
    asked = request.config.getoption("--base-url", None)
    promise = Promise(rows, f"; expected is a shop like {topology}: --base-url-like names another" if asked else "")
    yield promise
    promise.no_row_is_left()
