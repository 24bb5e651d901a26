"""Reading a graph: its config, its JSON texts, and every text in it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fastapi_on_aws.recording import Graph, Resource, Secret, plain
from tests.support.recorded import TASK_DEFINITION


class Seen(NamedTuple):
    """One thing that an invariant looked at, and what is wrong with it: nothing, if all is well."""

    what: str
    wrong: str = ""


def config_of(graph: Graph) -> dict[str, Any]:
    return {key: parsed(plain(value)) for key, value in graph.config.items()}


def block_of(graph: Graph, key: str) -> Mapping[str, Any]:
    found = config_of(graph).get(f"{graph.project}:{key}")
    return found if isinstance(found, Mapping) else {}


def parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def readable(resource: Resource) -> dict[str, Any]:
    """The inputs with JSON texts taken apart and a container's environment as a map."""
    inputs = {key: parsed(value) if isinstance(value, str) else value for key, value in resource.inputs.items()}
    if resource.type == TASK_DEFINITION:
        for container in as_list(inputs["containerDefinitions"]):
            if isinstance(container, dict):
                container["environment"] = {entry["name"]: entry["value"] for entry in container["environment"]}
    return inputs


def texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every known text in a value that is not encrypted, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping) and not isinstance(value, Secret):
        for key, inner in value.items():
            yield from texts(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(path, inner)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
