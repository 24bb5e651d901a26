"""HAProxy that stands for an Application Load Balancer, with target groups that change while it runs."""

import os
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.proxy.listener import ONE_GROUP, TARGETS, Listener
from tests.proxy.program import ProxyError, ensure_haproxy

CONFIGURATION: Final = Path(__file__).with_name("alb.cfg")
LOOPBACK: Final = "127.0.0.1"
OWN_ADDRESS: Final = "127.0.0.2"
"""Where it speaks from to its targets, whose other clients on this machine are 127.0.0.1."""
_PATIENCE_SECONDS: Final = 10
_LAST_LINES: Final = 15


class Proxy:
    """A load balancer on 127.0.0.1, from its making until `close`, whose target groups are empty at first."""

    def __init__(
        self, folder: Path, *, listener: Listener = ONE_GROUP, idle_timeout_seconds: int = 60, port: int = 0
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.joinpath("listener.cfg").write_text(listener.configuration())
        self.log = folder / "haproxy.log"
        """What failed, a line each."""
        self._slots: dict[tuple[str, str, int], str] = {}
        # HAProxy takes these over, so that nobody else can get the port in between.
        with socket.create_server(("127.0.0.1", port), backlog=1024) as listening, _local_server() as admin:
            self._process = self._start(folder, listening, admin, idle_timeout_seconds)
            self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            self._admin_address = admin.getsockname()
        try:
            self._ask("show version")
        except ProxyError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def register(self, group: str, port: int, address: str = LOOPBACK) -> None:
        """Send requests of the group to this target, too."""
        slot = self._slots.get((group, address, port)) or self._free_slot(group)
        self._tell(f"set server {slot} addr {address} port {port}", answer_ends="by 'stats socket command'")
        self._tell(f"set server {slot} state ready")
        self._slots[group, address, port] = slot

    def deregister(self, group: str, port: int, address: str = LOOPBACK) -> None:
        """Send nothing new there; what is under way goes on. The deregistration delay begins."""
        self._tell(f"set server {self._slots[group, address, port]} state drain")

    def remove(self, group: str, port: int, address: str = LOOPBACK) -> None:
        """Break off what is under way there: the deregistration delay is over."""
        slot = self._slots.pop((group, address, port))
        self._tell(f"set server {slot} state maint")
        self._tell(f"shutdown sessions server {slot}")

    def close(self) -> None:
        """Stop, with whatever is under way."""
        self._process.kill()
        self._process.wait(_PATIENCE_SECONDS)

    def _start(
        self, folder: Path, listening: socket.socket, admin: socket.socket, idle_timeout_seconds: int
    ) -> subprocess.Popen[bytes]:
        descriptors = {"LISTENER_FD": listening.fileno(), "ADMIN_FD": admin.fileno()}
        times = {
            "IDLE_TIMEOUT_SECONDS": idle_timeout_seconds,
            "IDLE_TIMEOUT_THIRD_MS": idle_timeout_seconds * 1000 // 3,
        }
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [ensure_haproxy(), "-db", "-f", CONFIGURATION, "-f", "listener.cfg"],
                cwd=folder,
                env={
                    **os.environ,
                    "OWN_ADDRESS": OWN_ADDRESS,
                    **{name: str(number) for name, number in (descriptors | times).items()},
                },
                pass_fds=tuple(descriptors.values()),
                stdout=log,
                stderr=log,
            )

    def _free_slot(self, group: str) -> str:
        taken = self._slots.values()
        for number in TARGETS:
            slot = f"{group}/target{number}"
            if slot not in taken:
                return slot
        raise ProxyError(f"the target group {group} has no more than {len(TARGETS)} targets; remove one")

    def _tell(self, command: str, answer_ends: str = "") -> None:
        answer = self._ask(command)
        if not answer.endswith(answer_ends) or (answer and not answer_ends):
            raise ProxyError(f"HAProxy was told `{command}` and said: {answer}")

    def _ask(self, command: str) -> str:
        """The answer of HAProxy's runtime API."""
        try:
            with socket.create_connection(self._admin_address, timeout=_PATIENCE_SECONDS) as admin:
                admin.sendall(f"{command}\n".encode())
                return admin.makefile().read().strip()
        except OSError as error:
            last = "\n".join(self.log.read_text().splitlines()[-_LAST_LINES:])
            raise ProxyError(f"HAProxy was told `{command}` and did not answer ({error}):\n{last}") from error


def _local_server() -> socket.socket:
    try:
        return socket.create_server((OWN_ADDRESS, 0))
    except OSError as error:
        raise ProxyError(
            f"the proxy speaks from {OWN_ADDRESS}, which is not there ({error});"
            f" on macOS, `sudo ifconfig lo0 alias {OWN_ADDRESS}` adds it"
        ) from error
