"""Which properties of which resource type a reader of a plan wants to see."""

from collections.abc import Mapping

from fastapi_on_aws.plan import formats
from fastapi_on_aws.plan.facts import Fact, Highlight, computed, first_of, prop
from fastapi_on_aws.recording.graph import Resource

HIGHLIGHTS: Mapping[str, tuple[Highlight, ...]] = {
    "aws:acm/certificate:Certificate": (prop("domainName"), prop("validationMethod")),
    "aws:apigateway/domainName:DomainName": (prop("domainName"),),
    "aws:apigateway/integration:Integration": (prop("type"), prop("responseTransferMode", "transfer")),
    "aws:apigateway/method:Method": (prop("httpMethod"), prop("authorization")),
    "aws:apigateway/resource:Resource": (prop("pathPart"),),
    "aws:apigateway/stage:Stage": (prop("stageName"),),
    "aws:apigatewayv2/api:Api": (prop("protocolType"),),
    "aws:apigatewayv2/authorizer:Authorizer": (prop("authorizerType"),),
    "aws:apigatewayv2/domainName:DomainName": (prop("domainName"),),
    "aws:apigatewayv2/route:Route": (prop("routeKey"), prop("authorizationType", "authorization")),
    "aws:apigatewayv2/stage:Stage": (prop("name"),),
    "aws:appautoscaling/policy:Policy": (
        prop("policyType"),
        prop(
            "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.predefinedMetricType",
            label="metric",
        ),
        prop("targetTrackingScalingPolicyConfiguration.targetValue", label="target"),
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": (
        prop("schedule"),
        computed("capacity", formats.span, "scalableTargetAction.minCapacity", "scalableTargetAction.maxCapacity"),
    ),
    "aws:appautoscaling/target:Target": (computed("capacity", formats.span, "minCapacity", "maxCapacity"),),
    "aws:cloudfront/distribution:Distribution": (computed("aliases", formats.listed, "aliases"), prop("priceClass")),
    "aws:cloudfront/originAccessControl:OriginAccessControl": (
        prop("originAccessControlOriginType", "origin"),
        prop("signingBehavior", "signs"),
    ),
    "aws:cloudwatch/eventRule:EventRule": (prop("scheduleExpression"),),
    "aws:cloudwatch/logGroup:LogGroup": (prop("retentionInDays"),),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        prop("metricName"),
        prop("threshold"),
    ),
    "aws:ec2/natGateway:NatGateway": (prop("connectivityType"),),
    "aws:ec2/route:Route": (prop("destinationCidrBlock", "destination"),),
    "aws:ec2/subnet:Subnet": (prop("cidrBlock"), prop("availabilityZone")),
    "aws:ec2/vpc:Vpc": (prop("cidrBlock"),),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (prop("serviceName"), prop("vpcEndpointType")),
    "aws:ecr/repository:Repository": (prop("imageTagMutability"),),
    "aws:ecs/service:Service": (
        prop("desiredCount"),
        computed("capacity", formats.capacity_providers, "capacityProviderStrategies"),
        prop("launchType"),
    ),
    "aws:ecs/taskDefinition:TaskDefinition": (
        prop("cpu"),
        prop("memory"),
        prop("runtimePlatform.cpuArchitecture", "arch"),
        computed("containers", formats.containers, "containerDefinitions"),
    ),
    "aws:eks/accessEntry:AccessEntry": (prop("type"), computed("principal", formats.last_segment, "principalArn")),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        computed("policy", formats.last_segment, "policyArn"),
        prop("accessScope.type", "scope"),
    ),
    "aws:eks/addon:Addon": (prop("addonName"), prop("addonVersion")),
    "aws:eks/cluster:Cluster": (prop("version"), computed("auto", formats.when_true, "computeConfig.enabled")),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (prop("namespace"), prop("serviceAccount")),
    "aws:iam/policy:Policy": (computed("actions", formats.action_count, "policy"),),
    "aws:iam/role:Role": (computed("assumedBy", formats.principals, "assumeRolePolicy"),),
    "aws:iam/rolePolicy:RolePolicy": (computed("actions", formats.action_count, "policy"),),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (computed("policy", formats.last_segment, "policyArn"),),
    "aws:lambda/eventSourceMapping:EventSourceMapping": (prop("batchSize"),),
    "aws:lambda/function:Function": (
        prop("memorySize"),
        prop("timeout"),
        computed("arch", formats.listed, "architectures"),
        prop("packageType"),
        prop("runtime"),
        prop("snapStart.applyOn", "snapStart"),
        prop("reservedConcurrentExecutions", "reserved"),
    ),
    "aws:lambda/functionUrl:FunctionUrl": (prop("authorizationType", "authorization"), prop("invokeMode")),
    "aws:lambda/permission:Permission": (prop("action"), prop("principal")),
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": (
        prop("provisionedConcurrentExecutions", "provisioned"),
    ),
    "aws:lb/listener:Listener": (prop("port"), prop("protocol"), prop("sslPolicy")),
    "aws:lb/listenerRule:ListenerRule": (prop("priority"), computed("matches", formats.matched, "conditions")),
    "aws:lb/loadBalancer:LoadBalancer": (prop("loadBalancerType", "type"), prop("internal")),
    "aws:lb/targetGroup:TargetGroup": (prop("port"), prop("protocol"), prop("healthCheck.path", "health")),
    "aws:rds/cluster:Cluster": (
        prop("engine"),
        prop("engineVersion"),
        computed(
            "acu",
            formats.span,
            "serverlessv2ScalingConfiguration.minCapacity",
            "serverlessv2ScalingConfiguration.maxCapacity",
        ),
    ),
    "aws:rds/clusterInstance:ClusterInstance": (prop("instanceClass"),),
    "aws:route53/record:Record": (prop("name"), prop("type")),
    "aws:route53/zone:Zone": (prop("name"),),
    "aws:scheduler/schedule:Schedule": (prop("scheduleExpression"),),
    "aws:sqs/queue:Queue": (
        prop("visibilityTimeoutSeconds"),
        prop("messageRetentionSeconds"),
        computed("fifo", formats.when_true, "fifoQueue"),
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        computed("ports", formats.ports, "ipProtocol", "fromPort", "toPort"),
        first_of("to", "cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        computed("ports", formats.ports, "ipProtocol", "fromPort", "toPort"),
        first_of("from", "cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"),
    ),
    "aws:wafv2/webAcl:WebAcl": (prop("scope"),),
    "docker-build:index:Image": (
        computed("platforms", formats.listed, "platforms"),
        prop("dockerfile.location", "dockerfile"),
    ),
    "docker:index/image:Image": (prop("build.platform"), prop("build.dockerfile")),
    "kubernetes:apps/v1:Deployment": (prop("spec.replicas"),),
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": (
        computed("replicas", formats.span, "spec.minReplicas", "spec.maxReplicas"),
    ),
    "kubernetes:karpenter.sh/v1:NodePool": (prop("spec.limits.cpu", "cpu"), prop("spec.limits.memory", "memory")),
    "kubernetes:core/v1:Service": (prop("spec.type"),),
    "pulumi:providers:aws": (prop("region"),),
}
"""By Pulumi type token; a type that is not here shows its name only."""


def facts_of(resource: Resource) -> list[Fact]:
    """What a plan says about a resource beside its type and name."""
    found = (highlight(resource) for highlight in HIGHLIGHTS.get(resource.type, ()))
    return [fact for fact in found if fact is not None]


def marks_of(resource: Resource) -> list[str]:
    """What the engine would do differently with this resource than with any other."""
    options = resource.options
    marks = ["read only"] if resource.read else []
    if options.protect:
        marks.append("protected")
    if options.retain_on_delete:
        marks.append("kept on delete")
    if options.import_id is not None:
        marks.append("imported")
    if options.ignore_changes:
        marks.append("ignores " + ", ".join(options.ignore_changes))
    return marks
