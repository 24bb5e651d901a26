"""What of an app's description Lambda honours, translates, leaves alone or cannot do."""

from collections.abc import Iterator, Sequence
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.args import given
from fastapi_on_aws.coerce import is_known, join
from fastapi_on_aws.environment import arn_variable
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.patterns.calls import notes_on_circles
from fastapi_on_aws.patterns.unit import Unit
from fastapi_on_aws.policy_documents import region_of
from fastapi_on_aws.references import ECR_IMAGE, LONGEST_READ_TIMEOUT_SECONDS
from fastapi_on_aws.serverless.api_args import ApiKind, UrlAuth
from fastapi_on_aws.serverless.lambda_args import LambdaArgs, Package
from fastapi_on_aws.serverless.limits import (
    HTTP_API_TIMEOUT_SECONDS,
    LARGEST_PAYLOAD_MB,
    LARGEST_STREAMED_RESPONSE_MB,
    MIB_PER_VCPU,
    REST_API_TIMEOUT_SECONDS,
    lambda_memory_mib,
)
from fastapi_on_aws.service import AppArgs, Services
from fastapi_on_aws.sizing import size_bytes

LONGEST_BEHIND_FRONT_DOOR_SECONDS: Final = LONGEST_READ_TIMEOUT_SECONDS - 1
"""The front door waits a second longer, so that what it passes on is the function's own end."""


def check_fit(app: AppArgs, settings: LambdaArgs, path: str, *, front_door: bool) -> None:
    """Refuse what would break on Lambda, or before it."""
    own, here = join(path, "app"), join(path, "lambda")
    if app.websockets:
        raise UsageError(f"{own}.websockets is true, and Lambda keeps no connection open; run it with pattern monolith")
    _check_streaming(app, settings, own, here)
    _check_payloads(app, own)
    _check_timeout(app, settings, here, front_door=front_door)
    if front_door and settings.api.domain:
        raise UsageError(
            f"{here}.api.domain is {settings.api.domain.name}, and the front door is what the public reaches; give the"
            " domain to the front door, or do without one"
        )
    if front_door and settings.api.kind is ApiKind.FUNCTION_URL and settings.api.auth is None:
        raise UsageError(
            f"{here}.api.auth is missing: behind the front door a function URL is either iam, and clients must send"
            " x-amz-content-sha256 with each body then and cannot use Authorization, or none, and everybody who knows"
            " its URL can pass the front door by; say which, or take kind http"
        )


def check_regions(settings: LambdaArgs, region: Optional[str], path: str) -> None:
    """Refuse what is of another region than the functions: an API, an alarm and a function take nothing else."""
    here = join(path, "lambda")
    named: list[tuple[str, Input[str]]] = []
    if settings.api.domain:
        named.append(("api.domain.certificate_arn", settings.api.domain.certificate_arn))
    if settings.efs:
        named.append(("efs.access_point_arn", settings.efs.access_point_arn))
    named += [(f"layers[{number}]", layer) for number, layer in enumerate(settings.layers)]
    named += [(f"alarms.topics[{number}]", topic) for number, topic in enumerate(settings.alarms.topics)]
    for word, arn in named:
        found = region_of(str(arn)) if is_known(arn) else region
        if region is not None and found != region:
            raise UsageError(f"{here}.{word} is of {found}, and the functions are in {region}; name one of {region}")


def check_image_source(uri: Optional[Input[str]], region: Optional[str], path: str) -> None:
    """Refuse a known image that Lambda cannot run.

    Source: AWS Lambda developer guide, "Create a Lambda function using a container image".
    """
    if not isinstance(uri, str):
        return
    found = ECR_IMAGE.fullmatch(uri)
    if found is None:
        raise UsageError(f"{path} is {uri!r}, and Lambda runs images of private ECR repositories alone; copy it to one")
    if region is not None and found[2] != region:
        raise UsageError(f"{path} is of {found[2]}, and the functions are in {region}; replicate the repository there")


def _check_streaming(app: AppArgs, settings: LambdaArgs, own: str, here: str) -> None:
    if not app.streaming:
        return
    if settings.package is Package.ZIP:
        raise UsageError(f"{own}.streaming is true, and a zip in Python cannot; set {here}.package to image")
    if settings.api.kind is ApiKind.HTTP:
        raise UsageError(
            f"{own}.streaming is true, and an HTTP API passes on whole answers alone; set {here}.api.kind to"
            " rest or function_url"
        )


