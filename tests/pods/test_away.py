"""What becomes of orders while a service that they call is gone, hangs or is restarted.

Each order needs the catalog; notifications are told of it sooner or later.
"""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx
import pytest

from fastapi_on_aws.recording import Graph
from tests.pods.cluster import STACK, Cluster
from tests.sample_app.support import problem
from tests.support.process import wait_until
from tests.support.recorded import stack_graph

pytestmark = pytest.mark.real_tools
CATALOG, ORDERS, NOTIFICATIONS = "app-catalog", "app-orders", "app-notifications"
STOCK: Final = 100
PATIENCE_SECONDS: Final = 10
"""An order takes no longer, whatever the catalog does."""


@pytest.fixture(scope="module")
def graph() -> Graph:
    return stack_graph(STACK)


@pytest.fixture
def cluster(graph: Graph, tmp_path: Path) -> Iterator[Cluster]:
    with Cluster(tmp_path, graph) as running:
        yield running


@pytest.fixture
def shop(cluster: Cluster) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cluster.url, timeout=30) as client:
        yield client


@pytest.fixture
def product(shop: httpx.Client) -> str:
    new = {"name": "Teapot", "price_cents": 1999, "stock": STOCK}
    return str(shop.post("/catalog/products", json=new).raise_for_status().json()["id"])


def order(shop: httpx.Client, product: str, key: str) -> httpx.Response:
    body = {"lines": [{"product_id": product, "quantity": 1}]}
    began = time.monotonic()
    answer = shop.post("/orders", json=body, headers={"Idempotency-Key": key})
    took = time.monotonic() - began
    assert took < PATIENCE_SECONDS, f"a buyer is waiting, and the answer {answer.status_code} took {took:.1f} s"
    return answer


def order_until_placed(shop: httpx.Client, product: str, key: str) -> httpx.Response:
    """As a client does that believes the answers: it asks again when it is told to, with the same key."""
    while (answer := order(shop, product, key)).status_code != 201:
        assert answer.status_code in {409, 503}, f"an answer that makes sense to ask again: {answer.text}"
        time.sleep(int(answer.headers["retry-after"]))
    return answer


def listed(shop: httpx.Client, path: str) -> int:
    return len(shop.get(path, params={"limit": 100}).raise_for_status().json()["items"])


def stock(shop: httpx.Client, product: str) -> int:
    return int(shop.get(f"/catalog/products/{product}").raise_for_status().json()["stock"])


def crashes(cluster: Cluster, service: str = CATALOG) -> None:
    """Kubernetes has not noticed yet."""
    cluster.pods[service].process.kill()
    cluster.pods[service].process.wait()


def is_taken_out(cluster: Cluster) -> None:
    """Kubernetes has noticed, and there is no other pod."""
    crashes(cluster)
    cluster.unname(cluster.pods[CATALOG])


def hangs(cluster: Cluster, service: str = CATALOG) -> None:
    """It takes connections, and says nothing."""
    cluster.pods[service].process.send_signal(signal.SIGSTOP)


def is_restarted(cluster: Cluster, service: str = CATALOG) -> None:
    cluster.pods[service] = cluster.restart(cluster.pods[service])
    cluster.pods[service].wait_until_ready()


def is_taken_in(cluster: Cluster) -> None:
    is_restarted(cluster)
    cluster.name(cluster.pods[CATALOG])


def wakes_up(cluster: Cluster) -> None:
    cluster.pods[CATALOG].process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("goes_away", "is_back"),
    [
        pytest.param(crashes, is_restarted, id="crashes"),
        pytest.param(is_taken_out, is_taken_in, id="is taken out"),
        pytest.param(hangs, is_restarted, id="hangs and is restarted"),
        pytest.param(hangs, wakes_up, id="hangs and does late what it was asked"),
    ],
)
def test_an_order_without_the_catalog_is_refused_in_time_and_placed_once_when_it_is_back(
    goes_away: Callable[..., None],
    is_back: Callable[..., None],
    cluster: Cluster,
    shop: httpx.Client,
    product: str,
) -> None:
    key = str(uuid4())
    goes_away(cluster)
    for _ in range(2):
        refused = order(shop, product, key)
        problem(refused, 503, "catalog-unavailable")
        assert int(refused.headers["retry-after"]) > 0, "the client is told that it makes sense to ask again"
    assert listed(shop, "/orders") == listed(shop, "/notifications") == 0, "no order is half placed"
    is_back(cluster)
    placed = order(shop, product, key)
    assert placed.status_code == 201, f"the catalog is back, but: {placed.text}"
    again = order(shop, product, key)
    assert (again.json(), again.headers["idempotency-replayed"]) == (placed.json(), "true"), "it is the one order"
    assert listed(shop, "/orders") == listed(shop, "/notifications") == 1
    assert stock(shop, product) == STOCK - 1, "what was set aside for the attempts that failed is back"


