"""Requirements, installed by pip as Lambda would need them."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.packaging.source import PackageSource
from fastapi_on_aws.packaging.targets import environment, platforms

_PIP_SECONDS: Final = 600
_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
_NESTED: Final = re.compile(r"(?:-r|--requirement|(?P<constrains>-c|--constraint))[ =]?\s*(?P<file>\S+)")
_OPTION: Final = re.compile(r"-(?!e|-editable)")
_VARIABLE: Final = re.compile(r"\$\{([A-Z0-9_]+)\}")
_WHEEL: Final = r"(?!\s*\S+\.whl(\s|#|$))"
_NO_WHEELS: Final = re.compile(
    rf"-e\b|--editable|{_WHEEL}\.{{0,2}}/|{_WHEEL}file:|[a-z]+\+|[^\s:/@\[]+\s*(\[[^\]]*\])?\s*@{_WHEEL}"
)
_UNREACHABLE: Final = re.compile(r"Retrying \(|Max retries|NewConnectionError|ConnectTimeout|Temporary failure in name")
_OTHER_VERSIONS: Final = re.compile(
    r"satisfies the requirement (\S+) (?:\(from [^)]*\) )*?\(from versions: (?:[^)]*, )?([^,)]+)\)"
)
_NOT_FOUND: Final = re.compile(r"No matching distribution found for (\S+)")
_VARIES: Final = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
"""Of a `dist-info` folder: what tells of this installation, and not of the package."""


def requirements_key(source: PackageSource, path: str) -> str:
    """Changes with any byte of the requirements, of the files and wheels that they name, and with the target."""
    digest = hashlib.sha256(f"{source.python} {source.architecture} {sorted(source.exclude)}".encode())
    for file, _ in _files(source, path):
        for line in _lines_of(file, path):
            digest.update(line.encode() + b"\0")
            digest.update(_wheel_beside(source, line))
    return digest.hexdigest()


def loose_requirements(source: PackageSource, path: str) -> list[str]:
    """Names of the requirements that leave their version open, so that another build may be another package."""
    asked, constraints = [*_named(_lines(source, path))], _named(_lines(source, path, constraints=True))
    pinned = {canonicalize_name(each.name) for each in (*asked, *constraints) if _is_pinned(each)}
    return [each.name for each in asked if canonicalize_name(each.name) not in pinned]


def install(source: PackageSource, folder: Path, path: str) -> None:
    """Put the requirements and what they need into a folder.

    Raises ``UsageError`` when there are no wheels for one of them, or none can be had.
    """
    _refuse_what_has_no_wheel(source, path)
    arguments = ["--target", str(folder), "--only-binary=:all:", "--implementation", "cp", "--no-compile"]
    arguments += ["--python-version", source.python, "--disable-pip-version-check", "--no-input", "--quiet"]
    arguments += [f"--platform={tag}" for tag in platforms(source.python, source.architecture)]
    requirements = str(source.root / source.requirements)
    try:
        done = subprocess.run(  # noqa: S603  # pip, with arguments that are checked or ours
            [sys.executable, "-m", "pip", "install", *arguments, "--requirement", requirements],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            cwd=source.root,
            timeout=_PIP_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"{path}.requirements: pip took more than {_PIP_SECONDS} s; try again") from None
    if done.returncode:
        raise UsageError(_sentence(done.stderr, source, path))
    for name in source.exclude:
        _take_out(name, folder, f"{path}.exclude")
    _clean(folder)
    _refuse_what_is_missing(source, folder, path)


def _named(lines: Iterable[str]) -> Iterator[Requirement]:
    """What lines ask for, but for paths and URLs without a name."""
    for line in lines:
        with suppress(InvalidRequirement):
            yield Requirement(re.split(r"\s+--", line)[0])


def _is_pinned(asked: Requirement) -> bool:
    return bool(asked.url) or any(
        each.operator in ("==", "===") and "*" not in each.version for each in asked.specifier
    )


def _files(source: PackageSource, path: str) -> Iterator[tuple[Path, bool]]:
    """The file of requirements, and those that it names, each once; and whether it only constrains."""
    seen: set[tuple[Path, bool]] = set()
    left = [(source.root / source.requirements, False)]
    while left:
        file, _ = each = left.pop()
        if each in seen:
            continue
        if not file.is_file():
            raise UsageError(f"{path}.requirements names {file.name}, and there is no such file")
        seen.add(each)
        yield each
        left += [
            (file.parent / nested["file"], bool(nested["constrains"]))
            for nested in map(_NESTED.fullmatch, _lines_of(file, path))
            if nested
        ]


def _lines(source: PackageSource, path: str, *, constraints: bool = False) -> Iterator[str]:
    """What all files of requirements, or of constraints, ask for, without the options of pip."""
    for file, constrains in _files(source, path):
        if constrains is constraints:
            yield from (line for line in _lines_of(file, path) if not _OPTION.match(line))


def _lines_of(file: Path, path: str) -> Iterator[str]:
    """The lines of one file that say something, as pip reads them: continued, without comments, with `${VARIABLE}`."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}.requirements: {file.name} is not in UTF-8; save it so") from None
    for line in re.sub(r"\\\r?\n", "", text).splitlines():
        said = _VARIABLE.sub(lambda found: os.environ.get(found[1]) or found[0], _COMMENT.sub("", line).strip())
        if said:
            yield said


