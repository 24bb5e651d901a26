"""A deployment fails no request; the same traffic tells when a number or the order is wrong."""

import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection, NotConnected
from pathlib import Path
from typing import Any, Final

import pytest

from tests.deploys.service import IMAGES_OWN_COMMAND, STACKS_COMMAND, Revision, Service, Task
from tests.deploys.traffic import Traffic
from tests.proxy import Proxy

pytestmark = pytest.mark.real_tools

DRAIN_SECONDS: Final = 5
SLOW_SECONDS: Final = 0.8 * DRAIN_SECONDS
REQUESTS: Final = 50_000
DEPLOYMENTS: Final = 4
COMMANDS: Final = [IMAGES_OWN_COMMAND, STACKS_COMMAND]


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    idle_timeout_seconds = Revision.of(STACKS_COMMAND).idle_timeout_seconds
    with Proxy(tmp_path / "proxy", idle_timeout_seconds=idle_timeout_seconds) as running:
        yield running


@pytest.fixture(scope="module")
def outlived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[list[bool]]]:
    """Whether a connection to each command is still open after the load balancer's time-out; found out meanwhile."""
    folder, connections, over = tmp_path_factory.mktemp("idle"), [], threading.Event()
    revisions = [Revision.of(command) for command in COMMANDS]
    with ExitStack() as stack:
        for number, revision in enumerate(revisions):
            stack.enter_context(Task(revision, folder / str(number))).wait_until_ready()
            connection = stack.enter_context(closing(HTTPConnection("127.0.0.1", revision.port, timeout=10)))
            assert alive(connection)
            connection.auto_open = 0  # else a closed one would be opened again without a word
            connections.append(connection)

        def wait_and_see() -> list[bool]:
            over.wait(revisions[0].idle_timeout_seconds + 1)
            return [alive(connection) for connection in connections]

        waiting = stack.enter_context(ThreadPoolExecutor(1))
        stack.callback(over.set)
        yield waiting.submit(wait_and_see)


def alive(connection: HTTPConnection) -> bool:
    with suppress(ConnectionError, NotConnected):
        connection.request("GET", "/livez")
        response = connection.getresponse()
        return response.read() != b"" and response.status == 200
    return False


def app(command: Mapping[str, Any], drain_seconds: int = DRAIN_SECONDS) -> dict[str, Any]:
    """The words of the dev stack's `app`."""
    return {**command, "drain_seconds": drain_seconds}


@pytest.mark.usefixtures("outlived")
def test_no_request_fails_while_tasks_are_replaced(
    proxy: Proxy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slow_under_way, deployments = [], 0
    with Service(proxy, tmp_path, app(COMMANDS[0])) as service, Traffic(proxy.url, SLOW_SECONDS) as traffic:
        while (deployments < DEPLOYMENTS or traffic.requests < REQUESTS) and not traffic.failures:
            deployments += 1
            to = app(COMMANDS[deployments % 2])
            service.deploy(to, when_deregistered=lambda: slow_under_way.append(traffic.slow_under_way))
        rate = traffic.per_second
    longest_stop = max(task.stopped_in_seconds or 0 for task in service.left)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{traffic.requests} requests ({traffic.slow_requests} slow), {rate:.0f} a second,"
            f" {traffic.failures.total()} failures;"
            f" {len(service.left)} tasks replaced, the longest stop took {longest_stop:.1f} s\n"
        )
    assert not traffic.failures, f"{dict(traffic.failures)}; HAProxy said:\n{proxy.log.read_text()[-3000:]}"
    assert not [task for task in service.left if task.killed], "every process left by itself within the stop time-out"
    assert min(slow_under_way) > 0, "each deployment met requests that take nearly as long as is allowed"


def test_requests_longer_than_drain_seconds_fail(proxy: Proxy, tmp_path: Path) -> None:
    with Service(proxy, tmp_path, app(STACKS_COMMAND, 1)) as service, Traffic(proxy.url, SLOW_SECONDS) as traffic:
        traffic.wait_for(100)
        service.deploy(app(STACKS_COMMAND, 1))
    assert traffic.failures, f"a deregistration delay of 1 s is too short for requests of {SLOW_SECONDS} s"
    assert all(failure.endswith("of a slow request") for failure in traffic.failures), "the others are not affected"


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL], ids=lambda sent: sent.name)
def test_a_task_that_ends_before_it_is_deregistered_fails_requests(
    sent: signal.Signals, proxy: Proxy, tmp_path: Path
) -> None:
    with Service(proxy, tmp_path, app(STACKS_COMMAND)) as service, Traffic(proxy.url, SLOW_SECONDS) as traffic:
        traffic.wait_for(100)
        assert not traffic.failures, "all is well before"
        service.tasks[0].process.send_signal(sent)
        traffic.wait_for(400)
    assert traffic.failures["status 502"] > 0, (
        f"the proxy asked a task that was gone, and the count shows {traffic.failures}"
    )


def test_a_server_keeps_an_idle_connection_longer_than_the_load_balancer(outlived: Future[list[bool]]) -> None:
    assert outlived.result() == [True, True], "the image's own command, the stack's"
