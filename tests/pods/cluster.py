"""A microservices stack on this machine: its pods, the names of its Services, and the load balancer before them."""

import itertools
import random
import sched
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from fastapi_on_aws.recording import Graph, plain
from tests.pods.pod import Pod
from tests.pods.workload import Workload
from tests.proxy import Listener, Proxy
from tests.sample_app.support import sqlite
from tests.support.recorded import LOAD_BALANCER, STACKS

STACK: Final = STACKS / "Pulumi.microservices.yaml"
_DATABASE: Final = "DATABASE_URL"


class Cluster:
    """One pod of each service of a recorded stack, ready, from the begin of the block to its end.

    `settings` are added to the environment of all pods. A service that is told of no database gets a file that its pods
    share. `secrets` are the values by ARN.
    """

    def __init__(
        self,
        folder: Path,
        graph: Graph,
        *,
        settings: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        self._folder, self._graph = folder, graph
        self._settings, self._secrets = settings or {}, secrets or {}
        self.workloads = Workload.all_of(graph)
        # All of 127.0.0.0/8 is this machine's; another run at the same time takes other addresses of it.
        network = f"127.{random.randrange(64, 255)}.{random.randrange(256)}"
        self._addresses = (f"{network}.{number}" for number in itertools.count(1))
        self._nobody = next(self._addresses)
        self._names = folder / "names"
        self._named: list[Pod] = []
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as until_ready:
            until_ready.push(self._running)
            idle_timeout_seconds = plain(self._graph.one(LOAD_BALANCER).inputs["idleTimeout"])
            self.proxy = self._running.enter_context(
                Proxy(
                    self._folder / "proxy",
                    listener=Listener.of(self._graph),
                    idle_timeout_seconds=idle_timeout_seconds,
                )
            )
            self._write_names()
            self.pods = {name: self.start(name) for name in self.workloads}
            for pod in self.pods.values():
                self.admit(pod)
            until_ready.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    @property
    def url(self) -> str:
        """Of the load balancer."""
        return self.proxy.url

    def start(self, service: str) -> Pod:
        """A pod of its own, which gets no request yet."""
        address = next(self._addresses)
        return self._start(self.workloads[service], address, self._folder / f"{service}-{address}")

    def restart(self, pod: Pod) -> Pod:
        """The same pod, whose container has ended: it keeps its address and its volumes."""
        pod.process.kill()
        pod.process.wait()
        return self._start(pod.workload, pod.address, pod.folder)

    def replace(
        self, service: str, *, noticed_after_seconds: float, when_deregistered: Callable[[], None] = lambda: None
    ) -> Pod:
        """What a rolling update does: the new pod is ready before the old one is told to go; which is given back.

        Everybody is told at the same time, and nobody acts at once: Services and the load balancer have noticed after
        `noticed_after_seconds`.
        """
        old, self.pods[service] = self.pods[service], self.start(service)
        self.admit(self.pods[service])
        told, workload = time.monotonic(), old.workload

        def notice() -> None:
            self.withdraw(old)
            when_deregistered()

        plan = sched.scheduler(time.monotonic)
        plan.enterabs(told + noticed_after_seconds, 0, notice)
        delay_is_over = told + noticed_after_seconds + workload.deregistration_delay_seconds
        plan.enterabs(delay_is_over, 0, self.remove, (old,))
        with ThreadPoolExecutor(1) as kubelet:
            left = kubelet.submit(old.leave)
            plan.run()
            left.result()
        return old

    def admit(self, pod: Pod) -> None:
        """Once it is ready, the load balancer and the other pods send it requests."""
        pod.wait_until_ready()
        self.proxy.register(pod.workload.group, pod.workload.port, pod.address)
        self.name(pod)

    def withdraw(self, pod: Pod) -> None:
        """Nothing new goes to it."""
        self.unname(pod)
        self.deregister(pod)

    def name(self, pod: Pod) -> None:
        """New connections to its Service may lead to it."""
        self._named.append(pod)
        self._write_names()

    def unname(self, pod: Pod) -> None:
        """New connections lead to others; those that there are stay."""
        self._named = [other for other in self._named if other.address != pod.address]
        self._write_names()

    def deregister(self, pod: Pod) -> None:
        """The load balancer sends it nothing new."""
        self.proxy.deregister(pod.workload.group, pod.workload.port, pod.address)

    def remove(self, pod: Pod) -> None:
        """The load balancer breaks off what is under way there."""
        self.proxy.remove(pod.workload.group, pod.workload.port, pod.address)

    def _start(self, workload: Workload, address: str, folder: Path) -> Pod:
        told = {_DATABASE, f"{_DATABASE}_FILE"} & workload.environment.keys()
        database = sqlite(self._folder / f"{workload.name}.db").get_secret_value()
        return self._running.enter_context(
            Pod(
                workload,
                address,
                folder,
                names=self._names,
                settings={**({} if told else {_DATABASE: database}), **self._settings},
                secrets=self._secrets,
                withdraw=self.withdraw,
            )
        )

    def _write_names(self) -> None:
        """A Service without a pod that is ready has a name, and nobody listens at its address."""
        lines = []
        for workload in self.workloads.values():
            ready = [pod.address for pod in self._named if pod.workload is workload]
            lines += [f"{address} {workload.host}\n" for address in ready or [self._nobody]]
        written = self._names.with_suffix(".new")
        written.write_text("".join(lines))
        written.replace(self._names)
