"""Which AWS resource has which kind of id, ARN and address.

Templates know {name}, {id}, {arn}, {service}, {region}, {account}, {partition}, {suffix} (of DNS names), {zone} (the
load balancers' hosted zone), {uuid}, {hexN}, {HEXN} and {nN} (N digits); any other word is an input of the resource.
"""

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

ID_STEMS: Final[Mapping[str, str]] = {
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": "eigw",
    "aws:ec2/eip:Eip": "eipalloc",
    "aws:ec2/flowLog:FlowLog": "fl",
    "aws:ec2/instance:Instance": "i",
    "aws:ec2/internetGateway:InternetGateway": "igw",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt",
    "aws:ec2/managedPrefixList:ManagedPrefixList": "pl",
    "aws:ec2/natGateway:NatGateway": "nat",
    "aws:ec2/networkAcl:NetworkAcl": "acl",
    "aws:ec2/networkInterface:NetworkInterface": "eni",
    "aws:ec2/route:Route": "r-rtb",
    "aws:ec2/routeTable:RouteTable": "rtb",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
    "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/securityGroupRule:SecurityGroupRule": "sgrule",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
    "aws:efs/accessPoint:AccessPoint": "fsap",
    "aws:efs/fileSystem:FileSystem": "fs",
    "aws:efs/mountTarget:MountTarget": "fsmt",
    "aws:cloudfront/vpcOrigin:VpcOrigin": "vo",
    "aws:servicediscovery/httpNamespace:HttpNamespace": "ns",
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": "ns",
    "aws:servicediscovery/service:Service": "srv",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
}

IDS: Final[Mapping[str, str]] = {
    "aws:acm/certificate:Certificate": "{arn}",
    "aws:acm/certificateValidation:CertificateValidation": "{certificateArn}",
    "aws:apigateway/restApi:RestApi": "{hex10}",
    "aws:apigatewayv2/api:Api": "{hex10}",
    "aws:apigatewayv2/integration:Integration": "{hex7}",
    "aws:apigatewayv2/route:Route": "{hex7}",
    "aws:apigatewayv2/vpcLink:VpcLink": "{hex6}",
    "aws:appautoscaling/target:Target": "{resourceId}",
    "aws:cloudfront/distribution:Distribution": "E{HEX13}",
    "aws:cloudfront/keyValueStore:KeyValueStore": "{uuid}",
    "aws:cloudfront/originAccessControl:OriginAccessControl": "E{HEX13}",
    "aws:cloudwatch/logGroup:LogGroup": "{name}",
    "aws:cognito/userPool:UserPool": "{region}_{hex9}",
    "aws:cognito/userPoolClient:UserPoolClient": "{hex26}",
    "aws:ecs/cluster:Cluster": "{arn}",
    "aws:ecs/service:Service": "{arn}",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "a-{hex17}",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "{arn}",
    "aws:iam/policy:Policy": "{arn}",
    "aws:kms/key:Key": "{uuid}",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "{uuid}",
    "aws:lb/listener:Listener": "{arn}",
    "aws:lb/listenerRule:ListenerRule": "{arn}",
    "aws:lb/loadBalancer:LoadBalancer": "{arn}",
    "aws:lb/targetGroup:TargetGroup": "{arn}",
    "aws:route53/zone:Zone": "Z{HEX20}",
    "aws:secretsmanager/secret:Secret": "{arn}",
    "aws:sns/topic:Topic": "{arn}",
    "aws:sns/topicSubscription:TopicSubscription": "{arn}",
    "aws:sqs/queue:Queue": "https://sqs.{region}.{suffix}/{account}/{name}",
    "aws:wafv2/webAcl:WebAcl": "{uuid}",
}
"""Types that are in neither table have their name for an id."""

_EC2 = "arn:{partition}:ec2:{region}:{account}:"
_ELB = "arn:{partition}:elasticloadbalancing:{region}:{account}:"
_RDS = "arn:{partition}:rds:{region}:{account}:"
_IAM = "arn:{partition}:iam::{account}:"

