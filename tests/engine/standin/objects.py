"""Objects of a real API server, handled as Pulumi's provider for Kubernetes handles them; what is warned of fails.

Source: pulumi-kubernetes 4.32, `provider/pkg/await/await.go` and `provider/pkg/provider/diff.go`.
"""

import os
import time
from pathlib import Path
from typing import Any, Final

from tests.kubernetes_api.client import APPLY, ApiError, Client, Object

CREATOR: Final = "pulumi-kubernetes"
"""Who owns the fields of a new object: it is posted, so that one which is there already is refused."""
MANAGER: Final = "pulumi-kubernetes-standin"
"""Who owns them after the first update, which applies on the server. The real provider has one for each object."""
FORCE: Final = "PULUMI_K8S_ENABLE_PATCH_FORCE"
"""Of the environment: take over what somebody else has set."""
_JSON_PATCH: Final = "application/json-patch+json"
_MOVED: Final = (409, 422)
"""Between the look and the patch somebody else has written, most often a controller."""
_TRIES: Final = 10
_OF_ANY: Final = ("metadata.name", "metadata.namespace")
_REPLACES: Final = {
    ("v1", "ConfigMap"): ("data", "binaryData"),
    ("v1", "Secret"): ("type", "stringData", "data"),
    ("v1", "Service"): ("spec.clusterIP",),
    ("apps/v1", "DaemonSet"): ("spec.selector",),
    ("apps/v1", "Deployment"): ("spec.selector",),
}
"""Paths whose change replaces an object: those of the kinds that components make, and their like."""


class Objects:
    def __init__(self, kubeconfig: Path) -> None:
        self.client = Client(kubeconfig)

    def create(self, given: Object, *, preview: bool) -> Object:
        """409 where it is there already."""
        path = self._path(given).rpartition("/")[0]
        return _without_managers(self.client.request("POST", path, given, **_asked(CREATOR, preview)))

    def update(self, given: Object, *, preview: bool) -> Object:
        """Apply it on the server; a field that somebody else has set is a conflict."""
        path = self._path(given)
        asked = _asked(MANAGER, preview)
        if os.environ.get(FORCE) == "true":
            asked["force"] = "true"
        if self._place_of_creator(path) is not None:
            if preview:
                asked["force"] = "true"
            else:
                self._take_over(path)
        return _without_managers(self.client.request("PATCH", path, given, content=APPLY, **asked))

    def _place_of_creator(self, path: str) -> int | None:
        """Where the creator's fields are among those of all who have written."""
        for place, entry in enumerate(self.client.request("GET", path)["metadata"]["managedFields"]):
            if (entry["manager"], entry["operation"]) == (CREATOR, "Update") and "subresource" not in entry:
                return place
        return None

    def _take_over(self, path: str) -> None:
        """What the creator owns, the manager owns from now on."""
        for _ in range(_TRIES):
            entry = f"/metadata/managedFields/{self._place_of_creator(path)}"
            steps = [
                {"op": "test", "path": f"{entry}/manager", "value": CREATOR},
                {"op": "test", "path": f"{entry}/operation", "value": "Update"},
                {"op": "replace", "path": f"{entry}/manager", "value": MANAGER},
                {"op": "replace", "path": f"{entry}/operation", "value": "Apply"},
            ]
            try:
                self.client.request("PATCH", path, steps, content=_JSON_PATCH)
            except ApiError as error:
                if error.status not in _MOVED:
                    raise
            else:
                return
        raise ApiError(f"PATCH {path}", 409, f"it is written to all the time: {_TRIES} tries")

    def read(self, like: Object) -> Object | None:
        try:
            return _without_managers(self.client.request("GET", self._path(like)))
        except ApiError as error:
            if error.status != 404:
                raise
            return None

    def delete(self, like: Object, seconds: float) -> bool:
        """With all that belongs to it; whether it was gone in time."""
        found = self.read(like)
        if found is None:
            return True
        self.client.request("DELETE", self._path(like), {"propagationPolicy": "Foreground"})
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            now = self.read(like)
            if now is None or now["metadata"]["uid"] != found["metadata"]["uid"]:
                return True
            time.sleep(0.1)
        return False

    def _path(self, item: Object) -> str:
        metadata = item["metadata"]
        folder = self.client.path(item["apiVersion"], item["kind"], metadata.get("namespace", "default"))
        return f"{folder}/{metadata['name']}"


def id_of(item: Object) -> str:
    metadata = item["metadata"]
    return "/".join(filter(None, [metadata.get("namespace"), metadata["name"]]))


def replacing(item: Object) -> tuple[str, ...]:
    """The paths whose change no update could make."""
    return (*_OF_ANY, *_REPLACES.get((item["apiVersion"], item["kind"]), ()))


def is_at(path: str, place: str) -> bool:
    """Whether a path leads to a place, or further in."""
    return path == place or path.startswith((f"{place}.", f"{place}["))


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """All that is said, by its path as Pulumi writes it."""
    if isinstance(value, dict) and value:
        words = {key: key if key.isidentifier() else f'["{key}"]' for key in value}
        parts = {f"{path}.{word}" if path and word == key else f"{path}{word}": key for key, word in words.items()}
        return {at: leaf for part, key in parts.items() for at, leaf in leaves(value[key], part).items()}
    if isinstance(value, list) and value:
        return {at: leaf for n, item in enumerate(value) for at, leaf in leaves(item, f"{path}[{n}]").items()}
    return {path: value}


def pruned(given: Any, live: Any) -> Any:
    """Of what is there, what was asked for: others may have set more."""
    if isinstance(given, dict) and isinstance(live, dict):
        return {key: pruned(value, live[key]) for key, value in given.items() if key in live}
    if isinstance(given, list) and isinstance(live, list) and len(given) == len(live):
        return [pruned(*pair) for pair in zip(given, live, strict=True)]
    return live


def _asked(manager: str, preview: bool) -> dict[str, str]:
    return {"fieldManager": manager, "fieldValidation": "Strict", **({"dryRun": "All"} if preview else {})}


def _without_managers(item: Object) -> Object:
    kept = {key: value for key, value in item["metadata"].items() if key != "managedFields"}
    return {**item, "metadata": kept}
