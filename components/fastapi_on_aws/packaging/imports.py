"""What a handler imports as it starts, followed through the code of its package.

Nothing is imported for it: the wheels are for another Python and another processor. So only what a module imports in
any case counts, not what stands in a function, an `if` or a `try`.
"""

import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.packaging.source import module_file, parsed

_LAMBDAS_OWN: Final = frozenset(
    {"awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "snapshot_restore_py", "urllib3"}
)
"""What AWS's Python runtimes come with. Source: AWS Lambda developer guide, "Building Lambda functions with Python"."""


class _Import(NamedTuple):
    module: str
    names: tuple[str, ...]
    """What is taken from it, each perhaps a module too."""
    line: int


def check_imports(handler: str, python: str, code: Mapping[str, Path], everything: Collection[str], path: str) -> None:
    """Raise ``UsageError`` for a module that a handler's import would miss.

    ``code`` is the app's own (path in the package -> file), ``everything`` each path in it; ``path`` is the config path
    of the zip's words.
    """
    there = {name.partition("/")[0].partition(".")[0] for name in everything} | sys.stdlib_module_names | _LAMBDAS_OWN
    left, seen = [handler.rpartition(".")[0]], set[str]()
    while left:
        module = left.pop()
        file = module_file(module, code)
        if module in seen or file is None:
            continue
        seen.add(module)
        tree = parsed(code[file], python, f"{path}.handler is {handler}, which imports {file}, and that")
        for each in _imports(module, file, tree):
            if each.module.partition(".")[0] not in there:
                raise UsageError(
                    f"{path}.handler is {handler}, which imports {each.module} ({file}, line {each.line}), and the"
                    f" package has none: add it to {path}.requirements or {path}.include"
                )
            left += [*_with_parents(each.module), *(f"{each.module}.{name}" for name in each.names)]


def _imports(module: str, file: str, tree: ast.Module) -> Iterator[_Import]:
    package = module if file.endswith("/__init__.py") else module.rpartition(".")[0]
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (_Import(alias.name, (), node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            name = ".".join([*above, *filter(None, [node.module])])
            yield _Import(name, tuple(alias.name for alias in node.names), node.lineno)


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))
