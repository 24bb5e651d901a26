"""Config that is encrypted in a stack file: nobody can read it offline, so programs get unknown secrets."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import pulumi
from pulumi.output import UNKNOWN

from .config import Config
from .errors import RecordingError
from .shared import Shared

PLACEHOLDER: Final = "[encrypted]"

_SECRET_METHODS: Final = tuple(
    f"{verb}_secret{kind}" for verb in ("get", "require") for kind in ("", "_bool", "_int", "_float", "_object")
)
_current: ContextVar[Config | None] = ContextVar("fastapi_on_aws_encrypted_config", default=None)
_originals: dict[str, Any] = {}


@contextmanager
def hide_encrypted(config: Config) -> Iterator[None]:
    """Within this context, ``require_secret`` and its kin return unknown secrets for the encrypted keys.

    Reading such a key as plain text raises ``RecordingError``: there is no honest text to return.
    """
    if not config.encrypted:
        yield
        return
    _current.set(config)
    with _wrapped.held():
        yield


def _install() -> None:
    # pulumi.Config parses before it makes an Output (`get_secret_int`), so no stored value can stand for an unknown.
    for name in (*_SECRET_METHODS, "_get"):
        _originals[name] = getattr(pulumi.Config, name)
        wrapper = _plain if name == "_get" else _secret
        setattr(pulumi.Config, name, wrapper(_originals[name]))


def _uninstall() -> None:
    for name, original in _originals.items():
        setattr(pulumi.Config, name, original)
    _originals.clear()


_wrapped = Shared(_install, _uninstall)


def _is_encrypted(config: pulumi.Config, key: str) -> bool:
    current = _current.get()
    return current is not None and config.full_key(key) in current.encrypted


def _secret(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def method(self: pulumi.Config, key: str, *args: Any, **kwargs: Any) -> Any:
        return _unknown_secret() if _is_encrypted(self, key) else original(self, key, *args, **kwargs)

    return method


def _plain(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def method(self: pulumi.Config, key: str, *args: Any, **kwargs: Any) -> Any:
        current = _current.get()
        if current is not None and _is_encrypted(self, key):
            raise RecordingError(
                f"the program reads {self.full_key(key)} as plain text, but {current.source} has it encrypted and "
                f"nobody can decrypt it offline; read it with require_secret, or record with a stand-in: "
                f'config={{"{self.full_key(key)}": Secret("...")}}'
            )
        return original(self, key, *args, **kwargs)

    return method


def _unknown_secret() -> "pulumi.Output[Any]":
    return pulumi.Output.secret(UNKNOWN)
