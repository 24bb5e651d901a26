"""A domain of one's own for the front door: certificate and DNS records."""

from dataclasses import dataclass
from typing import Final

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.args import arg, matching

CLOUDFRONT_REGION: Final = "us-east-1"
"""The only region whose certificates CloudFront takes."""


_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN_NAME: Final = matching(
    rf"(?=.{{4,253}}$)({_LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9]", "must be a domain name such as api.example.com"
)

CERTIFICATE_ARN: Final = matching(
    r"arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+", "must be the ARN of an ACM certificate"
)


@dataclass(frozen=True, kw_only=True)
class DomainArgs:
    """A domain in a Route 53 hosted zone."""

    name: str = arg(DOMAIN_NAME)
    """Such as `api.example.com`."""

    zone_id: Input[str] = arg(
        matching(r"Z[A-Z0-9]{1,31}", "must be the id of a hosted zone, such as Z0123456789ABCDEFGHIJ")
    )
    """Id of the public hosted zone that the name lies in."""


class Domain:
    """A validated certificate, and alias records for IPv4 and IPv6."""

    def __init__(self, name: str, args: DomainArgs, opts: ResourceOptions) -> None:
        self._name, self._args, self._opts = name, args, opts
        self.certificate = aws.acm.Certificate(
            name, domain_name=args.name, validation_method="DNS", region=CLOUDFRONT_REGION, opts=opts
        )
        self.validation_record = self._validation_record()
        self.validation = aws.acm.CertificateValidation(
            name,
            certificate_arn=self.certificate.arn,
            validation_record_fqdns=[self.validation_record.fqdn],
            region=CLOUDFRONT_REGION,
            opts=opts,
        )
        self.certificate_arn: Output[str] = self.validation.certificate_arn

    def point_to(self, distribution: "aws.cloudfront.Distribution") -> None:
        """Make the domain lead to a distribution."""
        self.records = [
            aws.route53.Record(
                f"{self._name}-{record_type.lower()}",
                zone_id=self._args.zone_id,
                name=self._args.name,
                type=record_type,
                aliases=[
                    {
                        "name": distribution.domain_name,
                        "zone_id": distribution.hosted_zone_id,
                        "evaluate_target_health": False,
                    }
                ],
                opts=self._opts,
            )
            for record_type in ("A", "AAAA")
        ]

    def _validation_record(self) -> "aws.route53.Record":  # quoted: only a domain of one's own loads Route 53
        option = self.certificate.domain_validation_options[0]
        return aws.route53.Record(
            f"{self._name}-validation",
            zone_id=self._args.zone_id,
            name=option.resource_record_name,
            type=option.resource_record_type,
            records=[option.resource_record_value],
            ttl=300,
            allow_overwrite=True,
            opts=self._opts,
        )
