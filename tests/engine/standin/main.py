"""The stand-in as a plugin's process: ``main("aws")``."""

import os
import signal

from tests.engine.standin import wire
from tests.engine.standin.service import Provider


def main(package: str) -> None:
    """Serve until the engine goes. SIGINT is how the engine stops its plugins."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    wire.serve("ResourceProvider", "provider_pb2_grpc", _provider(package), package)


def _provider(package: str) -> type[Provider]:
    if package != "kubernetes" or not os.environ.get("STANDIN_KUBECONFIG"):
        return Provider
    from tests.engine.standin.cluster_service import ClusterProvider  # no other plugin waits for what it imports

    return ClusterProvider