ARNS: Final[Mapping[str, str]] = {
    "aws:acm/certificate:Certificate": "arn:{partition}:acm:{region}:{account}:certificate/{uuid}",
    "aws:apigateway/restApi:RestApi": "arn:{partition}:apigateway:{region}::/restapis/{id}",
    "aws:apigatewayv2/api:Api": "arn:{partition}:apigateway:{region}::/apis/{id}",
    "aws:backup/plan:Plan": "arn:{partition}:backup:{region}:{account}:backup-plan:{uuid}",
    "aws:backup/vault:Vault": "arn:{partition}:backup:{region}:{account}:backup-vault:{name}",
    "aws:cloudfront/distribution:Distribution": "arn:{partition}:cloudfront::{account}:distribution/{id}",
    "aws:cloudfront/function:Function": "arn:{partition}:cloudfront::{account}:function/{name}",
    "aws:cloudfront/keyValueStore:KeyValueStore": "arn:{partition}:cloudfront::{account}:key-value-store/{id}",
    "aws:cloudfront/vpcOrigin:VpcOrigin": "arn:{partition}:cloudfront::{account}:vpcorigin/{id}",
    "aws:cloudwatch/dashboard:Dashboard": "arn:{partition}:cloudwatch::{account}:dashboard/{dashboardName}",
    "aws:cloudwatch/eventBus:EventBus": "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    "aws:cloudwatch/eventRule:EventRule": "arn:{partition}:events:{region}:{account}:rule/{name}",
    "aws:cloudwatch/logGroup:LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
    "aws:dynamodb/table:Table": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    "aws:ec2/eip:Eip": _EC2 + "elastic-ip/{id}",
    "aws:ec2/flowLog:FlowLog": _EC2 + "vpc-flow-log/{id}",
    "aws:ec2/internetGateway:InternetGateway": _EC2 + "internet-gateway/{id}",
    "aws:ec2/launchTemplate:LaunchTemplate": _EC2 + "launch-template/{id}",
    "aws:ec2/routeTable:RouteTable": _EC2 + "route-table/{id}",
    "aws:ec2/securityGroup:SecurityGroup": _EC2 + "security-group/{id}",
    "aws:ec2/subnet:Subnet": _EC2 + "subnet/{id}",
    "aws:ec2/vpc:Vpc": _EC2 + "vpc/{id}",
    "aws:ec2/vpcEndpoint:VpcEndpoint": _EC2 + "vpc-endpoint/{id}",
    "aws:ecr/repository:Repository": "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    "aws:ecs/cluster:Cluster": "arn:{partition}:ecs:{region}:{account}:cluster/{name}",
    "aws:ecs/service:Service": "arn:{partition}:ecs:{region}:{account}:service/{hex8}/{name}",
    "aws:ecs/taskDefinition:TaskDefinition": "arn:{partition}:ecs:{region}:{account}:task-definition/{name}:1",
    "aws:eks/addon:Addon": "arn:{partition}:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}",
    "aws:eks/cluster:Cluster": "arn:{partition}:eks:{region}:{account}:cluster/{name}",
    "aws:iam/instanceProfile:InstanceProfile": _IAM + "instance-profile/{name}",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _IAM + "oidc-provider/{hex32}",
    "aws:iam/policy:Policy": _IAM + "policy/{name}",
    "aws:iam/role:Role": _IAM + "role/{name}",
    "aws:iam/user:User": _IAM + "user/{name}",
    "aws:kms/key:Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "aws:kms/alias:Alias": "arn:{partition}:kms:{region}:{account}:{name}",
    "aws:lambda/alias:Alias": "arn:{partition}:lambda:{region}:{account}:function:{functionName}:{name}",
    "aws:lambda/function:Function": "arn:{partition}:lambda:{region}:{account}:function:{name}",
    "aws:lambda/layerVersion:LayerVersion": "arn:{partition}:lambda:{region}:{account}:layer:{layerName}:1",
    "aws:lb/listener:Listener": _ELB + "listener/app/{hex8}/{hex16}/{hex16}",
    "aws:lb/listenerRule:ListenerRule": _ELB + "listener-rule/app/{hex8}/{hex16}/{hex16}/{hex16}",
    "aws:lb/loadBalancer:LoadBalancer": _ELB + "loadbalancer/app/{name}/{hex16}",
    "aws:lb/targetGroup:TargetGroup": _ELB + "targetgroup/{name}/{hex16}",
    "aws:rds/cluster:Cluster": _RDS + "cluster:{name}",
    "aws:rds/clusterInstance:ClusterInstance": _RDS + "db:{name}",
    "aws:rds/instance:Instance": _RDS + "db:{name}",
    "aws:rds/proxy:Proxy": _RDS + "db-proxy:prx-{hex17}",
    "aws:rds/subnetGroup:SubnetGroup": _RDS + "subgrp:{name}",
    "aws:route53/zone:Zone": "arn:{partition}:route53:::hostedzone/{id}",
    "aws:s3/bucket:Bucket": "arn:{partition}:s3:::{name}",
    "aws:s3/bucketV2:BucketV2": "arn:{partition}:s3:::{name}",
    "aws:scheduler/schedule:Schedule": "arn:{partition}:scheduler:{region}:{account}:schedule/default/{name}",
    "aws:secretsmanager/secret:Secret": "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{hex6}",
    "aws:sns/topic:Topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "aws:sns/topicSubscription:TopicSubscription": "{topic}:{uuid}",
    "aws:sqs/queue:Queue": "arn:{partition}:sqs:{region}:{account}:{name}",
    "aws:ssm/parameter:Parameter": "arn:{partition}:ssm:{region}:{account}:parameter/{name}",
    "aws:wafv2/webAcl:WebAcl": "arn:{partition}:wafv2:{region}:{account}:regional/webacl/{name}/{id}",
}

_INVOKE = "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
_BUCKET = {
    "bucketDomainName": "{name}.s3.{suffix}",
    "bucketRegionalDomainName": "{name}.s3.{region}.{suffix}",
    "bucketRegion": "{region}",
}

OUTPUTS: Final[Mapping[str, Mapping[str, str | tuple[str, ...]]]] = {
    "aws:acm/certificateValidation:CertificateValidation": {"certificateArn": "{certificateArn}"},
    "aws:apigateway/restApi:RestApi": {"executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}"},
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
