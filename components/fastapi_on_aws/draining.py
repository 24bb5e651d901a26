"""How a task leaves without failing a request: every time-out from one number.

A task that is replaced is taken out of the target group first. The load balancer keeps sending it nothing new but
lets open requests finish for the deregistration delay. Then the container gets SIGTERM: the server refuses new
connections, finishes what it has, and exits before ECS kills it at the stop time-out. Idle connections must be
closed by the load balancer, never by the server, or a request on its way meets a closed socket (a 502): so the
server's keep-alive is longer than the load balancer's idle time-out.
"""

from dataclasses import dataclass
from typing import Final

LONGEST_DRAIN_SECONDS: Final = 105
"""Fargate kills a container 120 s after SIGTERM at the latest (``stopTimeout``)."""

_SHORTEST_IDLE_TIMEOUT_SECONDS: Final = 60
"""What an Application Load Balancer has by default."""

_DEREGISTRATION_SECONDS: Final = 15
"""Until a controller has seen that a pod goes, and no part of the load balancer sends it anything new."""


@dataclass(frozen=True)
class Draining:
    """The time-outs of one service, in seconds."""

    drain_seconds: int
    """How long the longest request may take while its task is being replaced."""

    @property
    def deregistration_delay_seconds(self) -> int:
        """Of the target group."""
        return self.drain_seconds

    @property
    def graceful_shutdown_seconds(self) -> int:
        """How long the server waits for open requests after SIGTERM."""
        return self.drain_seconds + 5

    @property
    def stop_timeout_seconds(self) -> int:
        """When ECS sends SIGKILL after SIGTERM."""
        return self.drain_seconds + 15

    @property
    def pre_stop_seconds(self) -> int:
        """How long a pod goes on before SIGTERM: Kubernetes tells it and the load balancer at the same time."""
        return _DEREGISTRATION_SECONDS

    @property
    def termination_grace_seconds(self) -> int:
        """When Kubernetes sends SIGKILL after it has begun to take a pod away."""
        return self.pre_stop_seconds + self.stop_timeout_seconds

    @property
    def idle_timeout_seconds(self) -> int:
        """Of the load balancer: a request that is slow to answer is silent for that long."""
        return max(_SHORTEST_IDLE_TIMEOUT_SECONDS, self.drain_seconds)

    @property
    def keep_alive_seconds(self) -> int:
        """Of the server, for idle connections."""
        return self.idle_timeout_seconds + 15

    @property
    def environment(self) -> dict[str, str]:
        """What tells the server: uvicorn's command line reads its options here, whoever wrote the command."""
        return {
            "UVICORN_TIMEOUT_KEEP_ALIVE": str(self.keep_alive_seconds),
            "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": str(self.graceful_shutdown_seconds),
        }
