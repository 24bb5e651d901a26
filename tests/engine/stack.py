"""One stack of a project, and what its commands tell."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from typing import Any

from tests.engine.command import SECONDS, EngineError, Finished, Interruption
from tests.engine.project import Project
from tests.engine.registered import Registered, marked, registered

Run = Callable[..., Finished]
"""``run(*arguments, folder=..., seconds=...)``: the CLI with the rig's environment."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a command did."""

    changes: Mapping[str, int]
    """The engine's summary: ``{"create": 3, "same": 1}``."""
    steps: Sequence[tuple[str, str]]
    """(operation, resource name) as the engine began them."""
    diagnostics: Sequence[tuple[str, str]]
    """(severity, message), the program's warnings among them."""
    events: Sequence[Mapping[str, Any]] = field(repr=False)
    """The engine's whole event log."""
    text: str = field(repr=False)
    registered: Mapping[str, Registered] = field(repr=False)
    """By URN: what the program registered (a preview), or what the state holds (everything else)."""


class Stack:
    """Made by ``Rig.stack``."""

    def __init__(self, project: Project, name: str, backend: Path, events: Path, run: Run) -> None:
        self.project = project
        self.name = name
        self._backend = backend
        self._events = events
        self._run = run

    @property
    def config_file(self) -> Path:
        return self.project.stack_file(self.name)

    def set_config(self, values: Mapping[str, Any]) -> None:
        """Change the stack's config; None removes a key."""
        self.project.set_config(self.name, values)

    def set_secret(self, key: str, value: str) -> None:
        """Store an encrypted config value."""
        self.command("config", "set", "--secret", key, value)

    def preview(self, *options: str, seconds: float = SECONDS) -> Result:
        """``pulumi preview``; raises ``EngineError`` where it fails."""
        finished = self._operate("preview", "--json", "--show-sames", *options, seconds=seconds)
        steps = json.loads(finished.stdout).get("steps") or []
        rows = [step["newState"] for step in steps if step.get("newState")]
        return self._result(finished, {row["urn"]: registered(row) for row in rows})

    def up(self, *options: str, seconds: float = SECONDS) -> Result:
        """``pulumi up --yes``, without a preview first."""
        return self._change("up", "--skip-preview", *options, seconds=seconds)

    def refresh(self, *options: str, seconds: float = SECONDS) -> Result:
        """``pulumi refresh --yes``."""
        return self._change("refresh", "--skip-preview", *options, seconds=seconds)

    def destroy(self, *options: str, seconds: float = SECONDS) -> Result:
        """``pulumi destroy --yes``."""
        return self._change("destroy", "--skip-preview", *options, seconds=seconds)

    def interrupted_up(self, signal: Signals, due: Callable[[], bool]) -> Finished:
        """``pulumi up``, to which a signal is sent once it is due."""
        options = ("--skip-preview", "--yes", "--color", "never", "--stack", self.name)
        return self._run("up", *options, folder=self.project.folder, interruption=Interruption(signal, due))

    def command(self, *arguments: str, seconds: float = SECONDS) -> str:
        """Any other command on this stack; returns what it printed."""
        finished = self._run(*arguments, "--stack", self.name, folder=self.project.folder, seconds=seconds)
        if finished.code:
            raise EngineError(finished.text)
        return finished.stdout

    def state_file(self) -> Path:
        return self._backend / ".pulumi" / "stacks" / self.project.name / f"{self.name}.json"

    def state(self) -> dict[str, Any]:
        """The checkpoint as it lies in the backend, secrets encrypted."""
        state: dict[str, Any] = json.loads(self.state_file().read_text())
        return state

    def pending(self) -> list[str]:
        """URNs of the resources that an operation was begun for, and not ended as far as the state knows."""
        rows = (self.state()["checkpoint"].get("latest") or {}).get("pending_operations") or []
        return [row["resource"]["urn"] for row in rows]

    def registered(self) -> dict[str, Registered]:
        """The resources in the state by URN, providers included."""
        rows = (self.state()["checkpoint"].get("latest") or {}).get("resources") or []
        return {row["urn"]: registered(row) for row in rows if not row.get("delete")}

    def outputs(self) -> dict[str, Any]:
        """The stack's exports as the state holds them; a secret reads ``{"$secret": true}``."""
        for resource in self.registered().values():
            if resource.type == "pulumi:pulumi:Stack":
                return {key: marked(value) for key, value in resource.outputs.items()}
        return {}

    def _change(self, verb: str, *options: str, seconds: float) -> Result:
        finished = self._operate(verb, "--yes", *options, seconds=seconds)
        return self._result(finished, self.registered())

    def _operate(self, verb: str, *options: str, seconds: float) -> Finished:
        self._events.unlink(missing_ok=True)
        more = ("--event-log", str(self._events), "--color", "never", "--stack", self.name)
        finished = self._run(verb, *options, *more, folder=self.project.folder, seconds=seconds)
        if finished.code:
            told = "\n".join(f"{severity}: {message}" for severity, message in _diagnostics(self._read_events()))
            said = finished.stderr if "--json" in options else finished.text
            raise EngineError(f"{said}\n{told}")
        return finished

    def _read_events(self) -> list[dict[str, Any]]:
        text = self._events.read_text() if self._events.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def _result(self, finished: Finished, resources: Mapping[str, Registered]) -> Result:
        events = self._read_events()
        summaries = [event["summaryEvent"]["resourceChanges"] for event in events if "summaryEvent" in event]
        begun = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
        return Result(
            changes=summaries[-1] if summaries else {},
            steps=[(step["op"], step["urn"].split("::", 3)[3]) for step in begun],
            diagnostics=_diagnostics(events),
            events=events,
            text=finished.text,
            registered=resources,
        )


def _diagnostics(events: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    rows = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
    shown = [row for row in rows if not row.get("ephemeral") and row["severity"] != "debug"]
    return [(row["severity"], row["message"].strip()) for row in shown]