@pytest.mark.parametrize("goes_away", [crashes, hangs])
def test_the_others_stay_alive_and_ready_and_serve_what_needs_no_catalog(
    goes_away: Callable[..., None], cluster: Cluster, shop: httpx.Client, product: str
) -> None:
    placed = order(shop, product, str(uuid4())).json()
    goes_away(cluster)
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(order, shop, product, str(uuid4())) for _ in range(20)]
        for _ in range(3):
            for pod in (cluster.pods[ORDERS], cluster.pods[NOTIFICATIONS]):
                for path in (pod.workload.live_path, pod.workload.ready_path):
                    probed = httpx.get(pod.url + path, timeout=5)
                    assert probed.status_code == 200, f"{pod.workload.name} would be taken out, too: {path}"
            assert shop.get(f"/orders/{placed['id']}", timeout=2).json() == placed
            assert listed(shop, "/notifications") == 1
            time.sleep(0.5)
        assert [each.result().status_code for each in waiting] == [503] * 20


@pytest.mark.parametrize("seconds", [1, 3])
def test_a_catalog_that_hangs_for_a_moment_costs_that_moment_alone(
    seconds: int, cluster: Cluster, shop: httpx.Client, product: str
) -> None:
    hangs(cluster)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(order, shop, product, str(uuid4()))
        time.sleep(seconds)
        wakes_up(cluster)
        assert waiting.result().status_code == 201, "it was asked again, which may be done with a reservation"
    assert listed(shop, "/orders") == 1
    assert stock(shop, product) == STOCK - 1, "set aside once, though it was asked for twice"


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM], ids=lambda sent: sent.name)
def test_orders_during_which_the_catalog_is_restarted_are_placed_once_each(
    sent: signal.Signals, cluster: Cluster, shop: httpx.Client, product: str
) -> None:
    keys = [str(uuid4()) for _ in range(30)]
    with ThreadPoolExecutor(6) as pool:
        orders = [pool.submit(order_until_placed, shop, product, key) for key in keys]
        wait_until(lambda: sum(each.done() for each in orders) >= 3, "some orders")
        for _ in range(2):
            cluster.pods[CATALOG].process.send_signal(sent)
            cluster.pods[CATALOG].process.wait(30)
            is_restarted(cluster)
        placed = {each.result().json()["id"] for each in orders}
    assert len(placed) == len(keys) == listed(shop, "/orders"), "each buyer has one order, and there are no others"
    for _ in range(len(keys)):  # Each cleans up after some that failed.
        if stock(shop, product) == STOCK - listed(shop, "/orders"):
            break
        order_until_placed(shop, product, str(uuid4()))
    assert stock(shop, product) == STOCK - listed(shop, "/orders"), "nothing stays set aside for an order that is none"
    assert listed(shop, "/notifications") == listed(shop, "/orders"), "each buyer was told once"


@pytest.mark.parametrize("goes_away", [crashes, hangs])
def test_an_order_is_placed_without_notifications_which_are_told_later(
    goes_away: Callable[..., None], cluster: Cluster, shop: httpx.Client, product: str
) -> None:
    goes_away(cluster, NOTIFICATIONS)
    began = time.monotonic()
    assert order(shop, product, str(uuid4())).status_code == 201, "the order is what the buyer came for"
    assert time.monotonic() - began < 3, "nobody waits long for a notification"
    is_restarted(cluster, NOTIFICATIONS)
    assert order(shop, product, str(uuid4())).status_code == 201
    assert listed(shop, "/notifications") == listed(shop, "/orders") == 2, "the next order takes along what was left"
