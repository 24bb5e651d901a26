"""What the other outputs of AWS resources look like: addresses, names, states. Templates as in ``aws_arns``."""

from collections.abc import Mapping
from typing import Final

AUTO_NAMED: Final = (
    "name",
    "bucket",
    "identifier",
    "clusterIdentifier",
    "family",
    "replicationGroupId",
    "clusterId",
    "userPoolName",
)
"""Inputs that name a resource physically, in the order in which they are looked for."""

_INVOKE = "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
API_DOMAIN: Final = "d-{hex10}.execute-api.{region}.{suffix}"
_BUCKET = {
    "bucketDomainName": "{name}.s3.{suffix}",
    "bucketRegionalDomainName": "{name}.s3.{region}.{suffix}",
    "bucketRegion": "{region}",
}

OUTPUTS: Final[Mapping[str, Mapping[str, str | tuple[str, ...]]]] = {
    "aws:acm/certificateValidation:CertificateValidation": {"certificateArn": "{certificateArn}"},
    "aws:apigateway/domainName:DomainName": {"regionalDomainName": API_DOMAIN, "regionalZoneId": "{zone}"},
    "aws:apigateway/restApi:RestApi": {
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}",
        "rootResourceId": "{hex10}",
    },
    "aws:apigateway/stage:Stage": {
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{restApi}/{stageName}",
        "invokeUrl": "https://{restApi}.execute-api.{region}.{suffix}/{stageName}",
    },
    "aws:apigatewayv2/api:Api": {
        "apiEndpoint": "https://{id}.execute-api.{region}.{suffix}",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}",
    },
    "aws:apigatewayv2/stage:Stage": {
        "invokeUrl": "https://{apiId}.execute-api.{region}.{suffix}/",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{apiId}/{name}",
    },
    "aws:cloudfront/distribution:Distribution": {
        "domainName": "d{hex13}.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
        "etag": "E{HEX13}",
        "status": "Deployed",
    },
    "aws:dynamodb/table:Table": {
        "streamArn": "{arn}/stream/2025-01-01T00:00:00.000",
        "streamLabel": "2025-01-01T00:00:00",
    },
    "aws:ec2/eip:Eip": {
        "allocationId": "{id}",
        "publicIp": "203.0.113.{n2}",
        "publicDns": "ec2-203-0-113-{n2}.compute-1.{suffix}",
        "privateIp": "10.0.0.{n2}",
    },
    "aws:ec2/natGateway:NatGateway": {"publicIp": "203.0.113.{n2}", "privateIp": "10.0.0.{n2}"},
    "aws:ec2/vpc:Vpc": {"cidrBlock": "10.0.0.0/16", "instanceTenancy": "default"},
    "aws:ecr/repository:Repository": {"repositoryUrl": "{account}.dkr.ecr.{region}.{suffix}/{name}"},
    "aws:ecs/taskDefinition:TaskDefinition": {
        "arnWithoutRevision": "arn:{partition}:ecs:{region}:{account}:task-definition/{name}"
    },
    "aws:eks/accessEntry:AccessEntry": {"accessEntryArn": "{arn}"},
    "aws:eks/cluster:Cluster": {
        "endpoint": "https://{HEX32}.gr7.{region}.eks.{suffix}",
        "issuer": "https://oidc.eks.{region}.{suffix}/id/{HEX32}",
        "data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
        "status": "ACTIVE",
        "version": "1.34",
        "platformVersion": "eks.1",
        "serviceIpv4Cidr": "172.20.0.0/16",
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "master.{name}.{hex6}.use1.cache.{suffix}",
        "readerEndpointAddress": "replica.{name}.{hex6}.use1.cache.{suffix}",
        "configurationEndpointAddress": "clustercfg.{name}.{hex6}.use1.cache.{suffix}",
    },
    "aws:kms/key:Key": {"keyId": "{id}"},
    "aws:lambda/alias:Alias": {"invokeArn": _INVOKE},
    "aws:lambda/function:Function": {
        "invokeArn": _INVOKE,
        "responseStreamingInvokeArn": _INVOKE.replace("2015-03-31", "2021-11-15").replace(
            "invo", "response-streaming-invo"
        ),
        "qualifiedArn": "{arn}:1",
        "qualifiedInvokeArn": _INVOKE.replace("{arn}", "{arn}:1"),
        "version": "1",
        "lastModified": "2025-01-01T00:00:00.000+0000",
    },
    "aws:lambda/functionUrl:FunctionUrl": {
        "functionUrl": "https://{hex32}.lambda-url.{region}.on.aws/",
        "urlId": "{hex32}",
        "functionArn": "arn:{partition}:lambda:{region}:{account}:function:{functionName}",
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        "dnsName": "{name}-{n10}.{region}.elb.{suffix}",
        "zoneId": "{zone}",
        "arnSuffix": "app/{name}/{hex16}",
    },
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/{name}/{hex16}"},
    "aws:rds/cluster:Cluster": {
        "endpoint": "{name}.cluster-{hex12}.{region}.rds.{suffix}",
        "readerEndpoint": "{name}.cluster-ro-{hex12}.{region}.rds.{suffix}",
        "clusterResourceId": "cluster-{HEX26}",
        "secretArn": "arn:{partition}:secretsmanager:{region}:{account}:secret:rds!cluster-{uuid}-{hex6}",
        "secretStatus": "active",
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        "endpoint": "{name}.{hex12}.{region}.rds.{suffix}",
        "dbiResourceId": "db-{HEX26}",
    },
    "aws:rds/instance:Instance": {
        "address": "{name}.{hex12}.{region}.rds.{suffix}",
        "endpoint": "{name}.{hex12}.{region}.rds.{suffix}:5432",
        "resourceId": "db-{HEX26}",
        "secretArn": "arn:{partition}:secretsmanager:{region}:{account}:secret:rds!db-{uuid}-{hex6}",
        "secretStatus": "active",
    },
    "aws:rds/proxy:Proxy": {"endpoint": "{name}.proxy-{hex12}.{region}.rds.{suffix}"},
    "aws:route53/zone:Zone": {
        "zoneId": "{id}",
        "nameServers": tuple(
            f"ns-{n}.awsdns-{n:02}.{end}" for n, end in ((1, "com"), (2, "net"), (3, "org"), (4, "co.uk"))
        ),
        "primaryNameServer": "ns-1.awsdns-01.com",
    },
    "aws:route53/record:Record": {"fqdn": "{name}"},
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:sqs/queue:Queue": {"url": "https://sqs.{region}.{suffix}/{account}/{name}"},
}
"""By type, then by output (or by a field of a nested output, such as the issuer of a cluster's OIDC provider)."""

