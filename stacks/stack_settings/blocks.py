"""Blocks of a stack file that no component takes as they are."""

from dataclasses import dataclass

from fastapi_on_aws import Access, DomainArgs, FrontDoorArgs, OriginRef, PriceClass
from fastapi_on_aws.args import Defaulted, arg
from fastapi_on_aws.ingress.domain import CERTIFICATE_ARN, DOMAIN_NAME
from fastapi_on_aws.ingress.front_door import WEB_ACL_ARN


@dataclass(frozen=True, kw_only=True)
class FrontDoorBlock:
    """CloudFront: the public URL."""

    enabled: Defaulted[bool] = True
    """Whether there is one. Default: true; without it the load balancer is reached from the VPC or the internet."""

    domain: DomainArgs | None = None
    """A domain of yours. Default: the distribution's own name, with CloudFront's certificate."""

    price_class: Defaulted[PriceClass] = PriceClass.ALL
    """Where requests are answered. Default: `PriceClass_All`."""

    web_acl_arn: str | None = arg(WEB_ACL_ARN, default=None)
    """AWS WAF web ACL (of scope CLOUDFRONT, in us-east-1). Default: none."""

    def before(self, origin: OriginRef) -> FrontDoorArgs:
        """The front door of an origin, as chosen here."""
        return FrontDoorArgs(
            origin=origin, domain=self.domain, price_class=self.price_class, web_acl_arn=self.web_acl_arn
        )


@dataclass(frozen=True, kw_only=True)
class LoadBalancerBlock:
    """The load balancer of the app."""

    access: Access | None = None
    """Who can reach it. Default: `cloudfront` with a front door, `vpc` without."""

    certificate_arn: str | None = arg(CERTIFICATE_ARN, default=None)
    """ACM certificate in the stack's region; needed for access from the internet. Default: none."""

    domain_name: str | None = arg(DOMAIN_NAME, default=None)
    """Name that the certificate is for, and that you make lead to the load balancer. Default: none."""