def _wheel_beside(source: PackageSource, line: str) -> bytes:
    """What a wheel has that is named by its path, which pip reads from the folder of Pulumi.yaml."""
    wheel = source.root / re.split(r"\s", line)[0]
    return wheel.read_bytes() if wheel.suffix == ".whl" and wheel.is_file() else b""


def _refuse_what_has_no_wheel(source: PackageSource, path: str) -> None:
    for line in (*_lines(source, path), *_lines(source, path, constraints=True)):
        if _NO_WHEELS.match(line) or (source.root / line).is_dir():
            raise UsageError(
                f"{path}.requirements: {_without_urls(line)[:80]!r} is built from its source, and wheels alone fit"
                f" Lambda; name a version, put it under {path}.include, or use package image"
            )


def _without_urls(text: str) -> str:
    """A URL may have a password in it."""
    return re.sub(r"\w+://\S+", "…", text)


def _sentence(said: str, source: PackageSource, path: str) -> str:
    target = f"Python {source.python} on {source.architecture}"
    if _UNREACHABLE.search(said):
        return f"{path}.requirements: pip cannot reach a package index; try again with a network, or use package image"
    if "No module named pip" in said:
        return f"{path}: there is no pip beside this Python ({sys.executable}); install it"
    other = _OTHER_VERSIONS.search(said)
    if other and other[2] != "none":
        return (
            f"{path}.requirements: there is no wheel of {other[1]} for {target}; the newest that there is has version"
            f" {other[2]}"
        )
    missing = _NOT_FOUND.search(said)
    if missing:
        return (
            f"{path}.requirements: there is no wheel of {missing[1]} for {target}; take another version or"
            " architecture of it, or use package image"
        )
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    last = _without_urls(lines[-1] if lines else said.strip()[-200:])
    return f"{path}.requirements cannot be installed for {target}: {last}"


def _take_out(name: str, folder: Path, path: str) -> None:
    """A package, by what its RECORD says it has."""
    found = _installed(folder).get(canonicalize_name(name))
    if found is None:
        raise UsageError(f"{path} names {name}, which is not among the requirements; take it out there")
    for file in found.files or ():
        located = Path(str(found.locate_file(file)))
        if located.resolve().is_relative_to(folder.resolve()):
            located.unlink(missing_ok=True)
            if located.parent.suffix == ".dist-info":
                shutil.rmtree(located.parent, ignore_errors=True)


def _clean(folder: Path) -> None:
    """Leave what is imported: no scripts for a shell, and nothing that another installation would have otherwise."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for cache in [*folder.rglob("__pycache__")]:
        shutil.rmtree(cache)
    for info in folder.glob("*.dist-info"):
        for name in _VARIES:
            (info / name).unlink(missing_ok=True)


def _refuse_what_is_missing(source: PackageSource, folder: Path, path: str) -> None:
    """pip asks the Python that it runs on what a marker means, and Lambda's may be another (pypa/pip#11664)."""
    installed = _installed(folder)
    there = installed.keys() | {canonicalize_name(name) for name in source.exclude}
    target = environment(source.python, source.architecture)
    for name, package in installed.items():
        for text in package.requires or ():
            try:
                needed = Requirement(text)
            except InvalidRequirement:
                continue
            asked = needed.marker is None or needed.marker.evaluate(dict(target))
            if asked and canonicalize_name(needed.name) not in there:
                raise UsageError(
                    f"{path}.requirements: {name} needs {needed.name} on Python {source.python}, and the one that runs"
                    f" here, {sys.version_info.major}.{sys.version_info.minor}, did not see that; add {needed.name} to"
                    " the file"
                )


def _installed(folder: Path) -> dict[str, Distribution]:
    return {canonicalize_name(package.metadata["Name"]): package for package in distributions(path=[str(folder)])}
