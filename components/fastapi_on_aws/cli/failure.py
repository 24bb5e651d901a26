"""One short message for what went wrong, on stderr."""

import site
import sys
import sysconfig
import traceback
from pathlib import Path
from typing import Final

from fastapi_on_aws.cli.terminal import wants_colour

_PACKAGE: Final = Path(__file__).resolve().parent.parent
# In a project that contains this library its machinery is not what failed either.
_DEEPEST: Final = 100
_MACHINERY: Final = tuple(_PACKAGE / part for part in ("cli", "plan", "recording"))


def complain(message: str) -> None:
    """Print an error."""
    prefix = "\x1b[1;31merror:\x1b[0m" if wants_colour(sys.stderr) else "error:"
    print(f"{prefix} {message.strip()}", file=sys.stderr)  # noqa: T201  # a command's errors go to stderr


def describe(error: BaseException, root: Path) -> str:
    """The type, the message and the deepest line of the project that an exception came through."""
    try:
        text = str(error).strip()
    except Exception:
        text = "its message cannot be shown"
    if isinstance(error, SyntaxError):
        text = error.msg
    named = f"{type(error).__name__}: {text}" if text else type(error).__name__
    place = place_of(error, root)
    return f"{named} (at {place})" if place else named


def place_of(error: BaseException, root: Path) -> str | None:
    """The deepest ``file:line`` of the project in an exception's traceback, or in that of its cause."""
    root = root.resolve()
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_relative(Path(error.filename), root)}:{error.lineno}"
    for cause in _causes(error):
        for frame, line in reversed(list(traceback.walk_tb(cause.__traceback__))):
            path = Path(frame.f_code.co_filename)
            if _is_own(path, root):
                return f"{_relative(path, root)}:{line}"
    return None


def _causes(error: BaseException) -> list[BaseException]:
    """The causes first: the line that failed lies deeper there than where it was raised again."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain and len(chain) < _DEEPEST:
        chain.append(cause)
        cause = cause.__cause__
    return chain[::-1]


def _is_own(path: Path, root: Path) -> bool:
    resolved = path.resolve()
    if not path.is_file() or not resolved.is_relative_to(root):
        return False
    foreign = [*_MACHINERY, *map(Path, site.getsitepackages()), Path(sysconfig.get_paths()["stdlib"])]
    return "site-packages" not in resolved.parts and not any(resolved.is_relative_to(folder) for folder in foreign)


def _relative(path: Path, root: Path) -> Path:
    resolved = path.resolve()
    return resolved.relative_to(root) if resolved.is_relative_to(root) else path
