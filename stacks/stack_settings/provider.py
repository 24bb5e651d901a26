"""The AWS provider of a stack: everything under ``aws:`` in its config, and the tags of every resource."""

import inspect
import json
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from stack_settings.settings import StackSettings

NAME: Final = "aws"


def aws_provider(settings: StackSettings) -> aws.Provider:
    """An explicit provider, since only a provider can tag what it creates.

    The engine hands ``aws:`` config to its default provider alone, so each key is passed on.
    """
    config = pulumi.Config("aws")
    names = [name for name in inspect.signature(aws.ProviderArgs.__init__).parameters if name != "__self__"]
    given = {name: _value(config, _wire_name(name)) for name in names}
    tags = {"project": pulumi.get_project(), "stack": pulumi.get_stack(), "managed-by": "pulumi", **settings.tags}
    default_tags = given.pop("default_tags") or {}
    given["default_tags"] = {**default_tags, "tags": {**default_tags.get("tags", {}), **tags}}
    return aws.Provider(NAME, aws.ProviderArgs(**{name: v for name, v in given.items() if v is not None}))


def _value(config: pulumi.Config, key: str) -> Any:
    raw = config.get(key)
    if raw is None:
        return None
    if pulumi.runtime.is_config_secret(config.full_key(key)):
        return config.get_secret(key)
    try:
        parsed = json.loads(raw)
    except ValueError:
        return raw
    return parsed if isinstance(parsed, bool | list | dict) else raw


def _wire_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
