"""What the OpenAPI document says of answers: the problems of an operation, and its headers."""

from collections.abc import Collection
from typing import Any

from fastapi.routing import APIRoute

from sample_app.kit.problems import OPENAPI_RESPONSES, ProblemError

Responses = dict[int | str, dict[str, Any]]


def operation_id(route: APIRoute) -> str:
    """The function's name: short, and the same however the paths are put together."""
    return route.name


def headers(**descriptions: str) -> dict[str, Any]:
    """Headers of an answer; an underscore in a name stands for a hyphen."""
    return {
        name.replace("_", "-"): {"description": description, "schema": {"type": "string"}}
        for name, description in descriptions.items()
    }


def refusals(*kinds: type[ProblemError], retry_after: Collection[int] = ()) -> Responses:
    """The problems that an operation answers, by status; each takes parameters, which may be wrong.

    `retry_after` are the statuses that may come with that header.
    """
    titles: dict[int, list[str]] = {422: ["Invalid request"]}
    for kind in kinds:
        titles.setdefault(kind.status, []).append(kind.title)
    content = OPENAPI_RESPONSES["default"]["content"]
    said: Responses = {status: {"description": " / ".join(of), "content": content} for status, of in titles.items()}
    for status in retry_after:
        said[status]["headers"] = headers(Retry_After="Seconds until it makes sense to ask again")
    return said
