"""How CloudFront reaches an origin: through the VPC, over the internet, or signed."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.naming import logical
from fastapi_on_aws.references import FunctionRef, OriginRef
from fastapi_on_aws.url_access import url_permissions

CLOUDFRONT: Final = "cloudfront.amazonaws.com"


def public_bases(ref: OriginRef) -> Output[list[str]]:
    """Where a public origin is, in its own words; none for a private one, which is asked by the viewer's host.

    An app that is not told of the path in front of its own leaves that out.
    """
    if ref.vpc_origin_id is not None:
        return Output.from_input([])
    return Output.all(ref.domain_name, ref.origin_path or "").apply(
        lambda known: list(dict.fromkeys([f"https://{known[0]}{known[1]}", f"https://{known[0]}"]))
    )


def private_origin(
    ref: OriginRef, vpc_origin_id: Input[str]
) -> aws.cloudfront.DistributionOriginVpcOriginConfigArgsDict:
    """Through a VPC origin, over HTTP inside the VPC."""
    return {"vpc_origin_id": vpc_origin_id, "origin_read_timeout": ref.read_timeout_seconds}


def public_origin(ref: OriginRef) -> aws.cloudfront.DistributionOriginCustomOriginConfigArgsDict:
    """Over HTTPS, by its own name."""
    return {
        "http_port": 80,
        "https_port": 443,
        "origin_protocol_policy": "https-only",
        "origin_ssl_protocols": ["TLSv1.2"],
        "origin_read_timeout": ref.read_timeout_seconds,
    }


class SignedOrigin:
    """CloudFront signs each request to a function URL, and alone may call it.

    Any distribution of the account may: the permissions have to be there before this one turns to the function, and
    name no distribution that would have to be there first.
    """

    def __init__(self, name: str, function: FunctionRef, opts: ResourceOptions) -> None:
        identity = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=opts.parent))
        self.access_control = aws.cloudfront.OriginAccessControl(
            logical("origin access control", name),
            description="Signs requests to the function URL",
            origin_access_control_origin_type="lambda",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=opts,
        )
        self.permissions = url_permissions(
            name,
            function,
            principal=CLOUDFRONT,
            authorization_type="AWS_IAM",
            source_arn=Output.concat("arn:aws:cloudfront::", identity.account_id, ":distribution/*"),
            opts=opts,
        )
