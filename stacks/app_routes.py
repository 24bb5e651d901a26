"""What the app's own routes say of a pattern: read by importing the app, where its code is at hand."""

import re
from collections.abc import Sequence
from pathlib import Path

import pulumi

from fastapi_on_aws import UsageError
from fastapi_on_aws.inspection import Inspection, Route, inspect_app
from stack_settings import Pattern, StackSettings

_SHOWN = 3


def check_routes(settings: StackSettings) -> None:
    """Raise ``UsageError`` for routes that Lambda cannot serve; say what could not be looked at."""
    if settings.pattern is not Pattern.SERVERLESS:
        return
    found = _inspected(settings)
    path = f"{pulumi.get_project()}:"
    if found.problem:
        pulumi.log.info(
            f"the app's routes were not looked at ({found.problem}): WebSockets and background tasks in them would fail"
        )
        return
    asgi = settings.app.asgi
    if found.lacks and asgi:
        raise UsageError(f"{path}app.asgi is {asgi}, and that module has no {found.lacks}; name its app")
    _refuse(settings, found, path)
    ready = settings.app.health.ready
    if not settings.runs_zip and found.routes and not any(_matches(route.path, ready) for route in found.routes):
        pulumi.log.warn(
            f"the app has no route {ready}, where the Lambda Web Adapter waits for it to be ready; set"
            f" {path}app.health.ready to one that answers 200, or no request is answered"
        )
    if found.streaming and not settings.app.streaming:
        pulumi.log.info(f"{_named(found.streaming)} would stream, and app.streaming is false: answers come when whole")
    pulumi.log.info(
        "the app's routes were looked at; work that is started in another way (asyncio.create_task, a thread) cannot be"
        " seen, and stands still on Lambda once the answer is given"
    )


def _inspected(settings: StackSettings) -> Inspection:
    target, root = settings.app.asgi, Path(pulumi.get_root_directory())
    if settings.runs_zip:
        target = target or ":".join((settings.zip.handler or "").rsplit(".", 1))
    elif settings.app.image.uri:
        return Inspection(problem="app.image.uri is built elsewhere")
    if not isinstance(target, str):
        return Inspection(problem="app.asgi does not name it")
    stem = root / target.partition(":")[0].replace(".", "/")
    if not (stem.with_suffix(".py").is_file() or (stem / "__init__.py").is_file()):
        return Inspection(problem=f"{target} is not below the folder of Pulumi.yaml")
    told = {name: value for name, value in settings.app.env.items() if isinstance(value, str)}
    found = inspect_app(target, root, told)
    if settings.runs_zip and found.lacks and not found.routes:  # on Lambda it may be there
        return Inspection(problem=f"{target} is not there when it is imported here")
    return found


def _refuse(settings: StackSettings, found: Inspection, path: str) -> None:
    if found.websockets:
        raise UsageError(
            f"{path}pattern is serverless, and Lambda keeps no connection open, as {_named(found.websockets)} would"
            " need; set it to monolith"
        )
    if found.background_tasks and not settings.lambda_.allow_background_tasks:
        raise UsageError(
            f"{path}pattern is serverless, and Lambda stands still once the answer is given, with the background tasks"
            f" of {_named(found.background_tasks)}; do that work before the answer, run it with pattern monolith, or"
            f" accept that it may be late or lost with {path}lambda.allow_background_tasks: true"
        )
    if found.answers_cors and settings.lambda_.api.cors:
        raise UsageError(
            f"{path}lambda.api.cors is set, and the app answers cross-origin requests too (CORSMiddleware); browsers"
            " refuse an answer of both, so take one of them out"
        )


def _matches(template: str, path: str) -> bool:
    parts = re.split(r"(\{[^}]*\})", template)
    patterns = {True: ".*", False: "[^/]+"}
    pattern = "".join(patterns[part.endswith(":path}")] if part[:1] == "{" else re.escape(part) for part in parts)
    return re.fullmatch(pattern, path) is not None


def _named(routes: Sequence[Route]) -> str:
    shown = ", ".join(f"{route.path} ({route.where})" for route in routes[:_SHOWN])
    more = len(routes) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
