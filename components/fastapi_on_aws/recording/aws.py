"""Ids, ARNs, names and addresses in the shapes that AWS gives them."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from .answers import InvokeAnswer
from .aws_arns import ARNS, ID_STEMS, IDS, SERVICES
from .aws_lookups import answers
from .aws_outputs import AUTO_NAMED, ENDINGS, GENERAL, HOSTED_ZONES, OUTPUTS, PORTS
from .aws_regions import partition, suffix
from .graph import UNKNOWN, Mode, Secret, plain
from .invent import NOT_MINE, Asked


class AwsCloud:
    """One AWS account as it could be; nothing in it is real, everything has the right form."""

    def __init__(self, region: str, account_id: str) -> None:
        self.region = region
        self.account_id = account_id

    def id(self, asked: Asked) -> str:
        type_ = asked.resource.type
        if type_ in ID_STEMS:
            return f"{ID_STEMS[type_]}-{asked.hex(17)}"
        return self._fill(IDS.get(type_, "{name}"), asked)

    def arn(self, asked: Asked) -> str:
        """The ARN of a resource; types without a rule of their own get ``service:...:kind/name``."""
        type_ = asked.resource.type
        if type_ in ARNS:
            return self._fill(ARNS[type_], asked)
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type_.rpartition(":")[2]).lower()
        return self._fill(f"arn:{{partition}}:{{service}}:{{region}}:{{account}}:{kind}/{{name}}", asked)

    def value(self, asked: Asked, prop: str) -> Any:
        if prop == "port":
            engine = asked.input("engine") or ""
            return next((port for stem, port in PORTS.items() if stem in engine), 443)
        rule = OUTPUTS.get(asked.resource.type, {}).get(prop, GENERAL.get(prop))
        if rule is None:
            rule = next((text for ending, text in ENDINGS.items() if prop.endswith(ending)), None)
        if rule is None:
            return NOT_MINE
        texts = [
            self._fill(text.replace("{prop}", prop), asked) for text in (rule if isinstance(rule, tuple) else (rule,))
        ]
        return texts if isinstance(rule, tuple) else texts[0]

    def adjust(self, asked: Asked, outputs: dict[str, Any], mode: Mode) -> None:
        if "tagsAll" in outputs:
            outputs["tagsAll"] = self._tags(asked)
        if mode is Mode.UPDATE:
            adjust = _ADJUST.get(asked.resource.type)
            if adjust is not None:
                adjust(self, asked, outputs)

    def invokes(self) -> Mapping[str, InvokeAnswer]:
        """Answers to the look-ups that programs make before they create anything."""
        return answers(self.region, self.account_id)

    def _fill(self, template: str, asked: Asked) -> str:
        region = self._region(asked)
        words: dict[str, Callable[[], str]] = {
            "name": lambda: self._name(asked),
            "service": lambda: _service(asked.resource.type),
            "id": lambda: self.id(asked),
            "arn": lambda: self.arn(asked),
            "region": lambda: region,
            "account": lambda: self.account_id,
            "partition": lambda: partition(region),
            "suffix": lambda: suffix(region),
            "zone": lambda: HOSTED_ZONES.get(region, "Z35SXDOTRQ7X7K"),
            "uuid": lambda: _uuid(asked.hex(32)),
        }

        def word(match: "re.Match[str]") -> str:
            key = match[1]
            if key in words:
                return words[key]()
            if digits := re.fullmatch(r"(hex|HEX)(\d+)", key):
                text = asked.hex(int(digits[2]))
                return text.upper() if digits[1] == "HEX" else text
            if digits := re.fullmatch(r"n(\d+)", key):
                return str(int(asked.hex(16), 16))[: int(digits[1])]
            value = plain(asked.resource.inputs.get(key))
            return value if isinstance(value, str) else f"{asked.resource.name}-{asked.hex(7)}"

        return re.sub(r"\{(\w+)\}", word, template)

    def _name(self, asked: Asked) -> str:
        given = asked.input(*AUTO_NAMED)
        if given is not None:
            return given
        prefix = asked.input("namePrefix", "bucketPrefix", "identifierPrefix", "clusterIdentifierPrefix")
        return f"{prefix}{asked.hex(26)}" if prefix else f"{asked.resource.name}-{asked.hex(7)}"

    def _region(self, asked: Asked) -> str:
        provider = asked.resources.get(asked.resource.provider or "")
        inputs = [asked.resource.inputs] + ([provider.inputs] if provider else [])
        for given in inputs:
            region = plain(given.get("region"))
            if isinstance(region, str) and region:
                return region
        return self.region

    def _tags(self, asked: Asked) -> Any:
        own = asked.resource.inputs.get("tags") or {}
        provider = asked.resources.get(asked.resource.provider or "")
        given = provider.inputs.get("defaultTags") if provider else None
        if own is UNKNOWN or given is UNKNOWN:
            return UNKNOWN
        # Providers get their nested settings as JSON text.
        text = plain(given)
        default = json.loads(text) if isinstance(text, str) else text
        tags = default.get("tags", {}) if isinstance(default, Mapping) else {}
        if isinstance(own, Secret) or isinstance(given, Secret):
            return Secret({**tags, **plain(own)})
        return {**tags, **own}


def _service(type_: str) -> str:
    module = type_.split(":")[1].partition("/")[0].lower()
    return SERVICES.get(module, module)


def _uuid(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


def _certificate(_aws: AwsCloud, asked: Asked, outputs: dict[str, Any]) -> None:
    """One validation record for each name, as ACM asks for them."""
    more = asked.resource.inputs.get("subjectAlternativeNames")
    names = [asked.input("domainName"), *(plain(more) if isinstance(more, list) else [])]
    outputs["domainValidationOptions"] = [
        {
            "domainName": name,
            "resourceRecordName": f"_{asked.hex(32, name)}.{name.removeprefix('*.')}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{asked.hex(32, name + 'value')}.acm-validations.aws.",
        }
        for name in dict.fromkeys(name for name in names if isinstance(name, str))
    ]


def _eks_cluster(_aws: AwsCloud, asked: Asked, outputs: dict[str, Any]) -> None:
    """Cluster facts that AWS adds inside a block of inputs."""
    given = asked.resource.inputs.get("vpcConfig")
    if isinstance(given, Mapping):
        added = {"clusterSecurityGroupId": f"sg-{asked.hex(17, 'cluster')}", "vpcId": f"vpc-{asked.hex(17, 'vpc')}"}
        outputs["vpcConfig"] = {**added, **given}


_ADJUST = {"aws:acm/certificate:Certificate": _certificate, "aws:eks/cluster:Cluster": _eks_cluster}
