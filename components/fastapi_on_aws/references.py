"""What a pattern takes from elsewhere: by reference, so that it works on anybody's network and image."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.args import Check, Defaulted, arg, between, matching, not_empty
from fastapi_on_aws.errors import UsageError


class Architecture(StrEnum):
    """The processor that an image was built for, in Docker's words."""

    ARM64 = "arm64"
    """Graviton: about 20 % cheaper on Fargate and Lambda."""
    AMD64 = "amd64"


def _is_vpc_range(cidr: str) -> bool:
    try:
        network = IPv4Network(cidr)
    except ValueError:
        return False
    return str(network) == cidr and _LARGEST_VPC_PREFIX <= network.prefixlen <= _SMALLEST_VPC_PREFIX


_LARGEST_VPC_PREFIX: Final = 16
_SMALLEST_VPC_PREFIX: Final = 28
_VPC_RANGE: Final = Check(
    _is_vpc_range,
    "must be the IPv4 range of a VPC, /16 to /28, such as 10.0.0.0/16",
    {"pattern": r"^([0-9]{1,3}\.){3}[0-9]{1,3}/(1[6-9]|2[0-8])$"},
)
"""Whom the load balancer lets in, and whom the app believes: a range that is too wide would be everybody."""


@dataclass(frozen=True, kw_only=True)
class NetworkRef:
    """A VPC and its subnets: of `Network.ref`, or existing ones."""

    vpc_id: Input[str] = arg(matching(r"vpc-[0-9a-f]+", "must be the id of a VPC, such as vpc-0a1b2c3d"))
    """Id of the VPC. An internet gateway must be attached to it, or CloudFront cannot reach into it."""

    cidr: Input[str] = arg(_VPC_RANGE)
    """IPv4 range of the VPC, such as `10.0.0.0/16`."""

    private_subnet_ids: Input[Sequence[Input[str]]] = arg(not_empty("must name subnets in two zones or more"))
    """Subnets whose way out is a NAT gateway or VPC endpoints, one in each zone: two zones or more."""

    public_subnet_ids: Defaulted[Input[Sequence[Input[str]]]] = arg(factory=list)
    """Subnets whose way out is the internet gateway. Needed only for tasks with public addresses. Default: none."""

    isolated_subnet_ids: Defaulted[Input[Sequence[Input[str]]]] = arg(factory=list)
    """Subnets without a way out, for databases. Default: none."""

    @property
    def has_no_public_subnets(self) -> bool:
        """Whether it is known to have none."""
        return isinstance(self.public_subnet_ids, list) and not self.public_subnet_ids

    def check_together(self, path: str) -> None:
        """A load balancer needs two zones."""
        if isinstance(self.private_subnet_ids, list) and len({*self.private_subnet_ids}) < 2:
            raise UsageError(f"{path}.private_subnet_ids has one subnet; a load balancer needs them in two zones")


_REGISTRY: Final = r"[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?"
_PART: Final = r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*"
_IMAGE_URI: Final = re.compile(
    rf"(?:{_REGISTRY}/)?{_PART}(?:/{_PART})*"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?P<digest>@sha256:[0-9a-f]{64}|@sha512:[0-9a-f]{128})?"
)


ECR_IMAGE: Final = re.compile(r"(\d{12})\.dkr[.-]ecr\.([a-z0-9-]+)\.(?:amazonaws\.com|on\.aws)/([^:@]+)[:@].*")
"""Account, region and repository of an image in ECR."""


@dataclass(frozen=True, kw_only=True)
class ImageRef:
    """A container image in a registry."""

    uri: Input[str]
    """Registry, repository and digest (`…@sha256:…`), or a tag that never moves. `latest` is refused."""

    architecture: Architecture
    """What it was built for; a uri does not tell."""

    def check_together(self, path: str) -> None:
        """An image must be the same one tomorrow."""
        check_image_uri(self.uri, f"{path}.uri")


def check_image_uri(uri: Optional[Input[str]], path: str) -> None:
    """Refuse a known URI that is malformed, or that can mean another image tomorrow."""
    if not isinstance(uri, str):
        return
    match = _IMAGE_URI.fullmatch(uri)
    if not match:
        raise UsageError(
            f"{path} {uri!r} is not an image URI such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:…"
        )
    if match["digest"] is None and match["tag"] in (None, "latest"):
        raise UsageError(
            f"{path} {uri!r} can mean another image tomorrow; give the digest (…@sha256:…) or a tag that never moves"
        )


LONGEST_READ_TIMEOUT_SECONDS: Final = 120
"""Of CloudFront without a raised quota. Source: CloudFront developer guide, "Quotas"."""


@dataclass(frozen=True, kw_only=True)
class FunctionRef:
    """A Lambda function, by the alias that it is invoked by."""

    name: Input[str]
    """Name of the function."""

    alias: Input[str]
    """Name of the alias."""


@dataclass(frozen=True, kw_only=True)
class OriginRef:
    """Where the front door sends requests: what a pattern puts out as its `origin`."""

    domain_name: Input[str]
    """DNS name of the load balancer or API."""

    vpc_origin_id: Optional[Input[str]] = None
    """CloudFront VPC origin of an internal load balancer. Left out: the name is public, and reached over HTTPS.
    Default: none."""

    origin_path: Optional[Input[str]] = None
    """What CloudFront puts before each path, such as `/live`, the stage of a REST API. Default: nothing."""

    signed_for: Optional[FunctionRef] = None
    """Function whose URL asks for signed requests: CloudFront signs them. Default: they are not signed."""

    read_timeout_seconds: Defaulted[int] = arg(between(1, LONGEST_READ_TIMEOUT_SECONDS), default=60)
    """How long CloudFront waits for an answer. Default: 60."""

    def check_together(self, path: str) -> None:
        """What is reached through the VPC is no function URL."""
        if self.vpc_origin_id is not None and self.signed_for is not None:
            raise UsageError(f"{path} has vpc_origin_id and signed_for; a function URL is not reached through a VPC")


@dataclass(frozen=True, kw_only=True)
class ClusterRef:
    """An ECS cluster."""

    arn: Input[str]
    """ARN of the cluster."""

    name: Input[str]
    """Its name."""


@dataclass(frozen=True, kw_only=True)
class ListenerRef:
    """A load balancer's listener: what a service needs to receive requests."""

    arn: Input[str]
    """ARN of the listener."""

    security_group_id: Input[str]
    """Security group of the load balancer, from which requests come."""

    load_balancer_arn_suffix: Input[str]
    """The part of the load balancer's ARN that CloudWatch names it by."""


@dataclass(frozen=True, kw_only=True)
class ZipRef:
    """A zip file for Lambda, on this machine."""

    path: str = arg(not_empty())
    """Of the file, relative to where the program runs, or absolute."""

    sha256: str = arg(matching(r"[A-Za-z0-9+/]{43}=", "must be a SHA-256 in Base64"))
    """SHA-256 of its bytes in Base64: another one is another version."""

    handler: str = arg(matching(r"[A-Za-z_][\w.]*\.[A-Za-z_]\w*", "must be module.function"))
    """What AWS calls in it."""

    runtime: str = arg(matching(r"python3\.[0-9]{1,2}", "must be a runtime such as python3.13"))
    """AWS's Python that it was built for."""

    architecture: Architecture
    """What its wheels were built for."""
