"""The AWS provider of a stack: everything under ``aws:`` in its config, and the tags of every resource."""

import inspect
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from fastapi_on_aws.coerce import shape_of
from stack_settings.settings import StackSettings

NAME: Final = "aws"


def aws_provider(settings: StackSettings) -> aws.Provider:
    """An explicit provider, since only a provider can tag what it creates.

    The engine hands ``aws:`` config to its default provider alone, so each key is passed on.
    """
    config = pulumi.Config("aws")
    given = {name: _value(config, _wire_name(name), wanted) for name, wanted in _provider_types().items()}
    tags = {"project": pulumi.get_project(), "stack": pulumi.get_stack(), "managed-by": "pulumi", **settings.tags}
    default_tags = given.pop("default_tags") or {}
    given["default_tags"] = {**default_tags, "tags": {**default_tags.get("tags", {}), **tags}}
    return aws.Provider(NAME, aws.ProviderArgs(**{name: v for name, v in given.items() if v is not None}))


def _provider_types() -> dict[str, Any]:
    """The provider's arguments: ``str``, ``int``, ``bool``, or another type for what config has as JSON."""
    parameters = inspect.signature(aws.ProviderArgs.__init__).parameters
    return {name: shape_of(p.annotation).type for name, p in parameters.items() if name != "__self__"}


def _value(config: pulumi.Config, key: str, wanted: Any) -> Any:
    if pulumi.runtime.is_config_secret(config.full_key(key)):
        return config.get_secret(key) if wanted is str else config.get_secret_object(key)
    return config.get(key) if wanted is str else config.get_object(key)


def _wire_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
