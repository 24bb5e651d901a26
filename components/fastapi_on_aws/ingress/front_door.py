"""CloudFront: one public HTTPS URL that stays, whatever runs behind it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, ResourceOptions

from fastapi_on_aws.args import Defaulted, arg, matching
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import token
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ingress.domain import Domain, DomainArgs
from fastapi_on_aws.ingress.origins import SignedOrigin, private_origin, public_bases, public_origin
from fastapi_on_aws.naming import logical
from fastapi_on_aws.references import OriginRef

# AWS-managed policies have the same id in every account. Source: CloudFront developer guide, "Use managed policies".
CACHING_DISABLED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER: Final = "216adef6-5c7f-47e4-b989-5492eafa07d3"
ALL_VIEWER_EXCEPT_HOST: Final = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
SECURITY_HEADERS: Final = "67f7725c-6f97-4210-82d7-5512b31e9d03"

MINIMUM_TLS: Final = "TLSv1.2_2021"

ORIGIN_ID: Final = "app"

HTTPS_REDIRECTS: Final = Path(__file__).with_name("https_redirects.js")
VIEWER_HEADERS: Final = Path(__file__).with_name("viewer_headers.js")
_NO_ORIGINS: Final = "var ORIGINS = [];"

CACHED_ERRORS: Final = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""CloudFront keeps these for 10 s unless told otherwise, whatever the cache policy says. Source: developer guide,
"Control how long CloudFront caches errors"."""


class PriceClass(StrEnum):
    """From which edge locations requests are answered, in CloudFront's words."""

    ALL = "PriceClass_All"
    """All of them."""
    NO_SOUTH_AMERICA_AND_OCEANIA = "PriceClass_200"
    """All but the dearest."""
    NORTH_AMERICA_AND_EUROPE = "PriceClass_100"
    """The cheapest ones."""


WEB_ACL_ARN: Final = matching(
    r"arn:aws:wafv2:us-east-1:[0-9]{12}:global/webacl/.+",
    "must be the ARN of a web ACL of scope CLOUDFRONT in us-east-1",
)


@dataclass(frozen=True, kw_only=True)
class FrontDoorArgs:
    """A CloudFront distribution before an origin."""

    origin: OriginRef
    """Where requests go: the `origin` of a pattern."""

    domain: Optional[DomainArgs] = None
    """A domain of yours. Default: the distribution's own name, with CloudFront's certificate."""

    price_class: Defaulted[PriceClass] = PriceClass.ALL
    """Where requests are answered. Default: `PriceClass_All`."""

    web_acl_arn: Optional[Input[str]] = arg(WEB_ACL_ARN, default=None)
    """AWS WAF web ACL (of scope CLOUDFRONT, in us-east-1). Default: none."""


