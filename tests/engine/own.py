"""Our own project on the rig, and what the provider did for it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.engine.command import EngineError
from tests.engine.rig import Rig
from tests.engine.stack import Result
from tests.engine.standin.cloud import Existing
from tests.engine.toolchain import ROOT
from tests.support.recorded import SERVICE


class Op(NamedTuple):
    verb: str
    type: str
    name: str


class Own:
    """One of our stacks, and what the provider did for it."""

    def __init__(self, rig: Rig, name: str) -> None:
        self.rig = rig
        self.stack = rig.stack(ROOT, name, include=["sample_app", "requirements"])
        self._seen = 0

    def done(self) -> list[Op]:
        """What was created, updated and deleted since the last time, in order."""
        rows = self.rig.log()
        fresh, self._seen = rows[self._seen :], len(rows)
        changes = [row for row in fresh if row["op"] in ("create", "update", "delete") and not row.get("preview")]
        return [Op(row["op"], *_type_and_name(row["urn"])) for row in changes if "fault" not in row]

    def up(self, *options: str, **config: Any) -> tuple[Result, list[Op]]:
        """Set keys of ours and update."""
        self.stack.set_config({f"fastapi-on-aws:{key}": value for key, value in config.items()})
        self.done()
        return self.stack.up(*options), self.done()

    def exists(self, type_: str, name: str) -> Existing:
        """What the cloud has of the one resource of this type and logical name."""
        (found,) = [one for one in self.rig.cloud.all(type_) if one.urn.endswith(f"::{name}")]
        return found

    def unaccounted(self) -> set[str]:
        """What exists without being in the state, or is in the state without existing."""
        mine = [row for row in self.stack.registered().values() if row.custom and ":providers:" not in row.urn]
        known = {(row.urn, row.id, row.outputs.get("arn")) for row in mine}
        there = {(one.urn, one.id, one.state.get("arn")) for one in self.rig.cloud.all()}
        return {f"{_type_and_name(urn)} {id}" for urn, id, _ in known ^ there}

    def lose(self, type_: str, name: str) -> None:
        """Somebody else deletes a resource."""
        self.rig.cloud.remove(self.exists(type_, name))

    def drift(self, **values: Any) -> None:
        """Somebody else changes the ECS service."""
        (service,) = self.rig.cloud.all(SERVICE)
        service.inputs.update(values)
        service.state.update(values)
        self.rig.cloud.put(service)


def _type_and_name(urn: str) -> tuple[str, str]:
    _, _, types, name = urn.split("::", 3)
    return types.rpartition("$")[2], name


def refused(command: Callable[[], object]) -> str:
    with pytest.raises(EngineError) as caught:
        command()
    return str(caught.value)
