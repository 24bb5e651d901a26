"""Run by another Python, beside the app: ``child.py module:attribute OUTPUT``. Needs nothing but what the app has.

It imports the app and writes what its routes are, as JSON. It starts no server and no lifespan.
"""

import ast
import importlib
import inspect
import json
import operator
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_TASKS = {"BackgroundTask", "BackgroundTasks"}
_STREAMS = {"StreamingResponse", "EventSourceResponse"}
_DEEPEST = 20


def main(target: str, output: str) -> None:
    module_name, attribute = target.split(":")
    module = importlib.import_module(module_name)
    named, lacks = None, None
    try:
        named = operator.attrgetter(attribute)(module)
    except AttributeError as error:
        lacks = error.name
    # A handler of Lambda, say, gives its events to an app in its module.
    found = _apps([named]) or [app for app in _apps(vars(module).values()) if hasattr(app, "router")]
    if not found and not lacks:
        raise TypeError(f"{target} is no app with routes")
    seen: set[int] = set()
    rows = [row for app in found for row in _rows(app.routes, "", seen)]
    middleware = {getattr(each.cls, "__name__", "") for app in found for each in getattr(app, "user_middleware", ())}
    written = {"routes": rows, "answers_cors": "CORSMiddleware" in middleware, "lacks": lacks}
    Path(output).write_text(json.dumps(written), encoding="utf-8")


def _apps(values: Iterable[Any]) -> list[Any]:
    return [app for app in map(_unwrapped, values) if app is not None]


def _unwrapped(app: Any) -> Any:
    """The app in a middleware, in a middleware, ..."""
    with suppress(Exception):  # a proxy that is not bound yet raises whatever it likes
        for _ in range(_DEEPEST):
            if inspect.isclass(app) or inspect.ismodule(app):
                return None
            if isinstance(getattr(app, "routes", None), list):
                return app
            app = getattr(app, "app", None) or getattr(app, "_app", None)
    return None


def _rows(routes: Iterable[Any], prefix: str, seen: set[int]) -> Iterator[dict[str, Any]]:
    for route in routes:
        if id(route) in seen or len(seen) > 10_000:
            continue
        seen.add(id(route))
        path = prefix + getattr(route, "path", "")
        endpoint = getattr(route, "endpoint", None)
        if endpoint is None:
            inner = _unwrapped(getattr(route, "app", None)) or _unwrapped(getattr(route, "original_router", None))
            yield from _rows(inner.routes if inner else getattr(route, "routes", None) or (), path, seen)
            continue
        names = _names(endpoint)
        yield {
            "path": path,
            "kind": "websocket" if "WebSocket" in type(route).__name__ else "http",
            "where": _where(endpoint),
            "background_tasks": bool(names & _TASKS)
            or "background=" in names
            or _asks(getattr(route, "dependant", None)),
            "streams": bool(names & _STREAMS) or _streams(route, endpoint),
        }


def _asks(dependant: Any, depth: int = 0) -> bool:
    """Whether FastAPI hands background tasks to an endpoint, or to something that it depends on."""
    if dependant is None or depth > _DEEPEST:
        return False
    if getattr(dependant, "background_tasks_param_name", None):
        return True
    return any(_asks(inner, depth + 1) for inner in getattr(dependant, "dependencies", ()))


def _streams(route: Any, endpoint: Any) -> bool:
    response = getattr(route, "response_class", None)
    returns = getattr(endpoint, "__annotations__", {}).get("return")
    named = {getattr(each, "__name__", "") for each in (getattr(response, "value", response), returns)}
    return bool(named & _STREAMS) or inspect.isgeneratorfunction(endpoint) or inspect.isasyncgenfunction(endpoint)


def _names(endpoint: Any) -> set[str]:
    """What an endpoint's own source calls; `background=` stands for that argument."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(endpoint)))
    except (OSError, TypeError, SyntaxError):
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names.add(getattr(node.func, "id", getattr(node.func, "attr", "")))
            names.update(f"{each.arg}=" for each in node.keywords if each.arg == "background")
    return names


def _where(endpoint: Any) -> str:
    endpoint = inspect.unwrap(getattr(endpoint, "func", endpoint))
    code = getattr(endpoint, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
