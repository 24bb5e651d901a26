"""Modules beside a program: fresh for each run, gone afterwards."""

import sys
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import cast

from pulumi.runtime import rpc

_KEPT = (__name__.partition(".")[0], "pulumi", "__main__", "__init__")


@contextmanager
def fresh_modules(folder: Path) -> Iterator[None]:
    """Let a program import the modules of its own folder anew, also those named like what is loaded already.

    Two projects may both have a ``settings.py``. Modules from elsewhere stay loaded: importing a provider's SDK takes
    longer than most programs run.
    """
    names = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    names -= set(_KEPT)
    shadowed = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in names}
    for name in shadowed:
        del sys.modules[name]
    before = set(sys.modules)
    try:
        yield
    finally:
        added = {name for name in sys.modules if name not in before and _is_within(sys.modules[name], folder)}
        for name in added:
            del sys.modules[name]
        sys.modules.update(shadowed)
        _forget_registrations(added)


def _forget_registrations(modules: Set[str]) -> None:
    """Let an SDK beside the program (from ``pulumi package add``) register itself again in the next run."""
    for registry in (rpc._RESOURCE_MODULES, rpc._RESOURCE_PACKAGES):
        for registered in cast("dict[str, list[object]]", registry).values():
            registered[:] = [entry for entry in registered if type(entry).__module__ not in modules]


def _is_within(module: ModuleType, folder: Path) -> bool:
    spec = getattr(module, "__spec__", None)
    places = [spec.origin] if spec and spec.has_location else list(getattr(module, "__path__", []))
    for place in filter(None, places):
        path = Path(place)
        if path.is_relative_to(folder) and "site-packages" not in path.relative_to(folder).parts:
            return True
    return False
