"""The stand-in for a cluster says what it changes, and does what Kubernetes does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.pods.cluster import STACK, Cluster
from tests.pods.pod import Pod
from tests.proxy import OWN_ADDRESS
from tests.sample_app.support import sqlite
from tests.support.dockerfile import image_environment
from tests.support.recorded import stack_graph

pytestmark = pytest.mark.real_tools
URL: Final = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-AbCdEf"
PRODUCT: Final = {"name": "Teapot", "price_cents": 1999, "stock": 5}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster"), stack_graph(STACK)) as running:
        yield running


def test_a_pod_is_told_what_its_deployment_says_but_for_what_is_known(cluster: Cluster) -> None:
    for pod in cluster.pods.values():
        recorded = {**image_environment(), **pod.workload.environment}
        differs = {name: pod.environment[name] for name, value in recorded.items() if pod.environment[name] != value}
        assert differs == {"HOST": pod.address, "FORWARDED_ALLOW_IPS": OWN_ADDRESS}, "addresses alone"
        assert pod.environment.keys() - recorded.keys() == {
            "TMPDIR",  # its volume at /tmp
            "CLUSTER_NAMES",  # the cluster's DNS
            "PYTHONPATH",
            "DATABASE_URL",  # of which the stack has none
        }
        changed = [word for word, recorded in zip(pod.command, pod.workload.command, strict=True) if word != recorded]
        assert changed == [f"--host={pod.address}"], "the command is the Deployment's"


def test_orders_is_told_the_names_of_services_at_their_own_port(cluster: Cluster) -> None:
    orders, catalog = cluster.pods["app-orders"], cluster.pods["app-catalog"]
    assert orders.environment["CATALOG_URL"] == f"http://{catalog.workload.host}:{catalog.workload.port}"
    assert catalog.url.endswith(f":{catalog.workload.port}"), "which is where its pods listen"


def test_a_secret_is_a_file_that_the_app_reads(tmp_path: Path) -> None:
    services = {"catalog": {"prefix": "/catalog", "secrets": {"DATABASE_URL": URL}}}
    database = tmp_path / "named-by-a-secret.db"
    secrets = {URL: sqlite(database).get_secret_value()}
    with Cluster(tmp_path, stack_graph(STACK, services=services), secrets=secrets) as cluster:
        (pod,) = cluster.pods.values()
        assert "DATABASE_URL" not in pod.environment, "the secret itself is in no environment"
        assert httpx.post(f"{cluster.url}/catalog/products", json=PRODUCT).status_code == 201
    assert database.exists(), "the app found it by DATABASE_URL_FILE"


def test_a_container_that_is_restarted_keeps_its_address_and_its_files(cluster: Cluster) -> None:
    before = cluster.pods["app-notifications"]
    mine = Path(before.environment["TMPDIR"], "mine")
    mine.touch()
    after = cluster.pods["app-notifications"] = cluster.restart(before)
    after.wait_until_ready()
    assert (after.url, after.environment) == (before.url, before.environment)
    assert mine.exists(), "the volume lasts as long as the pod"
    assert httpx.get(f"{cluster.url}/notifications").is_success, "the load balancer finds it where it was"


def test_a_new_connection_to_a_service_goes_to_a_pod_that_is_ready(cluster: Cluster, tmp_path: Path) -> None:
    ready = cluster.pods["app-catalog"]
    product = httpx.post(f"{cluster.url}/catalog/products", json=PRODUCT).json()["id"]
    order = {"lines": [{"product_id": product, "quantity": 1}]}

    def asked(pod: Pod) -> int:
        return sum(line.get("path", "").startswith("/catalog/reservations") for line in pod.log_lines())

    other = cluster.start("app-catalog")
    other.wait_until_ready()
    assert httpx.post(f"{cluster.url}/orders", json=order).status_code == 201
    assert (asked(ready), asked(other)) == (1, 0), "it is ready, and its Service does not know yet"
    cluster.unname(ready)
    cluster.name(other)
    cluster.pods["app-orders"] = cluster.restart(cluster.pods["app-orders"])  # It had a connection, and would keep it.
    cluster.pods["app-orders"].wait_until_ready()
    assert httpx.post(f"{cluster.url}/orders", json=order).status_code == 201
    assert (asked(ready), asked(other)) == (1, 1)
