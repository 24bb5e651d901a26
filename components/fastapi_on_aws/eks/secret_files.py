"""Secrets and parameters as files in a pod: what AWS's provider of the Secrets Store CSI driver is told.

Source: AWS Secrets Manager user guide, "AWS Secrets and Configuration Provider code examples".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi import Input

from fastapi_on_aws.coerce import is_known
from fastapi_on_aws.environment import file_variable
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.policy_documents import region_of


@dataclass
class _Object:
    """One secret or parameter, and the files that are made of it."""

    arn: str
    stage: str
    version: str
    whole: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    """Variable -> JSON key."""

    @property
    def file(self) -> str:
        """Of the whole; the provider writes it, too, where keys alone are asked for."""
        return self.whole[0] if self.whole else f"{next(iter(self.keys))}.json"


def provider_parameters(secrets: Mapping[str, str], *, pod_identity: bool) -> dict[str, str]:
    """What AWS's provider is told: texts alone."""
    objects = _objects(secrets)
    return {
        "region": region_of(objects[0].arn),
        "usePodIdentity": json.dumps(pod_identity),
        "objects": json.dumps([_described(one) for one in objects]),
    }


def file_names(secrets: Mapping[str, str]) -> dict[str, str]:
    """Variable -> file. The provider takes each secret once, so two variables may share a file."""
    named: dict[str, str] = {}
    for one in _objects(secrets):
        named.update(dict.fromkeys(one.whole, one.file))
        named.update({variable: variable for variable in one.keys})
    return named


def check_secret_files(env: Mapping[str, Input[str]], secrets: Mapping[str, Input[str]], path: str) -> None:
    """Refuse variables that the runtime sets, and secrets that one volume cannot hold."""
    for name in secrets:
        told = file_variable(name)
        if told in env or told in secrets:
            raise UsageError(f"{path} has {told}, which tells where the secret {name} is; rename the one that you set")
    known = {name: str(arn) for name, arn in secrets.items() if is_known(arn)}
    regions = {region_of(arn) for arn in known.values()}
    if len(regions) > 1:
        raise UsageError(
            f"{path}.secrets are of {' and '.join(sorted(regions))}, and a pod's volume reads from one region;"
            " replicate them to one"
        )
    versions: dict[str, tuple[str, str]] = {}
    for name, arn in known.items():
        whole, _, stage, number = _parts(arn)
        if versions.setdefault(whole, (stage, number)) != (stage, number):
            raise UsageError(
                f"{path}.secrets.{name} names a secret in another stage or version than the others that name it, and a"
                " pod's volume holds one of each; take one of them"
            )


def _objects(secrets: Mapping[str, str]) -> list[_Object]:
    found: dict[str, _Object] = {}
    for variable, arn in sorted(secrets.items()):
        whole, key, stage, version = _parts(arn)
        one = found.setdefault(whole, _Object(whole, stage, version))
        if key:
            one.keys[variable] = key
        else:
            one.whole.append(variable)
    return list(found.values())


def _parts(arn: str) -> tuple[str, str, str, str]:
    """The ARN of the whole, and the JSON key, stage and version that may follow a secret's."""
    parts = arn.split(":")
    key, stage, version = [*parts[7:], "", "", ""][:3]
    return ":".join(parts[:7]), key, stage, version


def _described(one: _Object) -> dict[str, Any]:
    described: dict[str, Any] = {"objectName": one.arn, "objectAlias": one.file}
    if one.keys:
        # A key in quotes is a name in JMESPath, whatever is in it.
        described["jmesPath"] = [
            {"path": json.dumps(key), "objectAlias": variable} for variable, key in one.keys.items()
        ]
    if one.stage:
        described["objectVersionLabel"] = one.stage
    if one.version:
        described["objectVersion"] = one.version
    return described
