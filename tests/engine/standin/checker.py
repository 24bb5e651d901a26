"""Checks a resource's inputs against the types of the installed SDK, at any depth."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.engine.standin.sdk import Kind, Properties, Sdk
from tests.engine.standin.wire import SIGNATURE, UNKNOWN


class Failure(NamedTuple):
    property: str
    reason: str


def check(sdk: Sdk, token: str, inputs: dict[str, Any]) -> list[Failure]:
    """Every unknown key, missing required key and wrongly typed value."""
    resource = sdk.resource(token)
    if resource is None and sdk.package == "kubernetes":
        return []  # a custom resource, whose types the cluster knows
    if resource is None:
        return [Failure("", f"the {sdk.package} SDK {sdk.version} has no resource {token}")]
    failures: list[Failure] = []
    _Walk(sdk, failures).object(resource.inputs, inputs, "", resource.folder, token)
    return failures


class _Walk:
    def __init__(self, sdk: Sdk, failures: list[Failure]) -> None:
        self.sdk = sdk
        self.failures = failures

    def object(self, properties: Properties, value: dict[str, Any], path: str, folder: Path, owner: str) -> None:
        for key, item in value.items():
            if key.startswith("__"):  # the engine's own
                continue
            if key in properties:
                self.value(properties[key].kind, item, path + key, folder)
            else:
                self.failures.append(Failure(path + key, f"{owner} has no property {key!r}"))
        self.failures += [
            Failure(path + key, f"{owner}: missing required property {key!r}")
            for key, prop in properties.items()
            if prop.required and value.get(key) is None
        ]

    def value(self, kind: Kind, value: Any, path: str, folder: Path) -> None:
        if value is None or value == UNKNOWN or (isinstance(value, dict) and SIGNATURE in value):
            return
        if not _fits(kind.name, value):
            self.failures.append(Failure(path, f"expected {kind.name}, got {json.dumps(value)[:80]}"))
        elif kind.name == "list" and kind.inner:
            for index, item in enumerate(value):
                self.value(kind.inner, item, f"{path}[{index}]", folder)
        elif kind.name == "map" and kind.inner:
            for key, item in value.items():
                self.value(kind.inner, item, f"{path}.{key}", folder)
        elif kind.name == "obj" and (nested := self.sdk.nested(folder, kind.args_class)):
            self.object(nested[0], value, f"{path}.", nested[1], kind.args_class)


def _fits(kind: str, value: Any) -> bool:
    """Pulumi's providers turn scalars into strings, and strings that read so into numbers and booleans."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    text = value if isinstance(value, str) else ""
    fits = {
        "str": number or isinstance(value, str | bool),
        "int": (number and float(value).is_integer()) or text.removeprefix("-").isdigit(),
        "float": number,
        "bool": isinstance(value, bool) or text in ("true", "false"),
        "list": isinstance(value, list),
        "map": isinstance(value, dict),
        "obj": isinstance(value, dict),
    }
    return fits.get(kind, True)
