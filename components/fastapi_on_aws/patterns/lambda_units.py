"""What runs together on Lambda, and what cannot run there."""

import dataclasses
from collections.abc import Sequence
from typing import Final, Optional

from fastapi_on_aws.coerce import join
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.patterns.unit import Limits, Named, Unit
from fastapi_on_aws.patterns.unit_checks import check_none_is_hidden
from fastapi_on_aws.patterns.units import needs_a_unit, split_units
from fastapi_on_aws.serverless.api_args import ApiKind
from fastapi_on_aws.serverless.function_args import check_told_secrets, check_variables
from fastapi_on_aws.serverless.lambda_args import Functions, LambdaArgs, Package
from fastapi_on_aws.serverless.limits import LARGEST_ENVIRONMENT_BYTES, lambda_memory_mib
from fastapi_on_aws.service import AppArgs, Services
from fastapi_on_aws.sizing import cpu_units

_ROOM_FOR_OURS_BYTES: Final = 1024


def check_size(cpu: str, memory: str, path: str) -> None:
    """Refuse a memory that Lambda does not have, and a cpu that is none; Lambda gives CPU by memory."""
    cpu_units(cpu, f"{path}.cpu")
    lambda_memory_mib(memory, f"{path}.memory")


LAMBDA: Final = Limits(
    named=Named("Lambda function"),
    worker_named=Named("Lambda function"),
    taken=("api",),
    taken_by="the API",
    check_size=check_size,
    largest_texts_bytes=LARGEST_ENVIRONMENT_BYTES - _ROOM_FOR_OURS_BYTES,
    holder_of_texts="the environment of a Lambda function holds 4 KB in all, 1 KB of it ours",
)


def serverless_units(
    name: str, app: AppArgs, services: Optional[Services], settings: LambdaArgs, path: str
) -> list[Unit]:
    """What a serverless pattern of this name runs, each unit as a function.

    Raises ``UsageError`` for services that Lambda cannot run; nothing has been registered then.
    """
    check_variables(app.env, app.secrets, join(path, "app"))
    for service, s in (services or {}).items():
        where = join(join(path, "services"), service)
        check_variables(s.env, s.secrets, where)
        if s.prefix is None:
            raise UsageError(
                f"{where} is a worker without a prefix, and Lambda runs nothing between requests; run it with pattern"
                " monolith, or leave it out here"
            )
        for word in ("image", "command"):
            if getattr(s, word) is not None and settings.package is Package.ZIP:
                raise UsageError(
                    f"{where}.{word} is of an image, and {join(path, 'lambda')}.package is zip, which starts at its"
                    " handler; take one of them out"
                )
    per_service = settings.functions is Functions.PER_SERVICE
    rolled_out = dataclasses.replace(LAMBDA, named=LAMBDA.named._replace(ending="-rollout"))
    limits = rolled_out if settings.is_rolled_out else LAMBDA
    units = split_units(name, app, services, path, limits, alone=lambda s: per_service or needs_a_unit(s))
    if settings.api.kind is not ApiKind.REST:  # which has a route for each prefix
        check_none_is_hidden(units, join(path, "services"))
    for unit in units:
        check_told_secrets(unit.env, unit.secrets, f"{join(path, 'services')}: {unit.name}")
    _check_one_for_url(units, settings, path)
    return units


def _check_one_for_url(units: Sequence[Unit], settings: LambdaArgs, path: str) -> None:
    if settings.api.kind is ApiKind.FUNCTION_URL and len(units) > 1:
        raise UsageError(
            f"{join(path, 'lambda')}.api.kind is function_url, which leads to one function, and"
            f" {', '.join(unit.name for unit in units)} are {len(units)}; take kind http or rest"
        )
