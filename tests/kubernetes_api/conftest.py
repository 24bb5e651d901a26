"""One cluster for all tests of a run, and a namespace for each of them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kubernetes_api import workload
from tests.kubernetes_api.client import ApiError, Client
from tests.kubernetes_api.cluster import Cluster, running_cluster
from tests.support.process import wait_until

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.real_tools)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("kubernetes")) as running:
        yield running


@pytest.fixture(scope="session")
def client(cluster: Cluster) -> Iterator[Client]:
    with cluster.client() as client:
        yield client


@pytest.fixture
def namespace(client: Client, request: pytest.FixtureRequest) -> str:
    """A restricted one, in which pods can be made."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-60:].strip("-")
    client.apply([workload.namespace(name)])
    wait_until(lambda: _has_account(client, name), "a service account")
    return name


def _has_account(client: Client, namespace: str) -> bool:
    try:
        return bool(client.get("v1", "ServiceAccount", "default", namespace))
    except ApiError as error:
        if error.status != 404:
            raise
        return False