class FrontDoor(pulumi.ComponentResource):
    """One HTTPS URL: all methods and headers pass, nothing is cached (no error either), security headers are added, and
    redirects of the app to itself stay on HTTPS.

    Without a domain of yours CloudFront's shared certificate is used, with which it also accepts TLS 1.0; with one,
    TLS 1.2 is the least.
    """

    url: pulumi.Output[str]
    """`https://` and the domain, without a slash at the end."""

    def __init__(self, name: str, args: FrontDoorArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(FrontDoorArgs, args, name)
        super().__init__(token(FrontDoor), name, None, opts)
        self._name, self._opts = name, ResourceOptions(parent=self)
        # What depends on the kind of origin goes when that changes, however protected the distribution is.
        self._of_origin = ResourceOptions(parent=self, protect=False)
        self.domain = Domain(name, args.domain, self._opts) if args.domain else None
        self.https_redirects = self._create_https_redirects(args.origin)
        self.viewer_headers = self._create_viewer_headers() if args.origin.vpc_origin_id is None else None
        signed_for = args.origin.signed_for
        self.signed = SignedOrigin(name, signed_for, self._of_origin) if signed_for else None
        self.distribution = self._create_distribution(args)
        if self.domain:
            self.domain.point_to(self.distribution)
        host = args.domain.name if args.domain else self.distribution.domain_name
        self.url = pulumi.Output.concat("https://", host)
        self.register_outputs({"url": self.url})

    def _create_https_redirects(self, origin: OriginRef) -> "aws.cloudfront.Function":
        """Keeps redirects of the app to itself on HTTPS and on the viewer's host; see the script."""
        code = public_bases(origin).apply(redirects_script)
        return self._function("https", "Redirects of the app to itself stay on HTTPS", code, self._opts)

    def _create_viewer_headers(self) -> "aws.cloudfront.Function":
        """Tells a public origin the viewer's host and address; see the script."""
        code = VIEWER_HEADERS.read_text(encoding="utf-8")
        return self._function("viewer", "Tells the app the host and address of the viewer", code, self._of_origin)

    def _function(self, what: str, comment: str, code: Input[str], opts: ResourceOptions) -> "aws.cloudfront.Function":
        return aws.cloudfront.Function(
            logical("CloudFront function", f"{self._name}-{what}"),
            runtime="cloudfront-js-2.0",
            comment=comment,
            code=code,
            publish=True,
            opts=opts,
        )

    def _create_distribution(self, args: FrontDoorArgs) -> "aws.cloudfront.Distribution":
        return aws.cloudfront.Distribution(
            self._name,
            enabled=True,
            comment=f"{pulumi.get_project()} {pulumi.get_stack()}",
            aliases=[args.domain.name] if args.domain else None,
            origins=[self._origin(args.origin)],
            default_cache_behavior=self._api_behavior(private=args.origin.vpc_origin_id is not None),
            custom_error_responses=[{"error_code": code, "error_caching_min_ttl": 0} for code in CACHED_ERRORS],
            viewer_certificate=self._viewer_certificate(),
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=args.price_class,
            web_acl_id=args.web_acl_arn,
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            opts=ResourceOptions.merge(
                self._opts, ResourceOptions(depends_on=self.signed.permissions if self.signed else [])
            ),
        )

    def _origin(self, ref: OriginRef) -> "aws.cloudfront.DistributionOriginArgsDict":
        origin: aws.cloudfront.DistributionOriginArgsDict = {"origin_id": ORIGIN_ID, "domain_name": ref.domain_name}
        if ref.origin_path is not None:
            origin["origin_path"] = ref.origin_path
        if ref.vpc_origin_id is None:
            origin["custom_origin_config"] = public_origin(ref)
        else:
            known = pulumi.Output.from_input(ref.vpc_origin_id)
            path = f"{self._name}.origin"
            origin["vpc_origin_config"] = private_origin(ref, known.apply(lambda id: _not_empty(id, path)))
        if self.signed:
            origin["origin_access_control_id"] = self.signed.access_control.id
        return origin

    def _api_behavior(self, *, private: bool) -> "aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict":
        """All methods pass, nothing is cached. A private origin sees the viewer's `Host`, a public one its own."""
        return {
            "target_origin_id": ORIGIN_ID,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
            "cached_methods": ["GET", "HEAD"],
            "cache_policy_id": CACHING_DISABLED,
            "origin_request_policy_id": ALL_VIEWER if private else ALL_VIEWER_EXCEPT_HOST,
            "response_headers_policy_id": SECURITY_HEADERS,
            "function_associations": self._function_associations(),
        }

    def _function_associations(
        self,
    ) -> "list[aws.cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArgsDict]":
        associated = {"viewer-request": self.viewer_headers, "viewer-response": self.https_redirects}
        return [{"event_type": at, "function_arn": function.arn} for at, function in associated.items() if function]

    def _viewer_certificate(self) -> "aws.cloudfront.DistributionViewerCertificateArgsDict":
        if self.domain is None:
            return {"cloudfront_default_certificate": True}
        return {
            "acm_certificate_arn": self.domain.certificate_arn,
            "ssl_support_method": "sni-only",
            "minimum_protocol_version": MINIMUM_TLS,
        }


def redirects_script(origin_bases: Sequence[str]) -> str:
    """The script for an origin that calls itself by one of these base URLs, the longest first; none for one that is
    asked by the viewer's host."""
    script = HTTPS_REDIRECTS.read_text(encoding="utf-8")
    return script.replace(_NO_ORIGINS, f"var ORIGINS = {json.dumps(list(origin_bases))};")


def _not_empty(vpc_origin_id: str, path: str) -> str:
    if not vpc_origin_id:
        raise UsageError(f"{path}.vpc_origin_id is empty: leave it out for what is not behind a VPC origin")
    return vpc_origin_id
