"""What a handler imports as it starts, followed through the code of its package.

Nothing is imported for it: the wheels are for another Python and another processor. So only what a module imports in
any case counts, not what stands in a function, an `if` or a `try`.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from stdlibs import stdlib_module_names

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.packaging.source import module_file, parsed

_LAMBDAS_OWN: Final = frozenset(
    {
        "awslambdaric",
        "boto3",
        "botocore",
        "dateutil",
        "jmespath",
        "s3transfer",
        "simplejson",
        "six",
        "snapshot_restore_py",
        "urllib3",
    }
)
"""What AWS's Python runtimes come with. Source: AWS Lambda developer guide, "Building Lambda functions with Python"."""


_MODULE_ENDINGS: Final = (".py", ".pyc", ".so")


class _Import(NamedTuple):
    module: str
    names: tuple[str, ...]
    """What is taken from it, each perhaps a module too."""
    line: int
    level: int = 0
    """Of a relative import that leads out of its package: its dots."""


def check_imports(handler: str, python: str, code: Mapping[str, Path], everything: Collection[str], path: str) -> None:
    """Raise ``UsageError`` for a module that a handler's import would miss.

    ``code`` is the app's own (path in the package -> file), ``everything`` each path in it; ``path`` is the config path
    of the zip's words. Where a module changes where Python looks, nobody can say what is there.
    """
    wrong: list[str] = []
    modules = {name for name in everything if name.endswith(_MODULE_ENDINGS)}
    given = stdlib_module_names(python) | _LAMBDAS_OWN
    own, there = _tops(modules & code.keys()) - given, _tops(modules) | given
    left, seen = [*_with_parents(handler.rpartition(".")[0])], set[str]()
    while left:
        module = left.pop()
        file = module_file(module, code)
        if module in seen or file is None:
            continue
        seen.add(module)
        tree = parsed(code[file], python, f"{path}.handler is {handler}, which imports {file}, and that")
        if _looks_elsewhere(tree):
            return
        for each in _imports(module, file, tree):
            asked = (
                f"{path}.handler is {handler}, which imports {'.' * each.level}{each.module} ({file}, line {each.line})"
            )
            if each.level:
                wrong.append(f"{asked}, and there is no package that far up; name the module from the top")
                continue
            top = each.module.partition(".")[0]
            if top not in there:
                wrong.append(f"{asked}, and the package has none: add it to {path}.requirements or {path}.include")
            elif top in own and not _is_there(each.module, modules):
                wrong.append(f"{asked}, and the package has none; there is no {each.module.replace('.', '/')}.py")
            left += [*_with_parents(each.module), *(f"{each.module}.{name}" for name in each.names)]
    if wrong:
        raise UsageError(wrong[0])


def _tops(files: Iterable[str]) -> set[str]:
    return {name.partition("/")[0].partition(".")[0] for name in files}


def _is_there(module: str, files: Iterable[str]) -> bool:
    """Whether it is one of these files, compiled or not, or a folder of some."""
    stem = module.replace(".", "/")
    return any(name.startswith((f"{stem}/", f"{stem}.")) for name in files)


def _looks_elsewhere(tree: ast.Module) -> bool:
    """Whether a module says where others are, or may: what it does with these lists is not followed."""
    return any(_names_where_modules_are(node) for node in ast.walk(tree))


def _names_where_modules_are(node: ast.AST) -> bool:
    match node:
        case ast.Name(id="__path__") | ast.Attribute(attr="addsitedir" | "meta_path" | "path_hooks"):
            return True
        case ast.Attribute(attr="path", value=ast.Name(id=module)):
            return module.strip("_") in ("sys", "system")
        case ast.Subscript(value=ast.Attribute(attr="modules"), ctx=ast.Store()):
            return True
        case ast.ImportFrom(module="sys" | "site", names=names):
            return any(alias.name in ("addsitedir", "meta_path", "modules", "path", "path_hooks") for alias in names)
    return False


def _imports(module: str, file: str, tree: ast.Module) -> Iterator[_Import]:
    package = module if file.endswith("/__init__.py") else module.rpartition(".")[0]
    for node in _always_run(tree.body):
        if isinstance(node, ast.Import):
            yield from (_Import(alias.name, (), node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            parts = package.split(".") if package else []
            if node.level > len(parts):
                yield _Import(node.module or "", names, node.lineno, node.level)
                continue
            above = parts[: len(parts) - node.level + 1] if node.level else []
            yield _Import(".".join([*above, *filter(None, [node.module])]), names, node.lineno)


def _always_run(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.With) and not any(_suppresses(item.context_expr) for item in node.items):
            yield from _always_run(node.body)
        else:
            yield node


def _suppresses(context: ast.expr) -> bool:
    function = context.func if isinstance(context, ast.Call) else context
    return "suppress" in getattr(function, "attr", getattr(function, "id", ""))


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))
