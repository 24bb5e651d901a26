"""Faults that a test asks for, and the reading of them in the provider's process."""

import json
import os
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What shall go wrong. Counting starts anew with each provider process, so with each command."""

    op: str = "create"
    """create, update, delete, read, check or invoke."""
    match: str = ""
    """Part of the URN, or of the function's token."""
    nth: int = 1
    """The first of the matching calls that is hit."""
    times: int | None = None
    """How many are hit; None: all that follow."""
    message: str | None = None
    """The provider's error; None: no error."""
    partial: bool = False
    """The resource was made and is kept, though its creation failed; with ``exit``, nobody was told of it."""
    delay: float = 0
    """Seconds until the call is answered."""
    exit: bool = False
    """The provider's process dies."""
    rolled_back: bool = False
    """For ``invoke`` of ``ecs/getService``: the service runs the task definition of the revision before, as after
    a roll back by ECS's deployment circuit breaker, which reports success."""


class Faults:
    """The faults of one provider process."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._faults = tuple(faults)
        self._seen = [0] * len(self._faults)
        self._lock = threading.Lock()

    @classmethod
    def from_environment(cls) -> "Faults":
        path = Path(os.environ.get("STANDIN_FAULTS") or os.devnull)
        text = path.read_text() if path.exists() else ""
        return cls(Fault(**row) for row in json.loads(text or "[]"))

    def hit(self, op: str, subject: str) -> Fault | None:
        """The fault that strikes this call."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                if fault.op != op or fault.match not in subject:
                    continue
                self._seen[index] += 1
                after = self._seen[index] - fault.nth
                if after >= 0 and (fault.times is None or after < fault.times):
                    return fault
        return None


def write(path: Path, faults: Iterable[Fault]) -> None:
    """Leave faults for the providers that start from now on."""
    path.write_text(json.dumps([asdict(fault) for fault in faults]))
