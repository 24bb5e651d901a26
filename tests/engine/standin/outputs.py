"""Outputs and ids that only a cloud can give, invented in their real shape."""

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.engine.standin.rules import Row
from tests.engine.standin.sdk import Kind, Resource
from tests.engine.standin.wire import UNKNOWN, has_unknown

ACCOUNT: Final = "123456789012"
_HOSTS: Final = {"dnsname", "endpoint", "readerendpoint", "address", "domainname"}
_OWNERS: Final = {"ownerId", "accountId", "registryId"}
_EMPTY: Final[dict[str, Any]] = {"int": 1, "float": 1.0, "bool": False, "list": [], "map": {}, "obj": {}}


@dataclass(frozen=True)
class Settings:
    """The provider's configuration, as far as it shows in outputs."""

    region: str
    default_tags: dict[str, str]


@dataclass(frozen=True)
class Made:
    id: str
    state: dict[str, Any]


class Inventor:
    """Invents for one resource. ``salt`` makes a second one of the same URN another one."""

    def __init__(self, settings: Settings, type_: str, urn: str, salt: str) -> None:
        self.settings = settings
        self.type = type_
        self.seed = f"{urn}|{salt}"

    def made(self, row: Row, resource: Resource | None, inputs: dict[str, Any], extra: dict[str, Any]) -> Made:
        """The state of a new resource; ``extra`` are outputs that the caller knows."""
        if row.name and inputs.get(row.name.property) is None:  # the program gave a prefix instead
            prefix = str(inputs.get(f"{row.name.property}Prefix", ""))
            extra = {**extra, row.name.property: prefix + self._hex("name", 17)}
        words = self._words(inputs, extra)
        words["id"] = "" if "{arn}" in row.id else row.id.format_map(words)
        words["arn"] = row.arn.format_map(words)
        words["id"] = words["id"] or words["arn"]
        known = {"arn": words["arn"], **{key: text.format_map(words) for key, text in row.outputs.items()}, **extra}
        state = self.state(resource, inputs, known, preview=False)
        added = {
            block: {key: text.format_map(words) for key, text in row.within[block].items()} for block in row.within
        }
        return Made(words["id"], add_within(state, added))

    def state(
        self, resource: Resource | None, inputs: dict[str, Any], known: dict[str, Any], *, preview: bool
    ) -> dict[str, Any]:
        """The inputs, and every output: what is ``known`` already, else unknown in a preview and invented after."""
        state = {key: value for key, value in inputs.items() if not key.startswith("__")}
        for key, output in resource.outputs.items() if resource else ():
            if key == "tagsAll":
                tags = inputs.get("tags") or {}
                state[key] = UNKNOWN if has_unknown(tags) else {**self.settings.default_tags, **tags}
            elif state.get(key) is not None or (output.optional and key not in known):
                continue
            elif key in known:
                state[key] = known[key]
            else:
                state[key] = UNKNOWN if preview else self.value(key, output.kind)
        return state

    def value(self, key: str, kind: Kind) -> Any:
        """One output, by its name and type."""
        if kind.name != "str":
            return _EMPTY.get(kind.name)
        region, low = self.settings.region, key.lower()
        host = f"{self._hex('host', 9)}.{region}.amazonaws.com"
        last = int(self._hex(key, 2), 16)
        guesses = [
            (key == "region", region),
            (key in _OWNERS, ACCOUNT),
            (low.endswith("arn"), f"arn:aws:{self._service()}:{region}:{ACCOUNT}:{key}/{self._hex(key, 17)}"),
            (low in _HOSTS, host),
            (low.endswith("url"), f"https://{host}/"),
            (low.endswith("ip"), f"203.0.113.{last}" if "public" in low else f"10.0.0.{last}"),
            (low.endswith("id"), f"{key[:-2].lower() or 'x'}-{self._hex(key, 17)}"),
            (True, f"{key}-{self._hex(key, 8)}"),
        ]
        return next(guess for fits, guess in guesses if fits)

    def _words(self, inputs: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", self.type.rsplit(":", 1)[-1]).lower()
        owner = str(inputs.get("loadBalancerArn") or inputs.get("listenerArn") or "")
        return {
            "qualifier": "",
            **inputs,
            **extra,
            "kind": kind,
            "service": self._service(),
            "name": extra.get("name") or inputs.get("name") or self.seed.split("|")[0].rsplit("::", 1)[-1],
            "region": self.settings.region,
            "account": ACCOUNT,
            "parent": "/".join(owner.split("/")[2:4]),
            "cluster_name": str(inputs.get("cluster") or "default").rsplit("/", 1)[-1],
            "uuid": str(uuid.UUID(self._hex("uuid", 32))),
            "upper13": self._hex("upper", 13).upper(),
            **{f"hex{count}": self._hex("id", count) for count in (6, 8, 16, 17)},
        }

    def _service(self) -> str:
        return self.type.split(":")[1].split("/")[0]

    def _hex(self, what: str, count: int) -> str:
        return hashlib.sha256(f"{self.seed}|{what}".encode()).hexdigest()[:count]


def add_within(state: dict[str, Any], added: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A state with more in its blocks; one that is unknown as a whole stays so."""
    blocks = {block: state.get(block) or {} for block in added}
    return {**state, **{name: {**added[name], **block} for name, block in blocks.items() if isinstance(block, dict)}}


def validation_options(type_: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """The DNS records that ACM asks for before it issues a certificate: one a domain."""
    if type_ != "aws:acm/certificate:Certificate":
        return {}
    domains = dict.fromkeys([inputs.get("domainName", ""), *inputs.get("subjectAlternativeNames", [])])
    records = [
        {
            "domainName": domain,
            "resourceRecordName": f"_validate.{domain.removeprefix('*.')}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{domain.removeprefix('*.')}.acm-validations.aws.",
        }
        for domain in domains
    ]
    return {"domainValidationOptions": records}
