"""What a process is told in its environment, and what must never be there."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from pulumi import Input

from fastapi_on_aws.coerce import is_known
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.secret_access import check_room

PORT: Final = "PORT"
"""Where the app should listen."""
APP_SERVICES: Final = "APP_SERVICES"
"""The services that the process should serve, with commas between them. Unset: all there are."""
FORWARDED_ALLOW_IPS: Final = "FORWARDED_ALLOW_IPS"
"""Whom uvicorn and gunicorn believe what they forward: the client's address instead of the load balancer's."""
PUBLIC_SCHEME: Final = "PUBLIC_SCHEME"
"""The scheme that clients use, where the load balancer is asked in another and reports that one."""

FRONT_DOOR: Final = "FRONT_DOOR"
"""The host that clients use, which the front door names in `X-Front-Door-Host`, as it does the client in
`X-Front-Door-Client`; `*.cloudfront.net` stands for each of CloudFront's own."""
ROOT_PATH: Final = "ROOT_PATH"
"""The part of the public URL's path that is taken away before the app is asked."""
UVICORN_ROOT_PATH: Final = "UVICORN_ROOT_PATH"
"""The same, for uvicorn's command line."""
OTLP_ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""Where OpenTelemetry sends what it sees."""
SERVICE_NAME: Final = "OTEL_SERVICE_NAME"
"""What OpenTelemetry calls the process."""


def arn_variable(secret: str) -> str:
    """The variable that tells where a secret is that the runtime does not resolve.

    >>> arn_variable("DATABASE_URL")
    'DATABASE_URL_ARN'
    """
    return f"{secret}_ARN"


def file_variable(secret: str) -> str:
    """The variable that tells in which file a secret is that the runtime puts there.

    >>> file_variable("DATABASE_URL")
    'DATABASE_URL_FILE'
    """
    return f"{secret}_FILE"


def url_variable(service: str) -> str:
    """The variable that tells a caller where a service is.

    >>> url_variable("price-list")
    'PRICE_LIST_URL'
    """
    return f"{service.upper().replace('-', '_')}_URL"


_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_BYTES: Final = 128 * 1024
"""With its name, and the NUL that ends it. Source: Linux manual page, "execve(2)": MAX_ARG_STRLEN."""
_MANAGER_ARN: Final = r"arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+"
_SECRET_ARN: Final = re.compile(
    rf"{_MANAGER_ARN}-[A-Za-z0-9]{{6}}(?::[^:]*){{0,3}}"
    r"|arn:aws:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9/_.-]+"
)
_SECRET_NAME: Final = re.compile(
    r".*(PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|CREDENTIALS?"
    r"|(API|SECRET|PRIVATE|ACCESS|SIGNING|ENCRYPTION|JWT|AUTH)_?KEYS?)",
    re.IGNORECASE,
)
_SECRET_VALUE: Final = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_\w{36}|\bgithub_pat_\w+|\bglpat-[\w-]{20}"
    r"|\bxox[abpr]-\w+|\bxapp-\w+|\b[sr]k_live_\w+|\bsk-[\w-]{20}|\bAIza[\w-]{35}|\beyJ[\w-]+\.eyJ[\w-]+\."
    r"|\b\w+://[^\s/:@]*:[^\s@]+@|\bpassword=[^\s;]+",
    re.IGNORECASE,
)
_HARMLESS: Final = re.compile(r"|true|false|[0-9.]+|/.*", re.IGNORECASE)
"""What no secret looks like, whatever the variable is called: nothing, a switch, a number, a path."""


def looks_like_secret(name: str, value: object) -> bool:
    """Whether a name and its value had better not be readable by everybody."""
    if not isinstance(value, str) or _HARMLESS.fullmatch(value):
        return False
    return _SECRET_NAME.fullmatch(name) is not None or _SECRET_VALUE.search(value) is not None


def check_environment(
    env: Mapping[str, Input[str]], secrets: Mapping[str, Input[str]], path: str, reserved: Collection[str]
) -> None:
    """Refuse what would put a secret in plain text, or hide a variable that the runtime sets."""
    for name in (*env, *secrets):
        where = f"{path}.{'env' if name in env else 'secrets'}.{name}"
        if not _VARIABLE.fullmatch(name):
            raise UsageError(f"{where} is not a name for an environment variable: letters, digits and underscores")
        if name in reserved:
            raise UsageError(f"{where} is set by the runtime; take it out")
    for name in env.keys() & secrets.keys():
        raise UsageError(f"{path} has {name} in both env and secrets; take one of them out")
    for name, value in env.items():
        if looks_like_secret(name, value):
            raise UsageError(
                f"{path}.env.{name} looks like a secret, and env is readable in the console and the state;"
                f" store it in Secrets Manager and put its ARN under {path}.secrets.{name}"
            )
        if isinstance(value, str):
            _check_variable(name, value, f"{path}.env.{name}")
    known = {name: str(arn) for name, arn in secrets.items() if is_known(arn)}
    for name, arn in known.items():
        _check_arn(arn, f"{path}.secrets.{name}")
    check_room({*known.values()}, f"{path}.secrets")


def _check_variable(name: str, value: str, path: str) -> None:
    if "\0" in value:
        raise UsageError(f"{path} has a NUL in it, where its value would end; take it out")
    size = len(f"{name}={value}\0".encode())
    if size > _MOST_BYTES:
        raise UsageError(
            f"{path} takes {size} bytes, and Linux starts no process that is told more than {_MOST_BYTES} in one"
            " variable; store it in S3 and say where"
        )


def _check_arn(arn: str, path: str) -> None:
    if _SECRET_ARN.fullmatch(arn):
        return
    if re.match(_MANAGER_ARN, arn):
        raise UsageError(
            f"{path} lacks the hyphen and the six characters that AWS puts behind a secret's name, and IAM compares the"
            " whole: take the ARN that `aws secretsmanager describe-secret` tells"
        )
    raise UsageError(
        f"{path} must be the ARN of a Secrets Manager secret or an SSM parameter (arn:aws:secretsmanager:… or"
        " arn:aws:ssm:…), never the secret itself"
    )
