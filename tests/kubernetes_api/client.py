"""A client of the Kubernetes API for which what the server warns of is a failure."""

import json
import ssl
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
import yaml

Object = dict[str, Any]
MANAGER: Final = "fastapi-on-aws"
"""Who owns the fields that are applied."""
APPLY: Final = "application/apply-patch+yaml"
MERGE: Final = "application/merge-patch+json"
_TIMEOUT_SECONDS: Final = 30
_WATCH_SECONDS: Final = 300


class ApiError(Exception):
    """The server refused a request, or warned of it; `message` has its own words."""

    def __init__(self, request: str, status: int, message: str) -> None:
        super().__init__(f"{request}: {status}: {message}")
        self.status, self.message = status, message


class Client:
    """Speaks as the user of a kubeconfig; given a `user`, as that one, with no more rights than they have."""

    def __init__(self, kubeconfig: Path, *, user: str | None = None, groups: Iterable[str] = ()) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        headers = [("Authorization", f"Bearer {config['users'][0]['user']['token']}")]
        headers += [("Impersonate-User", user)] if user else []
        headers += [("Impersonate-Group", group) for group in groups]
        trusted = ssl.create_default_context(cafile=cluster["certificate-authority"])
        self._http = httpx.Client(base_url=cluster["server"], headers=headers, verify=trusted, timeout=_TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def is_ready(self) -> bool:
        return self._http.get("/readyz").is_success

    def apply(self, objects: Iterable[Object]) -> list[Object]:
        """Apply each one on the server, in this order; what they have become."""
        strict = {"fieldManager": MANAGER, "fieldValidation": "Strict"}
        return [self.request("PATCH", self.path_of(each), each, content=APPLY, **strict) for each in objects]

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object:
        return self.request("GET", f"{self.path(api_version, kind, namespace)}/{name}")

    def items(self, api_version: str, kind: str, namespace: str | None = None) -> list[Object]:
        found: list[Object] = self.request("GET", self.path(api_version, kind, namespace))["items"]
        return found

    def path_of(self, item: Object) -> str:
        """Where an object is."""
        metadata = item["metadata"]
        return f"{self.path(item['apiVersion'], item['kind'], metadata.get('namespace'))}/{metadata['name']}"

    def path(self, api_version: str, kind: str, namespace: str | None = None) -> str:
        """Where objects of a kind are: of one namespace, or of all of them."""
        root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        for resource in self.request("GET", root)["resources"]:
            if resource["kind"] == kind and "/" not in resource["name"]:
                inside = f"/namespaces/{namespace}" if resource["namespaced"] and namespace else ""
                return f"{root}{inside}/{resource['name']}"
        raise ApiError(f"GET {root}", 404, f"there is no kind {kind}")

    def request(
        self,
        method: str,
        path: str,
        body: Object | list[Object] | None = None,
        *,
        content: str = "application/json",
        **query: str,
    ) -> Object:
        """One request and its answer; ApiError where it failed, or was warned of."""
        data = None if body is None else json.dumps(body)
        answer = self._http.request(method, path, params=query, content=data, headers={"Content-Type": content})
        if answer.is_error:
            raise ApiError(f"{method} {path}", answer.status_code, _words(answer))
        if warnings := answer.headers.get_list("Warning"):
            texts = [json.loads(warning.partition(" - ")[2]) for warning in warnings]  # of: 299 - "text"
            raise ApiError(f"{method} {path}", answer.status_code, f"warning: {'; '.join(texts)}")
        result: Object = answer.json()
        return result

    def watch(self, path: str, query: Mapping[str, str]) -> Iterator[Object]:
        """What is there, then each change, without an end; when a connection ends, from the start."""
        asked = {**query, "watch": "true", "timeoutSeconds": str(_WATCH_SECONDS)}
        timeout = httpx.Timeout(_TIMEOUT_SECONDS, read=_WATCH_SECONDS + _TIMEOUT_SECONDS)
        while True:
            with self._http.stream("GET", path, params=asked, timeout=timeout) as answer:
                answer.raise_for_status()
                for line in answer.iter_lines():
                    yield json.loads(line)["object"]


def _words(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text


def condition(item: Object, kind: str) -> Object:
    """What an object's status says of itself; empty, where it says nothing."""
    found = item.get("status", {}).get("conditions", [])
    return next((each for each in found if each["type"] == kind), {})
