"""The settings of the running stack, from its config."""

import dataclasses
import json
from collections.abc import Collection, Mapping
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG

from fastapi_on_aws import UsageError
from fastapi_on_aws.coerce import coerce, nearest, word
from fastapi_on_aws.regions import ZONE_LETTERS, is_commercial
from stack_settings.sample_app import is_sample_app, sample_app, sample_zip
from stack_settings.settings import StackSettings


def read_settings() -> StackSettings:
    """The settings of the running stack; raises ``UsageError`` with the config path of what is wrong."""
    namespace = f"{pulumi.get_project()}:"
    words = _words(namespace)
    network = words.get("network", {})
    if isinstance(network, Mapping):
        words["network"] = {**network, "region": _region(network, namespace)}
    settings = coerce(StackSettings, words, namespace)
    if not is_sample_app(settings.app, settings.lambda_):
        return settings
    return dataclasses.replace(settings, app=sample_app(settings.app), lambda_=sample_zip(settings.lambda_))


def _words(namespace: str) -> dict[str, Any]:
    """What the stack file says, without the keys that are there with nothing behind them."""
    known = {word(field.name) for field in dataclasses.fields(StackSettings)}
    words = {}
    for key, value in CONFIG.get().items():
        if not key.startswith(namespace):
            _refuse_foreign(key, known, namespace)
        elif pulumi.runtime.is_config_secret(key):
            raise UsageError(f"{key} is encrypted, and would be readable in the console; name an ARN under app.secrets")
        elif value != "":
            name = key.removeprefix(namespace)
            if word(name) != name:
                raise UsageError(f"{key} is not a setting; did you mean {word(name)}?")
            words[name] = _parsed(value)
    return words


def _refuse_foreign(key: str, known: Collection[str], namespace: str) -> None:
    """A renamed project or a misspelt namespace would otherwise lose its settings without a word."""
    other, _, name = key.partition(":")
    if other in known:
        raise UsageError(f"{key} is read by nobody; {name} is a word below {namespace}{other}, so nest it there")
    if name in known and other != "aws":
        project = namespace.removesuffix(":")
        raise UsageError(f"{key} is of a project called {other}, and this one is {project}: write {namespace}{name}")


def _parsed(raw: str) -> Any:
    """What the engine hands over: text as it is, everything else as JSON."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw


def _region(network: Mapping[str, Any], namespace: str) -> str:
    if pulumi.runtime.is_config_secret("aws:region"):
        raise UsageError("aws:region cannot be encrypted: names and zones come from it; write it as plain text")
    region = pulumi.Config("aws").get("region")
    if region is None:
        raise UsageError("aws:region is missing: set it in the stack file, such as aws:region: eu-west-1")
    if region not in ZONE_LETTERS and "zones" not in network:
        raise UsageError(f"aws:region cannot be {region!r}{nearest(region, ZONE_LETTERS)}")
    if network.get("region") not in (None, region):
        raise UsageError(
            f"{namespace}network.region is {network['region']}, and aws:region is {region}; take the first one out"
        )
    if not is_commercial(region):
        raise UsageError(f"aws:region cannot be {region!r}: it is not a commercial AWS region")
    return region
