"""A cluster for as long as a block lasts: a real control plane on loopback, with simulated nodes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import yaml

from tests.kubernetes_api.client import ApiError, Client, Object
from tests.kubernetes_api.control_plane import ControlPlane
from tests.kubernetes_api.nodes import NODES
from tests.kubernetes_api.toolchain import programs
from tests.support.process import PATIENCE_SECONDS, Process, wait_until

_DEFINITIONS: Final = Path(__file__).parent / "crds"


@dataclass(frozen=True)
class Cluster:
    kubeconfig: Path
    """Of a user who may do anything."""

    def client(self, user: str | None = None) -> Client:
        """Of that user, or of the one who may do anything."""
        return Client(self.kubeconfig, user=user)

    def kubectl(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """The real one; what its exit code means is the caller's to judge."""
        own = [f"--kubeconfig={self.kubeconfig}", f"--cache-dir={self.kubeconfig.with_name('kubectl')}"]
        command = [str(programs() / "kubectl"), *own, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Ready for pods, with the custom resources of EKS Auto Mode; all its files are in `folder`."""
    plane = ControlPlane(folder)
    cluster = Cluster(plane.kubeconfig)
    with ExitStack() as running:
        running.enter_context(plane.etcd())
        api_server = running.enter_context(plane.api_server())
        api_server.wait_for_start(lambda: _is_ready(cluster))
        scheduler = running.enter_context(plane.scheduler())
        controllers = running.enter_context(plane.controllers())
        command = [sys.executable, "-m", "tests.kubernetes_api.nodes", str(plane.kubeconfig)]
        nodes = running.enter_context(Process(folder / "nodes", command, os.environ))
        with cluster.client() as client:
            definitions = client.apply(_definitions())
            wait_until(lambda: all(_is_served(client, each) for each in definitions), "custom resources")
            nodes.wait_for_start(lambda: len(client.items("v1", "Node")) == len(NODES))
            controllers.wait_for_start(lambda: _nodes_take_pods(client))
            scheduler.wait_for_start(lambda: "Starting Kubernetes Scheduler" in scheduler.log)
        yield cluster


def _is_ready(cluster: Cluster) -> bool:
    try:
        with cluster.client() as client:
            return client.is_ready()
    except (OSError, httpx.TransportError):  # it has no certificate yet, or does not listen
        return False


def _definitions() -> list[Object]:
    return [each for file in sorted(_DEFINITIONS.glob("*.yaml")) for each in yaml.safe_load(file.read_text())]


def _is_served(client: Client, definition: Object) -> bool:
    spec = definition["spec"]
    try:
        return bool(client.path(f"{spec['group']}/{spec['versions'][0]['name']}", spec["names"]["kind"]))
    except ApiError as error:
        if error.status != 404:
            raise
        return False


def _nodes_take_pods(client: Client) -> bool:
    """A node that has just come is tainted until the controllers have seen that it is ready."""
    return not any(node["spec"].get("taints") for node in client.items("v1", "Node"))
