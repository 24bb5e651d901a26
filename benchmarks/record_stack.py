"""A stack's program and its hand-written counterpart, recorded alike; for ``by_hand`` and ``config_size``.

``python -m benchmarks.record_stack dev ours`` records once, with the imports that this takes, and prints the peak of
its memory in MiB. ``... dev 5`` records both once, and then five times more in turns, and prints the CPU seconds of
those five pairs. ``... dev compare`` prints how the two programs differ.
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

from benchmarks.processes import ROOT, peak_mib
from fastapi_on_aws.recording import STACK_TYPE, Answers, Graph, Mode, Resource, record

STACKS: Final = ROOT / "stacks"
FILES: Final = {
    "dev": STACKS / "Pulumi.dev.yaml",
    "microservices": Path(__file__).with_name("Pulumi.ten-services.yaml"),
}

Key = tuple[str, str]
"""Type and logical name."""


def by_hand(stack: str) -> Path:
    """The program that makes the same resources without the components."""
    return Path(__file__).with_name(f"handwritten_{stack}.py")


def recorder(stack: str, which: str) -> Callable[[Answers | None], Graph]:
    """A function that records ``ours`` or ``handwritten`` in update mode, so that every ``apply`` runs."""
    path = STACKS / "__main__.py" if which == "ours" else by_hand(stack)
    code: CodeType = compile(path.read_text("utf-8"), path, "exec")
    config = yaml.safe_load(FILES[stack].read_text("utf-8"))["config"]
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


def differences(stack: str) -> tuple[int, list[str]]:
    """How many resources our program has (without the provider), and each way in which the other one differs.

    Invented ids depend on parents, so the cloud tells the hand-written program what it told ours.
    """
    ours = recorder(stack, "ours")(None)
    seen = _custom(ours)
    answers = Answers(outputs={type_: lambda r, _: _told(seen, r) for type_, _ in seen})
    other = recorder(stack, "handwritten")(answers)
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
        "(provider)": _without_parents(resource.provider),
        "(protect)": options.protect,
        "(ignore_changes)": options.ignore_changes,
        "(replace_on_changes)": options.replace_on_changes,
        "(replacement_trigger)": options.replacement_trigger,
        "(custom_timeouts)": dict(options.custom_timeouts),
    }


def _without_parents(urn: str | None) -> str | None:
    """A provider that a component has made is the same to what it provides for."""
    if urn is None:
        return None
    before, _, name = urn.rpartition("::")
    return f"{before.replace('::', '$').rpartition('$')[2]}::{name}"


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


def in_turns(stack: str, pairs: int) -> list[list[float]]:
    """CPU seconds of ours and of the hand-written program, once both have everything imported."""
    recorders = [recorder(stack, which) for which in ("ours", "handwritten")]
    for recorded in recorders:
        recorded(None)
    taken = []
    for turn in range(pairs):
        first = turn % 2
        seconds = {index: _seconds(recorders[index]) for index in (first, 1 - first)}
        taken.append([seconds[0], seconds[1]])
    return taken


def _seconds(recorded: Callable[[Answers | None], Graph]) -> float:
    gc.collect()
    start = time.process_time()
    recorded(None)
    return time.process_time() - start


def main(stack: str, what: str) -> object:
    """What is to be printed as JSON."""
    if what == "compare":
        return differences(stack)
    if what in ("ours", "handwritten"):
        recorder(stack, what)(None)
        return peak_mib()
    return in_turns(stack, int(what))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2])))