GENERAL: Final[Mapping[str, str | tuple[str, ...]]] = {
    "accountId": "{account}",
    "arn": "{arn}",
    "associationId": "eipassoc-{hex17}",
    "availabilityZone": "{region}a",
    "availabilityZones": ("{region}a", "{region}b", "{region}c"),
    "catalogId": "{account}",
    "defaultNetworkAclId": "acl-{hex17}",
    "defaultRouteTableId": "rtb-{hex17}",
    "defaultSecurityGroupId": "sg-{hex17}",
    "dhcpOptionsId": "dopt-{hex17}",
    "dnsName": "{name}-{hex10}.{service}.{region}.{suffix}",
    "domainName": "{name}-{hex10}.{service}.{region}.{suffix}",
    "hostedZoneId": "Z{HEX20}",
    "mainRouteTableId": "rtb-{hex17}",
    "networkInterfaceId": "eni-{hex17}",
    "owner": "{account}",
    "ownerId": "{account}",
    "partition": "{partition}",
    "policy": '{"Version":"2012-10-17","Statement":[]}',
    "prefixListId": "pl-{hex17}",
    "primaryNetworkInterfaceId": "eni-{hex17}",
    "region": "{region}",
    "registryId": "{account}",
    "securityGroupId": "sg-{hex17}",
    "securityGroupRuleId": "sgr-{hex17}",
    "subnetId": "subnet-{hex17}",
    "vpcId": "vpc-{hex17}",
    "zoneId": "Z{HEX20}",
    **dict.fromkeys(AUTO_NAMED, "{name}"),
}
"""Outputs that mean the same on every resource."""

ENDINGS: Final[Mapping[str, str]] = {"Prefix": "", "Policy": "{}", "Arn": "{arn}/{prop}"}
"""Outputs by how their names end."""

PORTS: Final[Mapping[str, int]] = {"postgres": 5432, "mysql": 3306, "maria": 3306, "redis": 6379, "valkey": 6379}
"""Default ports by a part of the engine's name."""

HOSTED_ZONES: Final[Mapping[str, str]] = {
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-west-1": "Z32O12XQLNTSW2",
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-2": "Z1H1FL5HABSF5",
}
"""Hosted zones of Application Load Balancers; other regions get the first one's form."""
