"""One recording of many services, for ``growth``.

``python -m benchmarks.record_services monolith 50`` records a monolith with 50 workers. Before, it records one with a
single worker, twice: to have everything imported, and to know what is to be subtracted. It takes CPU time: a recording
never waits, and what else the machine does would drown the growth.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from typing import Final

from benchmarks.growth import Recording
from benchmarks.processes import peak_mib
from fastapi_on_aws import (
    Architecture,
    EksArgs,
    EksEndpoint,
    ImageRef,
    Microservices,
    MicroservicesArgs,
    Monolith,
    MonolithArgs,
    NetworkRef,
    NodeLimitsArgs,
    NodePoolArgs,
    ServiceArgs,
)
from fastapi_on_aws.recording import Mode, record

NETWORK: Final = NetworkRef(
    vpc_id="vpc-0123456789abcdef0", cidr="10.0.0.0/16", private_subnet_ids=["subnet-a", "subnet-b"]
)
IMAGE: Final = ImageRef(uri="123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4.2", architecture=Architecture.ARM64)
EKS: Final = EksArgs(
    admins=["arn:aws:iam::123456789012:role/deployer"],
    endpoint=EksEndpoint.PRIVATE,
    node_pool=NodePoolArgs(limits=NodeLimitsArgs(cpu=10_000, memory="20000 GB")),
)


def monolith(services: int) -> Callable[[], None]:
    """A program with that many workers in an existing network."""

    def program() -> None:
        workers = {_name(n): _worker(n) for n in range(services)}
        Monolith("shop", MonolithArgs(network=NETWORK, image=IMAGE, services=workers))

    return program


def microservices(services: int) -> Callable[[], None]:
    """As many services on EKS: the second of every four has a route, and is called by the two that follow.

    A load balancer has 100 rules, and a service with a route takes two of them.
    """

    def program() -> None:
        Microservices(
            "shop",
            MicroservicesArgs(
                network=NETWORK, image=IMAGE, services={_name(n): _one_of_four(n) for n in range(services)}, eks=EKS
            ),
        )

    return program


PATTERNS: Final = {"monolith": monolith, "microservices": microservices}


def measure(pattern: str, services: int) -> Recording:
    """Measure in this process, which must be a fresh one: a peak is never forgotten."""
    program = PATTERNS[pattern]
    _recorded(program(1))
    _, seconds_of_one = _recorded(program(1))
    mib_of_one = peak_mib()
    resources, seconds = _recorded(program(services))
    return Recording(services, resources, seconds, seconds_of_one, peak_mib(), mib_of_one)


def _one_of_four(n: int) -> ServiceArgs:
    routed = n // 4 * 4 + 1
    return ServiceArgs(prefix=f"/{_name(n)}") if n == routed else _worker(n, *([_name(routed)] if n > routed else []))


def _worker(n: int, *calls: str) -> ServiceArgs:
    return ServiceArgs(command=["python", "-m", f"shop.{_name(n)}"], calls=calls)


def _name(n: int) -> str:
    return f"w{n:03}"


def _recorded(program: Callable[[], None]) -> tuple[int, float]:
    gc.collect()
    start = time.process_time()
    graph = record(program, mode=Mode.UPDATE, config={"aws:region": "eu-west-1"})
    return len(graph), time.process_time() - start


if __name__ == "__main__":
    print(json.dumps(vars(measure(sys.argv[1], int(sys.argv[2])))))
