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


def has_way_out(network: NetworkArgs) -> bool:
    """Whether there are NAT gateways, or may be in a network that somebody else looks after."""
    return network.existing is not None or network.nat is not Nat.NONE


def lacking_endpoints(network: NetworkArgs, needed: Collection[str], secrets: Mapping[str, str]) -> list[str]:
    """Those without which nothing starts; the secrets are ARNs by their config path."""
    services = {arn.split(":")[2] for arn in secrets.values()}
    return sorted({*needed, *services} - set(network.interface_endpoints))


def check_sources(network: NetworkArgs, images: Mapping[str, ImageArgs], secrets: Mapping[str, str], path: str) -> None:
    """Refuse images and secrets, by their config path, that lie where no endpoint leads."""
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
