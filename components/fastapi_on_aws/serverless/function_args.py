"""What a Lambda function takes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.args import Defaulted, arg, not_empty
from fastapi_on_aws.coerce import is_known
from fastapi_on_aws.environment import PORT, arn_variable, check_environment
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ports import PORTS
from fastapi_on_aws.references import Architecture, ImageRef, NetworkRef, ZipRef
from fastapi_on_aws.serverless.lambda_args import LambdaArgs, Package
from fastapi_on_aws.serverless.limits import LARGEST_ENVIRONMENT_BYTES, lambda_memory_mib
from fastapi_on_aws.service import UNPRIVILEGED_PORT, AppArgs, HealthArgs, check_command

_VARIABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
_RESERVED: Final = frozenset(
    {
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)  # fmt: skip
"""Variables that Lambda sets. Source: AWS Lambda developer guide, "Working with environment variables"."""


def check_variables(env: Mapping[str, Input[str]], secrets: Mapping[str, Input[str]], path: str) -> None:
    """Refuse the names of variables that Lambda takes from nobody."""
    for name in (*env, *secrets):
        where = f"{path}.{'env' if name in env else 'secrets'}.{name}"
        if name in _RESERVED:
            raise UsageError(f"{where} is set by Lambda itself; take it out")
        if not _VARIABLE.fullmatch(name):
            raise UsageError(
                f"{where} cannot be: Lambda takes names of a letter and then one or more letters, digits or underscores"
            )


def check_told_secrets(env: Mapping[str, Input[str]], secrets: Mapping[str, Input[str]], path: str) -> None:
    """Refuse the names of variables that tell where a secret is."""
    for name in secrets:
        told = arn_variable(name)
        if told in env or told in secrets:
            raise UsageError(f"{path} has {told}, which tells where the secret {name} is; rename the one that you set")


@dataclass(frozen=True, kw_only=True)
class LambdaFunctionArgs:
    """What runs, how large, and what it is told."""

    image: Optional[ImageRef] = None
    """Image with the Lambda Web Adapter in it. This or `zip`. Default: none."""

    zip: Optional[ZipRef] = None
    """Zip file with a handler in it. This or `image`. Default: none."""

    network: Optional[NetworkRef] = None
    """Needed where `settings` put it into a network. Default: none."""

    egress_ports: Optional[Sequence[int]] = arg(PORTS, default=None)
    """TCP ports on which a function in a network may reach anywhere. Default: 443."""

    command: Optional[Sequence[Input[str]]] = arg(not_empty(), default=None)
    """Command of the image. Default: the image's own."""

    port: Defaulted[Input[int]] = arg(UNPRIVILEGED_PORT, default=AppArgs.port)
    """Where the app in an image listens. Default: 8000."""

    health: Defaulted[HealthArgs] = arg(factory=HealthArgs)
    """Where the app in an image says that it is ready; no request reaches it before."""

    memory: Defaulted[Input[str]] = AppArgs.memory
    """128 MB to 10240 MB. CPU follows it: one vCPU at 1769 MB. Default: `1 GB`."""

    streaming: Defaulted[bool] = False
    """Whether answers are sent piece by piece; only an image can. Default: false."""

    env: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variables; 4 KB in all. Default: none."""

    secrets: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variable -> ARN of a Secrets Manager secret or SSM parameter. The function is told the ARN as
    `<NAME>_ARN` and may read it: Lambda resolves none itself. Default: none."""

    settings: Defaulted[LambdaArgs] = arg(factory=LambdaArgs)
    """Lambda's own settings, but for its API."""

    has_url: Defaulted[bool] = False
    """Whether its alias gets a function URL, so that an alarm counts what that answers. Default: false."""

    rollout_alarms: Defaulted[Sequence[Input[str]]] = arg(factory=list)
    """ARNs of metric alarms that a rollout watches beside the function's own, such as an API's. Default: none."""

    @property
    def architecture(self) -> Architecture:
        """What the package was built for."""
        package = self.image or self.zip
        return package.architecture if package else Architecture.ARM64

    def check_together(self, path: str) -> None:
        """There is one package, of the kind that the settings speak of, and it fits."""
        check_command(self.command, path)
        check_environment(self.env, self.secrets, path, reserved=(PORT,))
        check_variables(self.env, self.secrets, path)
        check_told_secrets(self.env, self.secrets, path)
        size = sum(len(f"{name}{value}".encode()) for name, value in self.env.items() if is_known(value))
        if size > LARGEST_ENVIRONMENT_BYTES:
            raise UsageError(f"{path}.env has {size} bytes, and Lambda takes {LARGEST_ENVIRONMENT_BYTES}; shorten it")
        given = Package.ZIP if self.zip else Package.IMAGE
        if (self.image is None) == (self.zip is None):
            raise UsageError(f"{path} needs either image or zip")
        if given is not self.settings.package:
            raise UsageError(f"{path} has {given}, and {path}.settings.package is {self.settings.package}")
        if self.zip and self.command:
            raise UsageError(f"{path}.command is of an image; a zip starts at its handler")
        if self.zip and self.streaming:
            raise UsageError(f"{path}.streaming is true, and a zip in Python cannot; use an image")
        if self.settings.in_network and self.network is None:
            raise UsageError(f"{path}.network is missing: the settings put the function into one")
        if self.egress_ports is not None and not self.settings.in_network:
            raise UsageError(
                f"{path}.egress_ports is of a function in a network, and this one is in none; take it out, or set"
                f" {path}.settings.vpc to true"
            )
        if is_known(self.memory):
            lambda_memory_mib(str(self.memory), f"{path}.memory")
