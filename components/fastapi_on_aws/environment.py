"""What a process is told in its environment, and what must never be there."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from pulumi import Input

from fastapi_on_aws.coerce import is_known
from fastapi_on_aws.errors import UsageError

PORT: Final = "PORT"
"""Where the app should listen."""
APP_SERVICES: Final = "APP_SERVICES"
"""The services that the process should serve, with commas between them. Unset: all there are."""
FORWARDED_ALLOW_IPS: Final = "FORWARDED_ALLOW_IPS"
"""Whom uvicorn and gunicorn believe what they forward: the client's address instead of the load balancer's."""


def url_variable(service: str) -> str:
    """The variable that tells a caller where a service is.

    >>> url_variable("price-list")
    'PRICE_LIST_URL'
    """
    return f"{service.upper().replace('-', '_')}_URL"


_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_ARN: Final = re.compile(
    r"arn:aws[\w-]*:(secretsmanager:[\w-]+:\d{12}:secret|ssm:[\w-]+:\d{12}:parameter)[:/].+"
)
_SECRET_NAME: Final = re.compile(
    r".*(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)", re.IGNORECASE
)
_SECRET_VALUE: Final = re.compile(
    r"(AKIA|ASIA)[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_\w{36}|xox[abpr]-\w+|sk_live_\w+"
    r"|\w+://[^\s/:@]*:[^\s/@]+@"
)


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
        if isinstance(value, str) and value and (_SECRET_NAME.fullmatch(name) or _SECRET_VALUE.search(value)):
            raise UsageError(
                f"{path}.env.{name} looks like a secret, and env is readable in the console and the state;"
                f" store it in Secrets Manager and put its ARN under {path}.secrets.{name}"
            )
    for name, arn in secrets.items():
        if is_known(arn) and not _SECRET_ARN.fullmatch(str(arn)):
            raise UsageError(
                f"{path}.secrets.{name} must be the ARN of a Secrets Manager secret or an SSM parameter"
                " (arn:aws:secretsmanager:… or arn:aws:ssm:…), never the secret itself"
            )
