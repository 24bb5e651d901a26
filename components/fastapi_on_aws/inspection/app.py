"""Import an app in a process of its own, and read its routes.

What a route does elsewhere than in its own function and what that depends on cannot be seen: `asyncio.create_task`, a
thread, a scheduler.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Optional

_CHILD: Final = Path(__file__).with_name("child.py")
_SECONDS: Final = 30
_NOT_PASSED_ON: Final = ("AWS_", "PULUMI_")
"""With the deployer's credentials an import could act on the cloud."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One route of an app."""

    path: str
    kind: str
    """`http` or `websocket`."""
    where: str
    """File and line of its function; a file of the app as it is below the root."""
    background_tasks: bool
    """Whether it leaves work for after the answer."""
    streams: bool
    """Whether its answer comes piece by piece."""


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was found, or why nothing could be."""

    routes: list[Route] = field(default_factory=list)
    answers_cors: bool = False
    """Whether the app answers cross-origin requests itself."""
    lacks: Optional[str] = None
    """The attribute that its module turned out not to have; None where it has it."""
    problem: Optional[str] = None
    """Why the app was not inspected; None where it was."""

    @property
    def websockets(self) -> list[Route]:
        """Routes that keep a connection."""
        return [route for route in self.routes if route.kind == "websocket"]

    @property
    def background_tasks(self) -> list[Route]:
        """Routes that leave work for after the answer."""
        return [route for route in self.routes if route.background_tasks]

    @property
    def streaming(self) -> list[Route]:
        """Routes whose answer comes piece by piece."""
        return [route for route in self.routes if route.streams]


def inspect_app(target: str, root: Path, environment: Optional[Mapping[str, str]] = None) -> Inspection:
    """The routes of the app at ``module:attribute``, imported from the folder ``root`` by this Python.

    What holds no app, as the handler of a Lambda function may, stands for the apps among the attributes of its module.

    The process gets ``environment`` beside this one's own, without credentials. Its start-up (lifespan) is not run.
    Nothing is raised: an app that cannot be imported is an `Inspection` with a `problem`.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "routes.json"
        problem = _run(
            [sys.executable, "-P", str(_CHILD), target, str(output)], root, _environment(root, environment or {})
        )
        if problem or not output.is_file():
            return Inspection(problem=problem or "it ended its process while it was imported")
        found = json.loads(output.read_text(encoding="utf-8"))
    routes = [Route(**{**row, "where": _below(root, row["where"])}) for row in found["routes"]]
    return Inspection(routes=routes, answers_cors=found["answers_cors"], lacks=found["lacks"])


def _run(command: list[str], root: Path, environment: Mapping[str, str]) -> Optional[str]:
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  # our own script, by our own Python
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        try:
            code = process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            return f"importing it took more than {_SECONDS} s"
        finally:
            with suppress(ProcessLookupError):  # and what it has started, which would go on
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if code == 0:
            return None
        said.seek(max(0, said.tell() - 4000))
        lines = said.read().decode(errors="replace").strip().splitlines()
    return f"importing it failed: {lines[-1][:300] if lines else f'exit code {code}'}"


def _environment(root: Path, more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)}
    path = os.pathsep.join(filter(None, [str(root), more.get("PYTHONPATH"), kept.get("PYTHONPATH")]))
    return {**kept, **more, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def _below(root: Path, where: str) -> str:
    file, _, line = where.rpartition(":")
    with suppress(ValueError):
        return f"{Path(file).resolve().relative_to(root.resolve())}:{line}"
    return where
