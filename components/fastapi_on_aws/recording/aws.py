"""Ids, ARNs, names and addresses in the shapes that AWS gives them."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from .answers import InvokeAnswer
from .aws_arns import ARNS, ID_STEMS, IDS, SERVICES
from .aws_lookups import answers
from .aws_outputs import API_DOMAIN, AUTO_NAMED, ENDINGS, GENERAL, HOSTED_ZONES, OUTPUTS, PORTS
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
        return self.fill(IDS.get(type_, "{name}"), asked)

    def arn(self, asked: Asked) -> str:
        """The ARN of a resource; types without a rule of their own get ``service:...:kind/name``."""
        type_ = asked.resource.type
        if type_ in ARNS:
            return self.fill(ARNS[type_], asked)
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type_.rpartition(":")[2]).lower()
        return self.fill(f"arn:{{partition}}:{{service}}:{{region}}:{{account}}:{kind}/{{name}}", asked)

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
            self.fill(text.replace("{prop}", prop), asked) for text in (rule if isinstance(rule, tuple) else (rule,))
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

    def fill(self, template: str, asked: Asked) -> str:
        """A template of the tables with its words replaced."""
        return re.sub(r"\{(\w+)\}", lambda match: self._word(match[1], asked), template)

    def _word(self, word: str, asked: Asked) -> str:
        if word in _WORDS:
            return _WORDS[word](self, asked)
        if digits := re.fullmatch(r"(hex|HEX|n)(\d+)", word):
            kind, length = digits[1], int(digits[2])
            if kind == "n":
                return str(int(asked.hex(16), 16))[:length]
            return asked.hex(length) if kind == "hex" else asked.hex(length).upper()
        return asked.input(word) or f"{asked.resource.name}-{asked.hex(7)}"

    def name(self, asked: Asked) -> str:
        """The physical name: given, or made from the logical one as Pulumi does."""
        given = asked.input(*AUTO_NAMED)
        if given is not None:
            return given
        prefix = asked.input("namePrefix", "bucketPrefix", "identifierPrefix", "clusterIdentifierPrefix")
        return f"{prefix}{asked.hex(26)}" if prefix else f"{asked.resource.name}-{asked.hex(7)}"

    def region_of(self, asked: Asked) -> str:
        """The resource's own region, its provider's, or the stack's."""
        provider = asked.resources.get(asked.resource.provider or "")
        inputs = [asked.resource.inputs] + ([provider.inputs] if provider else [])
        for given in inputs:
            region = plain(given.get("region"))
            if isinstance(region, str) and region:
                return region
        return self.region

    def _tags(self, asked: Asked) -> Any:
        own = asked.resource.inputs.get("tags", {})
        provider = asked.resources.get(asked.resource.provider or "")
        given = provider.inputs.get("defaultTags") if provider else None
        settings, tags = plain(given), own.value if isinstance(own, Secret) else own
        if tags is UNKNOWN or settings is UNKNOWN:
            return UNKNOWN
        # Providers get their nested settings as JSON text.
        default = json.loads(settings) if isinstance(settings, str) else settings
        inherited = default.get("tags", {}) if isinstance(default, Mapping) else {}
        found = {**inherited, **(tags or {})}
        return Secret(found) if isinstance(own, Secret) or isinstance(given, Secret) else found


_WORDS: Final[Mapping[str, Callable[[AwsCloud, Asked], str]]] = {
    "name": AwsCloud.name,
    "id": AwsCloud.id,
    "arn": AwsCloud.arn,
    "region": AwsCloud.region_of,
    "account": lambda aws, _: aws.account_id,
    "service": lambda _, asked: _service(asked.resource.type),
    "partition": lambda aws, asked: partition(aws.region_of(asked)),
    "suffix": lambda aws, asked: suffix(aws.region_of(asked)),
    "zone": lambda aws, asked: HOSTED_ZONES.get(aws.region_of(asked), "Z35SXDOTRQ7X7K"),
    "uuid": lambda _, asked: _uuid(asked.hex(32)),
}


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
            "resourceRecordName": f"_{asked.hex(32, domain)}.{domain}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{asked.hex(32, domain + ' value')}.acm-validations.aws.",
        }
        for name in dict.fromkeys(name for name in names if isinstance(name, str))
        for domain in [name.removeprefix("*.")]  # A domain and its wildcard share one record.
    ]


def _eks_cluster(_aws: AwsCloud, asked: Asked, outputs: dict[str, Any]) -> None:
    """Cluster facts that AWS adds inside a block of inputs."""
    given = asked.resource.inputs.get("vpcConfig")
    if isinstance(given, Mapping):
        added = {"clusterSecurityGroupId": f"sg-{asked.hex(17, 'cluster')}", "vpcId": f"vpc-{asked.hex(17, 'vpc')}"}
        outputs["vpcConfig"] = {**added, **given}


def _api_domain(aws: AwsCloud, asked: Asked, outputs: dict[str, Any]) -> None:
    """What a domain has to lead to, told inside a block of inputs."""
    given = asked.resource.inputs.get("domainNameConfiguration")
    if isinstance(given, Mapping):
        added = {"targetDomainName": API_DOMAIN, "hostedZoneId": "{zone}"}
        outputs["domainNameConfiguration"] = {**{key: aws.fill(text, asked) for key, text in added.items()}, **given}


_ADJUST = {
    "aws:acm/certificate:Certificate": _certificate,
    "aws:apigatewayv2/domainName:DomainName": _api_domain,
    "aws:eks/cluster:Cluster": _eks_cluster,
}