def _check_payloads(app: AppArgs, own: str) -> None:
    response_mb = LARGEST_STREAMED_RESPONSE_MB if app.streaming else LARGEST_PAYLOAD_MB
    for word, largest_mb in (("largest_request", LARGEST_PAYLOAD_MB), ("largest_response", response_mb)):
        size = getattr(app, word)
        if size is not None and size_bytes(size) > largest_mb * 2**20:
            raise UsageError(
                f"{own}.{word} is {size}, and Lambda takes {largest_mb} MB; send large bodies to S3 by presigned URLs,"
                " or run it with pattern monolith"
            )


def _check_timeout(app: AppArgs, settings: LambdaArgs, here: str, *, front_door: bool) -> None:
    seconds, kind = settings.timeout_seconds, settings.api.kind
    limits = {}
    if kind is ApiKind.HTTP:
        limits["an HTTP API"] = HTTP_API_TIMEOUT_SECONDS
    if kind is ApiKind.REST and not app.streaming:
        limits["a REST API that does not stream"] = REST_API_TIMEOUT_SECONDS
    if front_door and not app.streaming:
        limits["the front door"] = LONGEST_BEHIND_FRONT_DOOR_SECONDS
    for what, longest in limits.items():
        if seconds > longest:
            raise UsageError(
                f"{here}.timeout_seconds is {seconds}, and {what} waits {longest} s for an answer; lower it, or take"
                f" another {here}.api.kind"
            )


def notes_on(
    app: AppArgs, services: Optional[Services], settings: LambdaArgs, units: Sequence[Unit], *, front_door: bool
) -> Iterator[str]:
    """What is translated, and what means nothing to Lambda."""
    yield from _notes_on_size(app, services, units)
    for unit in units:
        yield from unit.notes
    yield from notes_on_circles(units)
    secrets = sorted({name for unit in units for name in unit.secrets})
    if secrets:
        yield (
            f"{', '.join(secrets)}: Lambda resolves no secrets, so the app is told {arn_variable(secrets[0])} and the"
            " like, and reads them itself"
        )
    yield from _notes_on_access(settings, front_door=front_door)
    if settings.api.jwt and any(unit.calls for unit in units):
        yield "functions call each other through the API, which asks for a token: the callers have to send one"
    if settings.in_network:
        yield (
            "functions in the network reach AWS and the internet through its NAT gateway ($0.045 per GB beside its"
            " hourly price) or VPC endpoints, and nothing without either"
        )
    elif "egress_ports" in given(app):
        yield (
            "egress_ports does not apply: functions in no network reach the internet on every port, and nothing that is"
            " in the network; lambda.vpc puts them into it"
        )


def _notes_on_size(app: AppArgs, services: Optional[Services], units: Sequence[Unit]) -> Iterator[str]:
    for unit in units:
        if is_known(unit.memory):
            mib = lambda_memory_mib(str(unit.memory), unit.name)
            yield (
                f"{unit.name} has {mib} MB and so {mib / MIB_PER_VCPU:.2f} vCPU: Lambda gives CPU by memory (1 vCPU at"
                f" {MIB_PER_VCPU} MB), and cpu does not apply"
            )
    if given(app.scaling) or any(service.scaling for service in (services or {}).values()):
        yield (
            "scaling does not apply: Lambda runs a copy for each request that is under way;"
            " lambda.reserved_concurrency is the most there are, lambda.provisioned the fewest"
        )


def _notes_on_access(settings: LambdaArgs, *, front_door: bool) -> Iterator[str]:
    kind = settings.api.kind
    if not front_door:
        return
    if kind is not ApiKind.FUNCTION_URL:
        yield "the API's own URL stays open beside the front door: what a client sends there has not passed it"
    elif settings.api.auth is UrlAuth.NONE:
        yield "the function URL is open to everybody who knows it, past the front door"
    else:
        yield (
            "behind the front door clients must send x-amz-content-sha256 with each body, and Authorization does not"
            " reach the app: CloudFront signs the requests"
        )
