"""What "exists in the cloud": one JSON file a resource. Editing a file is drift, deleting it removes the resource."""

import fcntl
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Existing:
    type: str
    id: str
    urn: str
    inputs: dict[str, Any]
    state: dict[str, Any]

    @property
    def key(self) -> str:
        # Revisions of a task definition share the id (the family): only their ARNs differ.
        unique = self.state.get("arn", self.id) if self.type == "aws:ecs/taskDefinition:TaskDefinition" else self.id
        return hashlib.sha256(f"{self.type}|{unique}".encode()).hexdigest()[:20]

    def mentions(self, words: set[str]) -> bool:
        """Whether an input holds one of these values."""
        return _holds(self.inputs, words)


class Cloud:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def all(self, type_: str | None = None) -> Iterator[Existing]:
        for path in sorted(self.folder.glob("*.json")):
            try:
                existing = Existing(**json.loads(path.read_text()))
            except FileNotFoundError:  # deleted by another call meanwhile
                continue
            if type_ in (None, existing.type):
                yield existing

    def put(self, existing: Existing) -> None:
        path = self.folder / f"{existing.key}.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(existing), indent=1))
        fresh.replace(path)

    def get(self, like: Existing) -> Existing | None:
        path = self.folder / f"{like.key}.json"
        return Existing(**json.loads(path.read_text())) if path.exists() else None

    def remove(self, existing: Existing) -> None:
        (self.folder / f"{existing.key}.json").unlink(missing_ok=True)

    def next_number(self, what: str) -> int:
        """1, 2, 3 ...: revisions, which AWS never gives twice."""
        path = self.folder / f"{hashlib.sha256(what.encode()).hexdigest()[:20]}.count"
        with path.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            number = int(file.read() or 0) + 1
            file.seek(0)
            file.truncate()
            file.write(str(number))
        return number


def _holds(value: Any, words: set[str]) -> bool:
    if isinstance(value, dict):
        return any(_holds(item, words) for item in value.values())
    if isinstance(value, list):
        return any(_holds(item, words) for item in value)
    return isinstance(value, str) and value in words
