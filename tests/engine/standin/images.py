"""docker-build's Image, as far as a program can see it: nothing is built."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final

from tests.engine.standin.checker import Failure
from tests.engine.standin.wire import UNKNOWN, has_unknown

TYPE: Final = "docker-build:index:Image"
COMPUTED: Final = ("contextHash", "digest", "ref")
_REMOTE: Final = ("https://", "http://", "git@", "git://")


def check(inputs: dict[str, Any]) -> list[Failure]:
    """A build context and a Dockerfile that exist. Relative paths start at the program's folder."""
    context = (inputs.get("context") or {}).get("location", ".")
    if has_unknown(context) or context.startswith(_REMOTE):
        return []
    if not Path(context).is_dir():
        return [Failure("context", f"no folder {Path(context).resolve()}")]
    dockerfile = inputs.get("dockerfile") or {}
    location = dockerfile.get("location", str(Path(context, "Dockerfile")))
    if dockerfile.get("inline") is None and not has_unknown(location) and not Path(location).is_file():
        return [Failure("dockerfile", f"open {Path(location).resolve()}: no such file or directory")]
    return []


def content(inputs: dict[str, Any]) -> str:
    """What stands for the real provider's hash of the build context: the Dockerfile's text and a test's seed."""
    dockerfile = inputs.get("dockerfile") or {}
    context = (inputs.get("context") or {}).get("location", ".")
    path = Path(str(dockerfile.get("location", Path(str(context), "Dockerfile"))))
    text = dockerfile.get("inline") or (path.read_text() if path.is_file() else "")
    return hashlib.sha256(f"{text}|{os.environ.get('STANDIN_DIGEST_SEED', '')}".encode()).hexdigest()


def built(inputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs of a build: another content or other arguments give another digest."""
    arguments = {key: inputs.get(key) for key in ("buildArgs", "platforms", "target")}
    made_of = json.dumps([content(inputs), arguments], sort_keys=True)
    digest = os.environ.get("STANDIN_DIGEST") or f"sha256:{hashlib.sha256(made_of.encode()).hexdigest()}"
    tags = inputs.get("tags") or [""]
    return {"contextHash": content(inputs), "digest": digest, "ref": f"{tags[0]}@{digest}".removeprefix("@")}


def changed(olds: dict[str, Any], news: dict[str, Any], state: dict[str, Any]) -> list[str]:
    """What the real provider would call a change. A registry's password is none: it differs at every run."""
    keys = {
        key
        for key in {*olds, *news}
        if not key.startswith("__") and _comparable(key, olds.get(key)) != _comparable(key, news.get(key))
    }
    if state.get("contextHash") not in (None, UNKNOWN, content(news)):
        keys.add("contextHash")
    return sorted(keys)


def _comparable(key: str, value: Any) -> Any:
    if key == "registries" and isinstance(value, list):
        return [{name: item for name, item in registry.items() if name != "password"} for registry in value]
    return value
