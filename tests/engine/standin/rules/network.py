"""EC2 networking: ``aws:ec2`` and ``aws:vpc``."""

from typing import Final

from tests.engine.standin.rules.row import Name, Row, inputs

_EC2: Final = "arn:aws:ec2:{region}:{account}:"
_ADDRESSES: Final = ("aws:ec2/subnet:Subnet", "aws:ec2/internetGateway:InternetGateway")

ROWS: Final = {
    "aws:ec2/vpc:Vpc": Row(
        source="aws_vpc schema: ForceNew; instance_tenancy can only go from dedicated to default in place",
        force_new=inputs("cidrBlock instanceTenancy ipv4IpamPoolId ipv4NetmaskLength"),
        id="vpc-{hex17}",
        arn=_EC2 + "vpc/{id}",
        outputs={
            "mainRouteTableId": "rtb-{hex17}",
            "defaultRouteTableId": "rtb-{hex17}",
            "defaultSecurityGroupId": "sg-{hex17}",
            "defaultNetworkAclId": "acl-{hex17}",
        },
        held_by=(*_ADDRESSES, "aws:ec2/securityGroup:SecurityGroup"),
    ),
    "aws:ec2/subnet:Subnet": Row(
        source="aws_subnet schema: ForceNew",
        force_new=inputs(
            "vpcId cidrBlock availabilityZone availabilityZoneId outpostArn ipv6Native "
            "ipv4IpamPoolId ipv4NetmaskLength ipv6IpamPoolId ipv6NetmaskLength"
        ),
        id="subnet-{hex17}",
        arn=_EC2 + "subnet/{id}",
        unique=("vpcId", "cidrBlock"),
        held_by=("aws:ec2/natGateway:NatGateway", "aws:lb/loadBalancer:LoadBalancer", "aws:ecs/service:Service"),
    ),
    "aws:ec2/internetGateway:InternetGateway": Row(
        source="aws_internet_gateway schema: vpc_id is detached and attached in place",
        id="igw-{hex17}",
        arn=_EC2 + "internet-gateway/{id}",
    ),
    "aws:ec2/eip:Eip": Row(
        source="aws_eip schema: ForceNew",
        force_new=inputs("domain address publicIpv4Pool customerOwnedIpv4Pool networkBorderGroup ipamPoolId"),
        id="eipalloc-{hex17}",
        arn=_EC2 + "elastic-ip/{id}",
        outputs={"allocationId": "{id}"},
        held_by=("aws:ec2/natGateway:NatGateway",),
    ),
    "aws:ec2/natGateway:NatGateway": Row(
        source="aws_nat_gateway schema: ForceNew",
        force_new=inputs("allocationId subnetId connectivityType privateIp vpcId availabilityMode"),
        id="nat-{hex17}",
        arn=_EC2 + "natgateway/{id}",
        unique=("allocationId",),
    ),
    "aws:ec2/routeTable:RouteTable": Row(
        source="aws_route_table schema: ForceNew",
        force_new=inputs("vpcId"),
        id="rtb-{hex17}",
        arn=_EC2 + "route-table/{id}",
    ),
    "aws:ec2/route:Route": Row(
        source="aws_route schema: ForceNew on table and destination; targets are replaced in place (ReplaceRoute)",
        force_new=inputs("routeTableId destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId"),
        id="r-{routeTableId}{hex8}",
        unique=("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Row(
        source="aws_route_table_association schema: ForceNew; another table is ReplaceRouteTableAssociation",
        force_new=inputs("subnetId gatewayId"),
        id="rtbassoc-{hex17}",
        unique=("subnetId", "gatewayId"),
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Row(
        source="aws_vpc_endpoint schema: ForceNew",
        force_new=inputs("vpcId serviceName vpcEndpointType serviceRegion resourceConfigurationArn serviceNetworkArn"),
        id="vpce-{hex17}",
        arn=_EC2 + "vpc-endpoint/{id}",
        outputs={"prefixListId": "pl-{hex8}", "state": "available"},
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Row(
        source="aws_default_security_group schema: ForceNew",
        force_new=inputs("vpcId"),
        id="sg-{hex17}",
        arn=_EC2 + "security-group/{id}",
        outputs={"name": "default", "description": "default VPC security group"},
        unique=("vpcId",),
    ),
    "aws:ec2/flowLog:FlowLog": Row(
        source="aws_flow_log schema: everything but the tags is ForceNew",
        force_new=inputs(
            "deliverCrossAccountRole destinationOptions eniId iamRoleArn logDestination logDestinationType logFormat "
            "maxAggregationInterval regionalNatGatewayId subnetId trafficType transitGatewayAttachmentId "
            "transitGatewayId vpcId"
        ),
        id="fl-{hex17}",
        arn=_EC2 + "vpc-flow-log/{id}",
    ),
    "aws:ec2/securityGroup:SecurityGroup": Row(
        source="aws_security_group schema: ForceNew; AWS cannot change a group's name or description",
        force_new=inputs("name namePrefix description vpcId"),
        id="sg-{hex17}",
        arn=_EC2 + "security-group/{id}",
        name=Name(255),
        unique=("vpcId", "name"),
        held_by=("aws:lb/loadBalancer:LoadBalancer", "aws:ecs/service:Service", "aws:ec2/vpcEndpoint:VpcEndpoint"),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Row(
        source="aws_vpc_security_group_ingress_rule schema: only the group is RequiresReplace",
        force_new=inputs("securityGroupId"),
        id="sgr-{hex17}",
        arn=_EC2 + "security-group-rule/{id}",
        outputs={"securityGroupRuleId": "{id}"},
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Row(
        source="aws_vpc_security_group_egress_rule schema: only the group is RequiresReplace",
        force_new=inputs("securityGroupId"),
        id="sgr-{hex17}",
        arn=_EC2 + "security-group-rule/{id}",
        outputs={"securityGroupRuleId": "{id}"},
    ),
}
