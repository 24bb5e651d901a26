"""A pod of a recorded Deployment, as a process of this machine.

Its command and its environment are the Deployment's. What has to differ here, `Pod.on_this_machine` translates: a pod
has an address, files and a network of its own. What is added: where the cluster's names are, and the database that the
stack does not have yet.
"""

import signal
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from tests.pods.workload import Workload
from tests.proxy import OWN_ADDRESS
from tests.support.dockerfile import image_environment
from tests.support.process import Process, answers

_ALL_ADDRESSES: Final = "0.0.0.0"
_TEMPORARY: Final = "/tmp"  # where a pod has a volume
_RESOLVER: Final = Path(__file__).with_name("resolver")


class Pod(Process):
    """One container at an address of its own; its volumes are in `folder`, and last as long as that."""

    def __init__(
        self,
        workload: Workload,
        address: str,
        folder: Path,
        *,
        names: Path,
        settings: Mapping[str, str],
        secrets: Mapping[str, str],
        withdraw: Callable[["Pod"], None],
    ) -> None:
        self.workload, self.address, self.folder = workload, address, folder
        self.url = f"http://{address}:{workload.port}"
        self._withdraw = withdraw
        self.killed = False
        """Whether it was still there when its grace was over."""
        self.stopped_in_seconds: float | None = None
        """After SIGTERM."""
        for path in workload.mounts:
            self._local(path).mkdir(parents=True, exist_ok=True)
        for path, arn in workload.secrets.items():
            self._local(path).write_text(secrets[arn])
        image = image_environment()
        told = {**image, **workload.environment}
        environment = {
            **{name: self.on_this_machine(value) for name, value in told.items()},
            "PATH": image["PATH"],  # is of this machine already
            "TMPDIR": str(self._local(_TEMPORARY)),
            "PYTHONPATH": str(_RESOLVER),
            "CLUSTER_NAMES": str(names),
            **settings,
        }
        super().__init__(folder, [self.on_this_machine(word) for word in workload.command], environment)

    def on_this_machine(self, value: str) -> str:
        """What a value of the Deployment is here: each is as it was, but an address, a network and paths of volumes."""
        if value == self.workload.network:
            return OWN_ADDRESS  # Of the network's addresses, the load balancer's alone is here.
        if any(value.startswith(f"{path}/") for path in self.workload.mounts):
            return str(self._local(value))
        return value.replace(_ALL_ADDRESSES, self.address)

    def wait_until_ready(self) -> None:
        """As the Deployment's probes find out."""
        for path in (self.workload.live_path, self.workload.ready_path):
            self.wait_for_start(partial(answers, self.url + path))

    def retire(self) -> None:
        """No new requests, then SIGTERM."""
        self._withdraw(self)
        self.process.send_signal(signal.SIGTERM)

    def leave(self) -> None:
        """What is done to a pod that is to go: the wait before SIGTERM and all after it are within its grace."""
        time.sleep(self.workload.pre_stop_seconds)
        began = time.monotonic()
        self.killed = not self.terminate(self.workload.grace_seconds - self.workload.pre_stop_seconds)
        self.stopped_in_seconds = time.monotonic() - began

    def _local(self, path: str) -> Path:
        return self.folder / "volumes" / path.removeprefix("/")
