"""What an installed Pulumi SDK says of its resources: read from its sources, without importing it.

Importing pulumi_aws takes seconds and tells less: which inputs are required is written only in the signatures of
its ``Args`` classes. What was read is cached as JSON, a file for each source file.
"""

import ast
import functools
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engine.standin import wire

_FORMAT = "1"


@dataclass(frozen=True)
class Kind:
    """A property's type: str, int, bool, float, list, map, obj or any."""

    name: str
    inner: "Kind | None" = None
    """What a list or a map holds."""
    args_class: str = ""
    """Which class of the SDK describes an obj."""


@dataclass(frozen=True)
class Property:
    kind: Kind
    required: bool
    """Must be given, for an input."""
    optional: bool
    """May be absent: for an output that is not also an input, the provider does not compute it."""


Properties = Mapping[str, Property]


@dataclass(frozen=True)
class Resource:
    inputs: Properties
    outputs: Properties
    folder: Path


class Sdk:
    """The SDK of one package, such as ``aws`` or ``docker-build``."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.folder = wire.site_package("pulumi_" + package.replace("-", "_"))
        self._modules: dict[str, list[str]] = _cached(self.folder / "__init__.py", _read_modules)
        self.version = str(json.loads((self.folder / "pulumi-plugin.json").read_text())["version"])

    @functools.cache  # noqa: B019  # one object for the life of the process
    def resource(self, token: str) -> Resource | None:
        """The resource of a type token, None where the SDK has none."""
        if token not in self._modules:
            return None
        module, name = self._modules[token]
        folder = self.folder.joinpath(*module.split(".")[1:])
        classes = self._file(self._source(folder, token, name))
        inputs = classes.get(f"{name}InitArgs") or classes.get(f"{name}Args") or {}
        return Resource(inputs, classes[name], folder)

    def documented(self, token: str) -> dict[str, str]:
        """What the SDK says of each input of a type, by its name in Python."""
        module, name = self._modules[token]
        folder = self.folder.joinpath(*module.split(".")[1:])
        texts: dict[str, str] = _cached(self._source(folder, token, name), _read_texts)
        return {key.partition(".")[2]: text for key, text in texts.items() if key.startswith(f"{name}Args.")}

    def nested(self, folder: Path, name: str) -> tuple[Properties, Path] | None:
        """The properties of an input class, by its name as an annotation in ``folder`` spells it."""
        module, _, name = name.rpartition(".")
        if module and module not in ("inputs", "_inputs"):
            folder = self.folder.joinpath(*module.split("."))
        for place in (folder, self.folder):
            source = place / "_inputs.py"
            found = self._file(source).get(name) if source.exists() else None
            if found is not None:
                return found, place
        return None

    @staticmethod
    def _source(folder: Path, token: str, name: str) -> Path:
        middle = token.split(":")[1]  # "lb/loadBalancer", or just "index"
        stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", middle.rpartition("/")[2] if "/" in middle else name).lower()
        path = folder / f"{stem}.py"
        if not path.exists():  # a name that does not snake-case simply: look for the class
            wanted = re.compile(rf"^class {name}\(", re.MULTILINE)
            path = next(source for source in sorted(folder.glob("*.py")) if wanted.search(source.read_text()))
        return path

    @functools.cache  # noqa: B019  # one of these lives as long as its process
    def _file(self, path: Path) -> dict[str, Properties]:
        rows: dict[str, dict[str, Any]] = _cached(path, _read_classes)
        return {
            name: {
                key: Property(_kind(row["annotation"]), row["required"], "Optional[" in row["annotation"])
                for key, row in properties.items()
            }
            for name, properties in rows.items()
        }


def _cached(path: Path, read: Callable[[str], Any]) -> Any:
    stat = path.stat()
    key = f"{_FORMAT} {read.__name__} {path} {stat.st_size} {stat.st_mtime_ns}"
    folder = Path(os.environ.get("STANDIN_CACHE") or Path(tempfile.gettempdir(), f"pulumi-standin-{os.getuid()}"))
    stored = folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"
    try:
        return json.loads(stored.read_text())
    except (OSError, ValueError):
        pass
    data = read(path.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    fresh = stored.with_suffix(f".{os.getpid()}")  # two plugins may read the same file at once
    fresh.write_text(json.dumps(data))
    fresh.replace(stored)
    return data


def _read_modules(source: str) -> dict[str, list[str]]:
    """Type token -> (module, class), from the table that every generated SDK registers."""
    table = re.search(r'resource_modules="""(.*?)"""', source, re.DOTALL)
    rows = json.loads(table.group(1)) if table else []
    return {token: [row["fqn"], name] for row in rows for token, name in row["classes"].items()}


def _read_classes(source: str) -> dict[str, dict[str, dict[str, Any]]]:
    return {node.name: _read_class(node) for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}


def _read_texts(source: str) -> dict[str, str]:
    """The docstrings of all properties: ``Class.property``."""
    return {
        f"{node.name}.{item.name}": text
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
        for item in node.body
        if isinstance(item, ast.FunctionDef) and item.name != "__init__" and (text := ast.get_docstring(item))
    }


def _read_class(node: ast.ClassDef) -> dict[str, dict[str, Any]]:
    functions = [item for item in node.body if isinstance(item, ast.FunctionDef)]
    required: set[str] = set()
    for function in functions:
        if function.name == "__init__" and not required:
            pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
            required = {argument.arg for argument, default in pairs if default is None}
    found = {}
    for function in functions:
        for decorator in function.decorator_list:
            wire_name = _getter(decorator, function.name)
            if wire_name:
                annotation = re.sub(r"\s+", "", ast.unparse(function.returns)) if function.returns else ""
                found[wire_name] = {"annotation": annotation, "required": function.name in required}
    return found


def _getter(decorator: ast.expr, name: str) -> str | None:
    """The wire name that ``@pulumi.getter`` or ``@pulumi.getter(name="...")`` gives."""
    if isinstance(decorator, ast.Attribute) and decorator.attr == "getter":
        return name
    if (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr == "getter"
    ):
        return next(
            (
                str(keyword.value.value)
                for keyword in decorator.keywords
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
            ),
            name,
        )
    return None


def _kind(annotation: str) -> Kind:
    text = annotation
    while wrapped := re.fullmatch(r"(?:pulumi\.(?:Input|Output)|Optional)\[(.*)\]", text):
        text = wrapped.group(1)
    if held := re.fullmatch(r"Sequence\[(.*)\]", text):
        return Kind("list", _kind(held.group(1)))
    if held := re.fullmatch(r"Mapping\[.*?,(.*)\]", text):
        return Kind("map", _kind(held.group(1)))
    if scalar := re.match(r"(?:Union\[)?_builtins\.(str|int|bool|float)(,_builtins\.str)?", text):
        return Kind("str" if scalar.group(2) else scalar.group(1))  # a port, say, by number or name
    if quoted := re.match(r"(?:Union\[)?'_?([\w.]+)'", text):  # 'ListenerDefaultActionArgs', or an enum
        name = quoted.group(1)
        if name.endswith("Args"):
            return Kind("obj", args_class=name)
        return Kind("str" if "Union" in text else "any")
    return Kind("any")
