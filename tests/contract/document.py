"""The page about the contract, made from its tests: ``python -m tests.contract.document`` prints it."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from types import ModuleType
from typing import Any, Final

from tests.contract.differences import DIFFERENCES
from tests.contract.topologies import NEEDS, TOPOLOGIES

ASPECTS: Final = (
    "routing",
    "bodies",
    "streaming",
    "problems",
    "idempotency",
    "pagination",
    "client_identity",
    "request_id",
    "documentation",
    "schemathesis",
    "bad_input",
    "shutdown",
)
"""The files of the suite, in the order of the page."""

_NAMES: Final = {word.lower(): word for word in ("HTTP", "JSON", "OpenAPI", "URL", "UUID")}
_OF_ITS_OWN: Final = "an app made for it, in process"

INTRODUCTION: Final = """# HTTP contract

What the shop answers is the same wherever it runs. Each row below is a test in `tests/contract`, and its last column
says where it runs: {shared} rows on each topology that can show what they promise, {alone} once, on an app that is
made for them. The known differences are at the end.

```console
$ pytest tests/contract                                       # in process, and as one process
$ pytest tests/contract -m real_tools                         # behind a proxy, and on Lambda's emulator
$ pytest tests/contract --base-url https://shop.example       # a shop that runs already
```

The last one writes products and orders into that shop's database. What needs `ECHO=true`, or processes to look into, is
not run there, and the end of the output says so. `--base-url-like microservices` names the topology whose known
differences it has.

One row fails? Its test has the sentence for a name: `pytest tests/contract -k dots_lead_nowhere`, with `-m real_tools`
for the proxy. The topologies add one thing each, in their order: the first that fails is where to look.
What `microservices` does while one of them is away or replaced is in `tests/pods`.
This page is made from the code (`make schema`).
"""


def page() -> str:
    """Markdown."""
    modules = [import_module(f"tests.contract.test_{name}") for name in ASPECTS]
    places = [_where(test) for module in modules for test in _tests(module)]
    alone = places.count(_OF_ITS_OWN)
    introduction = INTRODUCTION.format(shared=len(places) - alone, alone=alone)
    return "\n".join([introduction, _topologies(), *map(_aspect, modules), _differences()])


def _topologies() -> str:
    rows = [
        (f"`{each.name}`", each.what, "; ".join(f"{NEEDS[need]} ({why})" for need, why in each.lacks.items()))
        for each in TOPOLOGIES
    ]
    return _section("Topologies", ("topology", "what it is", "what it cannot show"), rows)


def _aspect(module: ModuleType) -> str:
    rows = [(_sentence(test.__name__), _details(test), _where(test)) for test in _tests(module)]
    return _section(_first_line(module), ("promise", "in detail", "shown on"), rows)


def _differences() -> str:
    rows = []
    # Rows that differ in what they look at alone are one line.
    for row, same in groupby(DIFFERENCES, key=lambda row: row._replace(what="")):
        what = ", ".join(each.what for each in same)
        where = ", ".join(f"`{name}`" for name in row.topologies)
        rows.append((_sentence(row.test), what, where, row.promised, row.instead, row.why))
    head = ("promise", "of it", "where", "promised", "instead", "why")
    return _section("Known differences", head, rows)


def _tests(module: ModuleType) -> Iterator[Callable[..., Any]]:
    for name, member in vars(module).items():
        if name.startswith("test_"):
            yield member


def _sentence(name: str) -> str:
    words = [_NAMES.get(word, word) for word in name.removeprefix("test_").split("_")]
    sentence = " ".join(words)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _details(test: Callable[..., Any]) -> str:
    return " ".join((inspect.getdoc(test) or "").split())


def _where(test: Callable[..., Any]) -> str:
    fixtures = set(inspect.signature(test).parameters)
    if fixtures.isdisjoint({"shop", "deployment", *NEEDS}):
        return _OF_ITS_OWN
    names = [topology.name for topology in TOPOLOGIES if topology.can(fixtures)]
    return "all" if len(names) == len(TOPOLOGIES) else ", ".join(f"`{name}`" for name in names)


def _first_line(module: ModuleType) -> str:
    return (inspect.getdoc(module) or "").partition("\n")[0]


def _section(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    table = "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)
    return f"## {title}\n\n{table}\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201  # this is its output
