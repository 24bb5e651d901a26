"""A network of the stack without NAT gateways: what no VPC endpoint leads to is not reached, and nothing starts without
it."""

from collections.abc import Collection, Mapping
from typing import Final

from fastapi_on_aws import ImageArgs, Nat, NetworkArgs, UsageError
from fastapi_on_aws.policy_documents import region_of
from fastapi_on_aws.references import ECR_IMAGE

NEEDED_BY_TASKS: Final = frozenset({"ecr.api", "ecr.dkr", "logs"})
"""What a task cannot start without."""
NEEDED_BY_NODES: Final = frozenset({"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts"})
"""What a node cannot join without, nor its pods start. Source: Amazon EKS user guide, "Deploy private clusters with
limited internet access"."""


def check_reached(
    network: NetworkArgs,
    needed: Collection[str],
    images: Mapping[str, ImageArgs],
    secrets: Mapping[str, str],
    path: str,
    *,
    stuck: str,
) -> None:
    """Refuse a network of the stack in which something is not reached that is needed to start.

    ``needed`` are endpoints; images and secrets come by their config path; ``stuck`` says what would not start without
    endpoints, and what to set instead.
    """
    if network.existing or network.nat is not Nat.NONE:
        return
    services = {arn.split(":")[2] for arn in secrets.values()}
    lacking = sorted({*needed, *services} - set(network.interface_endpoints))
    if lacking:
        raise UsageError(
            f"{path}network.nat is none, so {stuck}, or add {', '.join(lacking)} to {path}network.interface_endpoints"
        )
    _check_sources(network, images, secrets, path)


def _check_sources(
    network: NetworkArgs, images: Mapping[str, ImageArgs], secrets: Mapping[str, str], path: str
) -> None:
    """They lie where endpoints lead."""
    closed = f"and {path}network.nat is none: endpoints lead to AWS in {network.region} alone"
    for where, image in images.items():
        found = ECR_IMAGE.fullmatch(image.uri) if isinstance(image.uri, str) else None
        if isinstance(image.uri, str) and (found is None or found[2] != network.region):
            raise UsageError(
                f"{path}{where}.image.uri is {image.uri!r}, {closed}; copy it to a private ECR repository there, or set"
                " nat to single or per_zone"
            )
    for where, arn in secrets.items():
        if region_of(arn) != network.region:
            raise UsageError(
                f"{path}{where} is of {region_of(arn)}, {closed}; replicate it there, or set nat to single or per_zone"
            )
