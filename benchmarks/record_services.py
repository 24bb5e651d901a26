"""One recording of many services, for ``growth``.

``python -m benchmarks.record_services 50`` records a monolith with 50 workers. Before, it records one with a single
worker, twice: to have everything imported, and to know what is to be subtracted. It takes CPU time: a recording never
waits, and what else the machine does would drown the growth.
"""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Final

from benchmarks.growth import Recording
from fastapi_on_aws import Architecture, ImageRef, Monolith, MonolithArgs, NetworkRef, ServiceArgs
from fastapi_on_aws.recording import Mode, record

NETWORK: Final = NetworkRef(
    vpc_id="vpc-0123456789abcdef0", cidr="10.0.0.0/16", private_subnet_ids=["subnet-a", "subnet-b"]
)
IMAGE: Final = ImageRef(uri="123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4.2", architecture=Architecture.ARM64)

_MIB: Final = 1024**2 if sys.platform == "darwin" else 1024
"""``ru_maxrss`` is in bytes on macOS, in KiB elsewhere."""


def monolith(services: int) -> Callable[[], None]:
    """A program with that many workers in an existing network."""

    def program() -> None:
        workers = {f"w{n:03}": ServiceArgs(command=["python", "-m", f"shop.w{n:03}"]) for n in range(services)}
        Monolith("shop", MonolithArgs(network=NETWORK, image=IMAGE, services=workers))

    return program


def measure(services: int) -> Recording:
    """Measure in this process, which must be a fresh one: a peak is never forgotten."""
    _recorded(1)
    _, seconds_of_one = _recorded(1)
    mib_of_one = _peak_mib()
    resources, seconds = _recorded(services)
    return Recording(services, resources, seconds, seconds_of_one, _peak_mib(), mib_of_one)


def _recorded(services: int) -> tuple[int, float]:
    gc.collect()
    start = time.process_time()
    graph = record(monolith(services), mode=Mode.UPDATE, config={"aws:region": "eu-west-1"})
    return len(graph), time.process_time() - start


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB


if __name__ == "__main__":
    print(json.dumps(vars(measure(int(sys.argv[1])))))
