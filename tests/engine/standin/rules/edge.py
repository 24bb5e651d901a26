"""Load balancing, CloudFront, certificates, DNS and the buckets of their logs."""

from typing import Final

from tests.engine.standin.rules.row import Name, Row, inputs

_ELB: Final = "arn:aws:elasticloadbalancing:{region}:{account}:"
_DISTRIBUTION: Final = "aws:cloudfront/distribution:Distribution"
_LISTENER: Final = "aws:lb/listener:Listener"
_BUCKET_PART: Final = Row(
    source="schema of the aws_s3_bucket_* resource: the bucket is ForceNew",
    force_new=inputs("bucket"),
    id="{bucket}",
)

ROWS: Final = {
    "aws:lb/loadBalancer:LoadBalancer": Row(
        source="aws_lb schema: ForceNew; subnets are replaced in place for an application load balancer",
        force_new=inputs("name namePrefix internal loadBalancerType customerOwnedIpv4Pool"),
        id="{arn}",
        arn=_ELB + "loadbalancer/app/{name}/{hex16}",
        name=Name(32),
        outputs={
            "arnSuffix": "app/{name}/{hex16}",
            "dnsName": "{name}-{hex8}.{region}.elb.amazonaws.com",
            "zoneId": "Z32O12XQLNTSW2",
        },
        unique=("name",),
        held_by=("aws:cloudfront/vpcOrigin:VpcOrigin",),
    ),
    _LISTENER: Row(
        source="aws_lb_listener schema: ForceNew",
        force_new=inputs("loadBalancerArn"),
        id="{arn}",
        arn=_ELB + "listener/app/{parent}/{hex16}",
        unique=("loadBalancerArn", "port"),
    ),
    "aws:lb/listenerRule:ListenerRule": Row(
        source="aws_lb_listener_rule schema: ForceNew; the priority is set in place",
        force_new=inputs("listenerArn"),
        id="{arn}",
        arn=_ELB + "listener-rule/app/{parent}/{hex16}",
        unique=("listenerArn", "priority"),
    ),
    "aws:lb/targetGroup:TargetGroup": Row(
        source="aws_lb_target_group schema: ForceNew",
        force_new=inputs("name namePrefix port protocol protocolVersion targetType vpcId ipAddressType"),
        id="{arn}",
        arn=_ELB + "targetgroup/{name}/{hex16}",
        name=Name(32),
        outputs={"arnSuffix": "targetgroup/{name}/{hex16}"},
        unique=("name",),
        held_by=(_LISTENER, "aws:lb/listenerRule:ListenerRule"),
    ),
    "aws:cloudfront/vpcOrigin:VpcOrigin": Row(
        source="aws_cloudfront_vpc_origin schema: updated in place; CloudFront refuses that while it is attached",
        id="vo_{hex17}",
        arn="arn:aws:cloudfront::{account}:vpcorigin/{id}",
        held_by=(_DISTRIBUTION,),
        update_while_held=False,
    ),
    _DISTRIBUTION: Row(
        source="aws_cloudfront_distribution schema: ForceNew",
        force_new=inputs("staging"),
        id="E{upper13}",
        arn="arn:aws:cloudfront::{account}:distribution/{id}",
        outputs={"domainName": "d{hex8}.cloudfront.net", "hostedZoneId": "Z2FDTNDATAQYW2", "status": "Deployed"},
    ),
    "aws:cloudfront/function:Function": Row(
        source="aws_cloudfront_function schema: ForceNew",
        force_new=inputs("name"),
        id="{name}",
        arn="arn:aws:cloudfront::{account}:function/{name}",
        name=Name(64),
        unique=("name",),
        held_by=(_DISTRIBUTION,),
    ),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": Row(
        source="aws_cloudfront_response_headers_policy schema: updated in place, the name too",
        id="{uuid}",
        arn="arn:aws:cloudfront::{account}:response-headers-policy/{id}",
        name=Name(128),
        unique=("name",),
        held_by=(_DISTRIBUTION,),
    ),
    "aws:acm/certificate:Certificate": Row(
        source="aws_acm_certificate schema: ForceNew",
        force_new=inputs(
            "domainName subjectAlternativeNames validationMethod validationOptions keyAlgorithm certificateAuthorityArn"
        ),
        id="{arn}",
        arn="arn:aws:acm:{region}:{account}:certificate/{uuid}",
        held_by=(_LISTENER, _DISTRIBUTION),
    ),
    "aws:acm/certificateValidation:CertificateValidation": Row(
        source="aws_acm_certificate_validation schema: ForceNew",
        force_new=inputs("certificateArn validationRecordFqdns"),
        id="{certificateArn}",
    ),
    "aws:route53/record:Record": Row(
        source="aws_route53_record schema: ForceNew; type and set_identifier are swapped in one change batch",
        force_new=inputs("zoneId name"),
        id="{zoneId}_{name}_{type}",
        outputs={"fqdn": "{name}"},
        unique=("zoneId", "name", "type", "setIdentifier"),
    ),
    "aws:s3/bucket:Bucket": Row(
        source="aws_s3_bucket schema: ForceNew",
        force_new=inputs("bucket bucketPrefix bucketNamespace objectLockEnabled"),
        id="{bucket}",
        arn="arn:aws:s3:::{bucket}",
        name=Name(63, property="bucket", lower=True),
        outputs={
            "bucketDomainName": "{bucket}.s3.amazonaws.com",
            "bucketRegionalDomainName": "{bucket}.s3.{region}.amazonaws.com",
        },
        unique=("bucket",),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _BUCKET_PART,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _BUCKET_PART,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _BUCKET_PART,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _BUCKET_PART,
    "aws:s3/bucketVersioning:BucketVersioning": _BUCKET_PART,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _BUCKET_PART,
}
