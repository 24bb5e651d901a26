"""An application load balancer that belongs to Pulumi, and CloudFront's private way to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, ResourceOptions

from fastapi_on_aws.args import Defaulted, arg, between
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import token
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ingress.domain import CERTIFICATE_ARN, DOMAIN_NAME
from fastapi_on_aws.ingress.traffic import Traffic
from fastapi_on_aws.naming import logical
from fastapi_on_aws.references import ListenerRef, NetworkRef, OriginRef

TLS_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3, and 1.2 with forward secrecy: what AWS recommends for an Application Load Balancer."""

CLOUDFRONT_PREFIX_LIST: Final = "com.amazonaws.global.cloudfront.origin-facing"

ANYWHERE: Final = "0.0.0.0/0"


class Access(StrEnum):
    """Who can reach a load balancer."""

    CLOUDFRONT = "cloudfront"
    """Only CloudFront, through a VPC origin. The load balancer has no public address."""
    VPC = "vpc"
    """Only what is in the VPC, or connected to it."""
    INTERNET = "internet"
    """Everybody, over HTTPS with a certificate of yours."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """An application load balancer."""

    network: NetworkRef
    """Where it stands: in the private subnets, or in the public ones for `internet`."""

    access: Defaulted[Access] = Access.CLOUDFRONT
    """Who can reach it. Default: `cloudfront`."""

    certificate_arn: Optional[Input[str]] = arg(CERTIFICATE_ARN, default=None)
    """ACM certificate in the load balancer's region. Needed for `internet`; with it `vpc` speaks HTTPS too. Default:
    none."""

    domain_name: Optional[Input[str]] = arg(DOMAIN_NAME, default=None)
    """Name that the certificate is for, and that you make lead to the load balancer. Needed with a certificate.
    Default: none."""

    idle_timeout_seconds: Defaulted[Input[int]] = arg(between(1, 4000), default=60)
    """How long a connection may be silent. Servers behind it must keep theirs open longer. Default: 60."""

    def check_together(self, path: str) -> None:
        """What the internet reaches is encrypted."""
        check_access(self.access, self.certificate_arn, self.domain_name, self.network, path)


def check_access(
    access: Access,
    certificate_arn: Optional[Input[str]],
    domain_name: Optional[Input[str]],
    network: Optional[NetworkRef],
    path: str,
) -> None:
    """Refuse a way in that cannot work; ``network`` is None while it is not known."""
    if access is Access.INTERNET and certificate_arn is None:
        raise UsageError(f"{path}.certificate_arn is missing: access from the internet is HTTPS only")
    if access is Access.INTERNET and network and network.has_no_public_subnets:
        raise UsageError(
            f"{path}.access is internet, and the network has no public subnets to stand in;"
            " give it some, or take access cloudfront or vpc"
        )
    if (certificate_arn is None) != (domain_name is None):
        raise UsageError(f"{path} needs certificate_arn and domain_name together: one certifies the other")
    if access is Access.CLOUDFRONT and certificate_arn is not None:
        raise UsageError(
            f"{path}.certificate_arn does not apply to access from cloudfront, which holds the certificate;"
            " give the front door a domain instead"
        )


class LoadBalancer(pulumi.ComponentResource):
    """A load balancer, its listener and, for CloudFront, the VPC origin in front of it.

    Services add themselves: a listener rule and a target group each. What no rule matches is answered with 404.

    It has no deletion protection: it holds nothing, and a change of architecture must be able to remove it.
    """

    url: pulumi.Output[str]
    """Base URL, as seen by who can reach it; with a certificate, by its domain name."""

    listener_arn: pulumi.Output[str]
    """Of the listener that services add their rules to."""

    security_group_id: pulumi.Output[str]
    """Of the group from which requests come to services."""

    arn_suffix: pulumi.Output[str]
    """The part of its ARN that CloudWatch names it by."""

    origin_domain_name: pulumi.Output[str]
    """Its own DNS name."""

    vpc_origin_id: pulumi.Output[str]
    """Id of the CloudFront VPC origin; empty unless access is from CloudFront."""

    def __init__(self, name: str, args: LoadBalancerArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(LoadBalancerArgs, args, name)
        logical("load balancer", name)
        super().__init__(token(LoadBalancer), name, None, opts)
        self._name, self._args, self._opts = name, args, ResourceOptions(parent=self)
        self._port = 80 if args.certificate_arn is None else 443
        self._create_security_groups()
        self._create_load_balancer()
        self._create_listener()
        self.redirect_listener = self._create_redirect() if args.access is Access.INTERNET else None
        self.vpc_origin = self._create_vpc_origin() if args.access is Access.CLOUDFRONT else None
        self._set_outputs(args)

    def _set_outputs(self, args: LoadBalancerArgs) -> None:
        self.origin_domain_name = self.load_balancer.dns_name
        self.url = (
            pulumi.Output.concat("http://", self.origin_domain_name)
            if args.domain_name is None
            else pulumi.Output.concat("https://", args.domain_name)
        )
        self.listener_arn = self.listener.arn
        self.security_group_id = self.security_group.id
        self.arn_suffix = self.load_balancer.arn_suffix
        self.vpc_origin_id = self.vpc_origin.id if self.vpc_origin else pulumi.Output.from_input("")
        self.register_outputs(
            {
                "url": self.url,
                "listenerArn": self.listener_arn,
                "securityGroupId": self.security_group_id,
                "arnSuffix": self.arn_suffix,
                "originDomainName": self.origin_domain_name,
                "vpcOriginId": self.vpc_origin_id,
            }
        )

    @property
    def origin(self) -> OriginRef:
        """What the front door takes."""
        vpc_origin_id = self.vpc_origin.id if self.vpc_origin else None
        return OriginRef(domain_name=self._args.domain_name or self.load_balancer.dns_name, vpc_origin_id=vpc_origin_id)

    @property
    def listener_ref(self) -> ListenerRef:
        """What a service takes."""
        return ListenerRef(
            arn=self.listener.arn,
            security_group_id=self.security_group.id,
            load_balancer_arn_suffix=self.load_balancer.arn_suffix,
        )

    def allow_caller(self, name: str, security_group_id: Input[str], opts: ResourceOptions) -> Traffic:
        """Let what has this security group call services through the load balancer."""
        return Traffic(
            f"{name}-calls",
            from_group_id=security_group_id,
            to_group_id=self.callers_group.id,
            port=self._port,
            description="Calls between services",
            opts=opts,
        )

    def _create_security_groups(self) -> None:
        self.security_group = self._security_group(self._name, "Requests from outside")
        self.callers_group = self._security_group(f"{self._name}-callers", "Calls between services")
        self.ingress_rule = aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-ingress",
            security_group_id=self.security_group.id,
            description=f"From {self._args.access}",
            ip_protocol="tcp",
            from_port=self._port,
            to_port=self._port,
            prefix_list_id=self._cloudfront_prefix_list() if self._args.access is Access.CLOUDFRONT else None,
            cidr_ipv4={Access.VPC: self._args.network.cidr, Access.INTERNET: ANYWHERE}.get(self._args.access),
            opts=self._opts,
        )

    def _security_group(self, name: str, description: str) -> "aws.ec2.SecurityGroup":
        return aws.ec2.SecurityGroup(
            logical("security group", name),
            vpc_id=self._args.network.vpc_id,
            description=description,
            opts=self._opts,
        )

    def _cloudfront_prefix_list(self) -> pulumi.Output[str]:
        """It weighs 55 of the 60 rules that a security group can have, so the group holds no other."""
        found = aws.ec2.get_managed_prefix_list_output(
            name=CLOUDFRONT_PREFIX_LIST, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        return found.id

    def _create_load_balancer(self) -> None:
        network, public = self._args.network, self._args.access is Access.INTERNET
        self.load_balancer = aws.lb.LoadBalancer(
            logical("load balancer", self._name),
            internal=not public,
            subnets=network.public_subnet_ids if public else network.private_subnet_ids,
            security_groups=[self.security_group.id, self.callers_group.id],
            idle_timeout=self._args.idle_timeout_seconds,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=False,
            opts=self._opts,
        )

    def _create_listener(self) -> None:
        self.listener = aws.lb.Listener(
            self._name,
            load_balancer_arn=self.load_balancer.arn,
            port=self._port,
            protocol="HTTP" if self._port == 80 else "HTTPS",
            certificate_arn=self._args.certificate_arn,
            ssl_policy=None if self._port == 80 else TLS_POLICY,
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {"content_type": "text/plain", "status_code": "404", "message_body": "Not Found"},
                }
            ],
            opts=self._opts,
        )

    def _create_redirect(self) -> "aws.lb.Listener":
        self.redirect_ingress_rule = aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-redirect",
            security_group_id=self.security_group.id,
            description="HTTP, to be redirected to HTTPS",
            ip_protocol="tcp",
            from_port=80,
            to_port=80,
            cidr_ipv4=ANYWHERE,
            opts=self._opts,
        )
        return aws.lb.Listener(
            f"{self._name}-redirect",
            load_balancer_arn=self.load_balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}}
            ],
            opts=self._opts,
        )

    def _create_vpc_origin(self) -> "aws.cloudfront.VpcOrigin":
        """It cannot be updated while a distribution uses it, so any change replaces it, under a new name."""
        return aws.cloudfront.VpcOrigin(
            self._name,
            vpc_origin_endpoint_config={
                "name": self.load_balancer.name,  # which is new with each load balancer
                "arn": self.load_balancer.arn,
                "http_port": self._port,
                "https_port": 443,
                "origin_protocol_policy": "http-only",
                "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
            },
            opts=ResourceOptions(
                parent=self,
                depends_on=[self.listener],
                ignore_changes=["tags", "tagsAll"],
                replace_on_changes=["vpcOriginEndpointConfig"],
            ),
        )
