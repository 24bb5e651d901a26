"""The dev stack's program and its hand-written counterpart, recorded alike; for ``dev_stack``.

``python -m benchmarks.record_dev_stack ours 5`` records once, with the imports that this takes, and then five times
more, and prints the CPU seconds of those five. ``... compare`` prints how the two programs differ.
"""

import contextlib
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, Final

import yaml

from benchmarks.processes import ROOT
from fastapi_on_aws.recording import STACK_TYPE, Answers, Graph, Mode, Resource, record

STACKS: Final = ROOT / "stacks"
PROGRAMS: Final = {"ours": STACKS / "__main__.py", "handwritten": Path(__file__).with_name("handwritten_dev.py")}

Key = tuple[str, str]
"""Type and logical name."""


def recorder(which: str) -> Callable[[Answers | None], Graph]:
    """A function that records one of the two programs in update mode, so that every ``apply`` runs."""
    code: CodeType = compile(PROGRAMS[which].read_text("utf-8"), PROGRAMS[which], "exec")
    config = yaml.safe_load((STACKS / "Pulumi.dev.yaml").read_text("utf-8"))["config"]
    sys.path.insert(0, str(STACKS))
    os.chdir(STACKS)

    def program() -> None:
        exec(code, {"__name__": "__main__"})

    def recorded(answers: Answers | None) -> Graph:
        return record(
            program,
            project="fastapi-on-aws",
            config=config,
            mode=Mode.UPDATE,
            answers=answers,
            root_directory=ROOT,
        )

    return recorded


def differences() -> tuple[int, list[str]]:
    """How many resources our program has (without the provider), and each way in which the other one differs.

    Invented ids depend on parents, so the cloud tells the hand-written program what it told ours.
    """
    ours = recorder("ours")(None)
    seen = _custom(ours)
    answers = Answers(outputs={type_: lambda r, _: _told(seen, r) for type_, _ in seen})
    other = recorder("handwritten")(answers)
    theirs = _custom(other)
    found = [f"{key} is only ours" for key in seen.keys() - theirs.keys()]
    found += [f"{key} is only hand-written" for key in theirs.keys() - seen.keys()]
    for key in seen.keys() & theirs.keys():
        mine, written = _compared(seen[key]), _compared(theirs[key])
        unequal = [word for word in sorted(mine.keys() | written.keys()) if mine.get(word) != written.get(word)]
        found += [
            f"{key} {word}{line}" for word in unequal for line in _where_unequal(mine.get(word), written.get(word))
        ]
    if ours.outputs != other.outputs:
        found.append(f"the exports are {ours.outputs} / {other.outputs}")
    return sum(not type_.startswith("pulumi:providers:") for type_, _ in seen), sorted(found)


def _custom(graph: Graph) -> dict[Key, Resource]:
    found = [resource for resource in graph if resource.custom and resource.type != STACK_TYPE]
    keyed = {(resource.type, resource.name): resource for resource in found}
    if len(keyed) != len(found):
        raise ValueError("two resources of one type have one name, so they cannot be told apart")
    return keyed


def _told(seen: dict[Key, Resource], resource: Resource) -> dict[str, Any] | None:
    twin = seen.get((resource.type, resource.name))
    return None if twin is None else {**twin.outputs, "id": twin.id}


def _compared(resource: Resource) -> dict[str, object]:
    options = resource.options
    return {
        **_without_nulls(dict(resource.inputs)),
        "(provider)": resource.provider,
        "(protect)": options.protect,
        "(ignore_changes)": options.ignore_changes,
        "(replace_on_changes)": options.replace_on_changes,
    }


def _where_unequal(mine: Any, written: Any) -> list[str]:
    """The parts that differ, also within JSON texts."""
    left, right = dict(_leaves(mine)), dict(_leaves(written))
    paths = [path for path in sorted(left.keys() | right.keys()) if left.get(path) != right.get(path)]
    return [f"{path}: {left.get(path)!r} / {right.get(path)!r}" for path in paths] or [": the order of the JSON text"]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, str) and value.startswith(("{", "[")):
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}")
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def _without_nulls(value: Any) -> Any:
    """Null and left out are the same to the engine."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def main(which: str, more: int) -> None:
    """Record once, with the imports that this takes, and then ``more`` times."""
    recorded = recorder(which)
    recorded(None)
    seconds = []
    for _ in range(more):
        gc.collect()
        start = time.process_time()
        recorded(None)
        seconds.append(time.process_time() - start)
    print(json.dumps(seconds))


if __name__ == "__main__":
    if sys.argv[1] == "compare":
        print(json.dumps(differences()))
    else:
        main(sys.argv[1], int(sys.argv[2]))
