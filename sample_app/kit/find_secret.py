"""Where a secret is: `X`, else the file that `X_FILE` names, else the AWS secret or parameter that `X_ARN` names.

One rule for every runtime: ECS puts the value into the environment, Kubernetes mounts a file, Lambda fetches with the
function's own role. This file stands alone, so that any app can take it over; only `X_ARN` needs boto3:

    from find_secret import find_secret

    DATABASE_URL = find_secret("DATABASE_URL")
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path


class SecretError(Exception):
    """A secret that the environment promises cannot be had. The message says which and why, never its value."""


def find_secret(name: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """The secret called `name`, such as `DATABASE_URL`; None when nothing says where it is.

    The first of these that is set and not empty counts:

    * `X`: the secret itself.
    * `X_FILE`: the path of a file that holds it in UTF-8; one line break at its end is not part of it.
    * `X_ARN`: a Secrets Manager secret or an SSM parameter. As in an ECS task definition, a secret's ARN may go on
      with `:json-key:version-stage:version-id`, each of which may be empty.

    Raises `SecretError` when a place is named and the secret is not there.
    """
    if value := environ.get(name):
        return value
    if path := environ.get(f"{name}_FILE"):
        return _from_file(f"{name}_FILE", Path(path))
    if arn := environ.get(f"{name}_ARN"):
        return _from_aws(f"{name}_ARN", arn)
    return None


def _from_file(variable: str, path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SecretError(f"{variable} is {path}, which cannot be read: {reason}") from None
    if not value:
        raise SecretError(f"{variable} is {path}, which is empty")
    return value


def _from_aws(variable: str, arn: str) -> str:
    fields = arn.split(":", 7)
    if len(fields) < 6 or fields[0] != "arn" or fields[2] not in ("secretsmanager", "ssm"):  # an ARN's six fields
        raise SecretError(f"{variable} is not the ARN of a Secrets Manager secret or an SSM parameter")
    try:
        import boto3  # noqa: PLC0415  # most runtimes need neither it nor the time it takes
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # as above
    except ImportError:
        raise SecretError(f"{variable} is set, and fetching it needs the package boto3") from None
    try:
        session = boto3.Session(region_name=fields[3])
        if fields[2] == "ssm":
            return session.client("ssm").get_parameter(Name=arn, WithDecryption=True)["Parameter"]["Value"]
        secret_arn, key, stage, version = [*_split_reference(arn), "", "", ""][:4]
        wanted = {"VersionStage": stage, "VersionId": version}
        found = session.client("secretsmanager").get_secret_value(
            SecretId=secret_arn, **{name: value for name, value in wanted.items() if value}
        )
    except (BotoCoreError, ClientError) as error:
        raise SecretError(f"{variable} is {arn}, which cannot be fetched: {error}") from None
    return _member(variable, found.get("SecretString"), key)


def _split_reference(arn: str) -> list[str]:
    """An ECS `valueFrom` as the secret's own ARN, which has seven fields, and what follows it."""
    fields = arn.split(":")
    return [":".join(fields[:7]), *fields[7:]]


def _member(variable: str, text: str | None, key: str) -> str:
    if text is None:
        raise SecretError(f"{variable} names a binary secret; store text")
    if not key:
        return text
    try:
        value = json.loads(text)[key]
    except (ValueError, KeyError, TypeError):
        raise SecretError(f"{variable} asks for the key {key}, and the secret is no JSON object that has it") from None
    return value if isinstance(value, str) else json.dumps(value)
