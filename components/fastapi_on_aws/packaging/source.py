"""What a package is made of, and what is wrong with it that can be seen at once."""

import ast
import hashlib
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.packaging.targets import check_python

_NOT_PACKED: Final = {"__pycache__"}


@dataclass(frozen=True, kw_only=True)
class PackageSource:
    """Requirements and code below a folder, and the target."""

    root: Path
    """Folder that the paths below are relative to."""

    requirements: str
    """File of requirements; pin them, or the same source is another package tomorrow."""

    include: Sequence[str]
    """Folders and files of code, packed at the paths that they have below `root`."""

    handler: str
    """`module.function` that Lambda calls."""

    python: str
    """Such as `3.13`."""

    architecture: str
    """`arm64` or `amd64`."""

    exclude: Sequence[str] = ()
    """Packages of the requirements that stay out."""

    imports_from_elsewhere: bool = False
    """Whether layers, a file system or `PYTHONPATH` bring packages, too; then nobody knows what can be imported."""

    def check(self, path: str) -> None:
        """Raise ``UsageError`` with ``path``, the config path of these words, for what cannot become a package."""
        check_python(self.python, f"{path}.python")
        if not (self.root / self.requirements).is_file():
            raise UsageError(
                f"{path}.requirements is {self.requirements}, and there is no such file beside Pulumi.yaml"
            )
        for number, name in enumerate(self.include):
            self._check_included(name, f"{path}.include[{number}]")
        self._check_handler(f"{path}.handler")

    def files(self) -> Iterator[tuple[str, Path]]:
        """The code as (path in the package, file); hidden and compiled files stay out."""
        for name in self.include:
            top = self.root / name
            for file in sorted(top.rglob("*")) if top.is_dir() else [top]:
                inside = file.relative_to(self.root)
                hidden = any(part.startswith(".") or part in _NOT_PACKED for part in inside.parts)
                if file.is_file() and not hidden and file.suffix != ".pyc":
                    yield inside.as_posix(), file

    def code_key(self) -> str:
        """Changes with any byte of the code, and with where it is."""
        digest = hashlib.sha256()
        for name, file in sorted(dict(self.files()).items()):
            digest.update(f"{name}\0{is_executable(file)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode())
        return digest.hexdigest()

    def _check_included(self, name: str, path: str) -> None:
        target = (self.root / name).resolve()
        if not target.is_relative_to(self.root.resolve()):
            raise UsageError(f"{path} is {name}, which is not below the folder of Pulumi.yaml")
        if target == self.root.resolve():
            raise UsageError(f"{path} is the whole folder of Pulumi.yaml; name the folders of the app")
        if not target.exists():
            raise UsageError(f"{path} is {name}, and there is no such file or folder beside Pulumi.yaml")
        for file in target.rglob("*"):
            if not file.name.isprintable():
                raise UsageError(f"{path} has a file named {file.name!r}; rename it, in letters of UTF-8")

    def _check_handler(self, path: str) -> None:
        """Without importing it: for another Python, another processor and other packages that may not even work."""
        module, _, function = self.handler.rpartition(".")
        packed = dict(self.files())
        name = module_file(module, packed)
        if name is None:
            raise UsageError(
                f"{path} is {self.handler}, and {module.replace('.', '/')}.py is not in the package; it must be in a"
                " folder or file of include"
            )
        tree = parsed(packed[name], self.python, f"{path} is {self.handler}, and {name}")
        names = set(_defined(tree))
        if function not in names and "*" not in names:
            raise UsageError(f"{path} is {self.handler}, and {name} defines no {function}")


def module_file(module: str, files: Collection[str]) -> str | None:
    """The one of these files that a module is; a folder goes before a file of the same name, as it does in Python."""
    stem = module.replace(".", "/")
    return next((name for name in (f"{stem}/__init__.py", f"{stem}.py") if name in files), None)


def parsed(file: Path, python: str, sentence: str) -> ast.Module:
    """A file's code. Raises ``UsageError`` for what is none, a sentence that begins as given."""
    try:
        return ast.parse(file.read_bytes())
    except RecursionError:
        raise UsageError(f"{sentence} is nested too deeply to be read here; break its longest expression up") from None
    except (SyntaxError, ValueError) as error:  # a null byte is the latter
        here = sys.version_info[:2]
        newer = f"; if only Python {python} can read it, use that here, too" if _numbers(python) > here else ""
        line = getattr(error, "lineno", 1)
        raise UsageError(f"{sentence} is no Python {here[0]}.{here[1]} (line {line}){newer}") from None


def _numbers(python: str) -> tuple[int, ...]:
    return tuple(map(int, python.split(".")))


def is_executable(file: Path) -> bool:
    """Whether its owner may run it."""
    return bool(file.stat().st_mode & 0o100)


def _defined(module: ast.Module) -> Iterator[str]:
    """The names that a module has once it is imported, as far as they can be seen; `*` for those that cannot."""
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
