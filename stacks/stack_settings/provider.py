"""The AWS provider of a stack: everything under ``aws:`` in its config, and the tags of every resource."""

import inspect
from collections.abc import Collection
from contextlib import suppress
from typing import Any, Final

import pulumi
import pulumi_aws as aws
from pulumi.runtime.config import CONFIG

from fastapi_on_aws import UsageError
from fastapi_on_aws.coerce import nearest, shape_of
from stack_settings.settings import Pattern, StackSettings

NAME: Final = "aws"
_IDENTITY: Final = (
    "profile",
    "assumeRoles",
    "assumeRoleWithWebIdentity",
    "accessKey",
    "secretKey",
    "token",
    "sharedConfigFiles",
    "sharedCredentialsFiles",
)

_SHAPES: Final[dict[Any, type]] = {int: int, bool: bool, list: list}
_WORDS: Final[dict[type, str]] = {int: "a whole number", bool: "true or false", list: "a list", dict: "a map"}


def aws_provider(settings: StackSettings) -> aws.Provider:
    """An explicit provider, since only a provider can tag what it creates.

    The engine hands ``aws:`` config to its default provider alone, so each key is passed on.
    """
    types = _provider_types()
    _refuse_unknown({_wire_name(name) for name in types})
    config = pulumi.Config("aws")
    if settings.pattern is Pattern.MICROSERVICES:
        _refuse_another_identity(config)
    given = {name: _value(config, _wire_name(name), wanted) for name, wanted in types.items()}
    tags = {"project": pulumi.get_project(), "stack": pulumi.get_stack(), "managed-by": "pulumi", **settings.tags}
    default_tags = given.pop("default_tags") or {}
    taken = {key.lower() for key in tags}  # IAM's keys have no case
    others = {key: value for key, value in default_tags.get("tags", {}).items() if key.lower() not in taken}
    given["default_tags"] = {**default_tags, "tags": {**others, **tags}}
    return aws.Provider(NAME, aws.ProviderArgs(**{name: v for name, v in given.items() if v is not None}))


def _provider_types() -> dict[str, Any]:
    """The provider's arguments: ``str``, ``int``, ``bool``, or another type for what config has as JSON."""
    parameters = inspect.signature(aws.ProviderArgs.__init__).parameters
    return {name: shape_of(p.annotation).type for name, p in parameters.items() if name != "__self__"}


def _refuse_unknown(known: Collection[str]) -> None:
    for key in CONFIG.get():
        name = key.removeprefix("aws:")
        if key.startswith("aws:") and name not in known:
            raise UsageError(f"{key} is not a setting of the AWS provider{nearest(name, known)}")


def _refuse_another_identity(config: pulumi.Config) -> None:
    for key in _IDENTITY:
        if config.get(key):
            raise UsageError(
                f"aws:{key} reaches the AWS provider alone, and with pattern microservices `aws eks get-token` signs in"
                " to the cluster as well, as somebody else then; take it out, and set AWS_PROFILE or the AWS CLI's"
                " other variables where Pulumi runs"
            )


def _value(config: pulumi.Config, key: str, wanted: Any) -> Any:
    if pulumi.runtime.is_config_secret(config.full_key(key)):
        if wanted is not str:
            raise UsageError(f"aws:{key} cannot be encrypted: it decides how AWS is called")
        return config.get_secret(key)
    if wanted is str or not config.get(key):
        return config.get(key) or None
    shape = _SHAPES.get(wanted, dict)
    value: Any = None
    with suppress(pulumi.ConfigTypeError):
        value = config.get_object(key)
    if not isinstance(value, shape) or (isinstance(value, bool) and shape is int):
        raise UsageError(f"aws:{key} must be {_WORDS[shape]}, not {config.get(key)!r}")
    if key == "defaultTags":
        tags = config.require_object(key).get("tags", {})
        if not isinstance(tags, dict) or not all(isinstance(tag, str) for tag in tags.values()):
            raise UsageError("aws:defaultTags.tags must be a map of texts")
    return value


def _wire_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
