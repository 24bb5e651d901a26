"""What ECS does with the tasks of a service, done to processes of the app on this machine."""

import itertools
import json
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from fastapi_on_aws.recording import plain
from tests.proxy import DEFAULT_GROUP, Proxy
from tests.support.dockerfile import final_stage, image_environment
from tests.support.process import Process, answers, free_port
from tests.support.recorded import (
    IMAGE_URI,
    LOAD_BALANCER,
    STACKS,
    TARGET_GROUP,
    container,
    environment,
    stack_graph,
)

TASKS: Final = 2
IMAGES_OWN_COMMAND: Final = {"image": {"uri": IMAGE_URI, "architecture": "arm64"}}
"""An app for which the dev stack writes no command."""
STACKS_COMMAND: Final[Mapping[str, Any]] = {}
"""The dev stack as it is: the sample app, by uvicorn."""


@dataclass(frozen=True)
class Revision:
    """A task definition and what surrounds it, read from the recorded dev stack."""

    command: list[str]
    environment: dict[str, str]
    port: int
    ready_path: str
    deregistration_delay_seconds: int
    stop_timeout_seconds: int
    idle_timeout_seconds: int

    @classmethod
    def of(cls, app: Mapping[str, Any]) -> Self:
        """Of the dev stack, with these words under `app`, and a port that is free here."""
        port = free_port()
        graph = stack_graph(STACKS / "Pulumi.dev.yaml", app={**app, "port": port})
        definition, group = container(graph), plain(graph.one(TARGET_GROUP).inputs)
        return cls(
            command=definition.get("command") or json.loads(final_stage()["CMD"]),
            environment=image_environment() | environment(definition),
            port=port,
            ready_path=group["healthCheck"]["path"],
            deregistration_delay_seconds=group["deregistrationDelay"],
            stop_timeout_seconds=definition["stopTimeout"],
            idle_timeout_seconds=plain(graph.one(LOAD_BALANCER).inputs["idleTimeout"]),
        )


class Task(Process):
    """A process of a revision, with a /tmp of its own."""

    def __init__(self, revision: Revision, folder: Path) -> None:
        super().__init__(folder, revision.command, {**revision.environment, "TMPDIR": str(folder)})
        self.revision = revision
        self.stopped_in_seconds: float | None = None
        self.killed = False
        """Whether it was still there at the stop time-out."""

    def wait_until_ready(self) -> None:
        url = f"http://127.0.0.1:{self.revision.port}{self.revision.ready_path}"
        self.wait_for_start(lambda: answers(url))

    def stop(self) -> None:
        """SIGTERM, and SIGKILL to what is still there at the stop time-out."""
        began = time.monotonic()
        self.killed = not self.terminate(self.revision.stop_timeout_seconds)
        self.stopped_in_seconds = time.monotonic() - began


class Service:
    """Two tasks of the app in a target group; they go at the end of the block."""

    def __init__(self, proxy: Proxy, folder: Path, app: Mapping[str, Any]) -> None:
        self._proxy, self._folder, self._app = proxy, folder, app
        self._running = ExitStack()
        self._names = (f"task-{number}" for number in itertools.count())
        self.tasks: list[Task] = []
        self.left: list[Task] = []
        """The tasks that have been replaced."""

    def __enter__(self) -> Self:
        with ExitStack() as until_ready:
            until_ready.push(self._running)
            self.tasks = self._start(self._app)
            until_ready.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    def deploy(self, app: Mapping[str, Any], *, when_deregistered: Callable[[], None] = lambda: None) -> None:
        """Start as many new tasks, then let the old ones go: no fewer than asked for, and twice as many at most."""
        old, self.tasks = self.tasks, self._start(app)
        for task in old:
            self._proxy.deregister(DEFAULT_GROUP, task.revision.port)
        when_deregistered()
        time.sleep(old[0].revision.deregistration_delay_seconds)
        for task in old:
            self._proxy.remove(DEFAULT_GROUP, task.revision.port)
            task.stop()
        self.left += old

    def _start(self, app: Mapping[str, Any]) -> list[Task]:
        new = [
            self._running.enter_context(Task(Revision.of(app), self._folder / next(self._names))) for _ in range(TASKS)
        ]
        for task in new:
            task.wait_until_ready()
        for task in new:
            self._proxy.register(DEFAULT_GROUP, task.revision.port)
        return new
