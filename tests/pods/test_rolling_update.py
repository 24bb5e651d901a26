"""A pod of one service is replaced, under traffic that needs it, with the times that its Deployment has."""

import dataclasses
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.deploys.traffic import NEW_PRODUCT, PRODUCTS, Request, Traffic
from tests.pods.cluster import STACK, Cluster
from tests.support.recorded import stack_graph

pytestmark = pytest.mark.real_tools
CATALOG, ORDERS = "app-catalog", "app-orders"
NOTICED_AFTER_SECONDS: Final = 10
"""Of the fifteen that a pod goes on before SIGTERM: controllers and the load balancer are not the fastest."""
OF_DRAIN_SECONDS: Final = 0.8
STOCK: Final = 1_000_000


def tea(shop: str) -> str:
    """A product of which there is enough."""
    new = {"name": "Tea", "price_cents": 450, "stock": STOCK}
    return str(httpx.post(f"{shop}/catalog/products", json=new).json()["id"])


def traffic(cluster: Cluster, product: str, slow: str, slow_seconds: float) -> Traffic:
    """Of buyers, and some that take their time to send their order, or their new product."""
    order = Request.post("/orders", {"lines": [{"product_id": product, "quantity": 1}]})
    mix = (PRODUCTS, PRODUCTS, order, PRODUCTS, Request.get("/orders?limit=1"), NEW_PRODUCT, PRODUCTS, order)
    return Traffic(cluster.url, slow_seconds, mix=mix, slow=order if slow == ORDERS else NEW_PRODUCT)


def orders(shop: str) -> int:
    """How many there are, on all pages."""
    number, cursor = 0, dict[str, str]()
    with httpx.Client(base_url=shop) as client:
        while True:
            page = client.get("/orders", params={"limit": 100, **cursor}).json()
            number += len(page["items"])
            if page["next_cursor"] is None:
                return number
            cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("service", [CATALOG, ORDERS])
def test_no_request_fails_while_a_pod_is_replaced(
    service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slow_under_way: list[int] = []
    with Cluster(tmp_path, stack_graph(STACK)) as cluster:
        delay = cluster.workloads[service].deregistration_delay_seconds
        product = tea(cluster.url)
        with traffic(cluster, product, service, OF_DRAIN_SECONDS * delay) as buyers:
            buyers.wait_for(100)
            old = cluster.replace(
                service,
                noticed_after_seconds=NOTICED_AFTER_SECONDS,
                when_deregistered=lambda: slow_under_way.append(buyers.slow_under_way),
            )
            buyers.wait_for(100)
        sold = STOCK - int(httpx.get(f"{cluster.url}/catalog/products/{product}").json()["stock"])
        placed = orders(cluster.url)
        reserved = [line for line in cluster.pods[CATALOG].log_lines() if "/reservations/" in line.get("path", "")]
        said = cluster.proxy.log.read_text()[-3000:]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{buyers.requests} requests ({buyers.slow_requests} slow), {buyers.failures.total()} failures;"
            f" the pod of {service} stopped {old.stopped_in_seconds:.1f} s after SIGTERM\n"
        )
    assert not buyers.failures, f"{dict(buyers.failures)}; HAProxy said:\n{said}"
    assert not old.killed, "it left by itself, within its grace"
    assert slow_under_way[0] > 0, "it met requests that take nearly as long as is allowed"
    assert sold == placed > 0, "each order is placed, and nothing is set aside for one that is not"
    assert reserved, "orders has gone over to the pod that is there now"


def test_requests_fail_when_a_pod_goes_before_everybody_has_noticed(tmp_path: Path) -> None:
    """Why there is a wait before SIGTERM."""
    with Cluster(tmp_path, stack_graph(STACK, app={"drain_seconds": 1, "scaling": {"max": 4}})) as cluster:
        hasty = dataclasses.replace(cluster.workloads[CATALOG], pre_stop_seconds=0)
        cluster.pods[CATALOG].workload = hasty
        with traffic(cluster, tea(cluster.url), CATALOG, OF_DRAIN_SECONDS) as buyers:
            buyers.wait_for(100)
            assert not buyers.failures, "all is well before"
            cluster.replace(CATALOG, noticed_after_seconds=3)
    assert buyers.failures["status 502"] > 0, f"the load balancer asked a pod that was gone: {dict(buyers.failures)}"
