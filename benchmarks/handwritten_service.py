"""One service on EKS as plain Pulumi; for ``handwritten_microservices``."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
from pulumi import Output, Resource, ResourceOptions

from benchmarks.handwritten_specs import (
    PORT,
    PORT_NAME,
    REGION,
    Service,
    autoscaler,
    digest,
    labels_of,
    namespace_of,
    network_policy,
    pods,
    stable,
)

VPC_ID = "vpc-0a1b2c3d"


@dataclass(frozen=True)
class Platform:
    """What all services stand on."""

    aws_provider: aws.Provider
    cluster_provider: k8s.Provider
    cluster_name: Output[str]
    cluster_ready: Sequence[Resource]
    listener: aws.lb.Listener
    load_balancer_arn_suffix: Output[str]
    ways_in: Sequence[Resource]
    once_known: pulumi.ResourceHookBinding
    """How long a new pod identity takes to be in effect."""

    def on_aws(self, *after: Resource) -> ResourceOptions:
        """Made in AWS once these are there."""
        return ResourceOptions(provider=self.aws_provider, depends_on=[*after])

    def inside(self, *after: Resource) -> ResourceOptions:
        """Made in the cluster once these are there."""
        return ResourceOptions(provider=self.cluster_provider, depends_on=[*after])


def trust(service: str, actions: str | list[str], condition: dict[str, Any] | None = None) -> str:
    """Who may have a role."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def pod_trust(cluster: str, namespace: str, service_account: str) -> str:
    """The pods of this service account of this cluster may have a role."""
    of_pod = {
        "aws:RequestTag/eks-cluster-name": cluster,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": service_account,
    }
    return trust("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"], {"StringEquals": of_pod})


def settles(name: str, seconds: int) -> pulumi.ResourceHookBinding:
    """What depends on a new resource waits that long."""

    async def wait(_: pulumi.ResourceHookArgs) -> None:
        await asyncio.sleep(seconds)

    return pulumi.ResourceHookBinding(after_create=[pulumi.ResourceHook(name, wait)])


def write_logs(log_group_arns: Sequence[str]) -> str:
    """Write to these groups."""
    write = {
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        "Resource": [resource for arn in log_group_arns for resource in (arn, f"{arn}:*")],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [write]})


def read_secrets(arns: list[str]) -> str:
    """Read these secrets, decrypted on the way."""
    read = {
        "Sid": "ReadSecrets",
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        "Resource": arns,
    }
    through = {"kms:ViaService": [f"secretsmanager.{REGION}.amazonaws.com"], "kms:EncryptionContext:SecretARN": arns}
    decrypt = {
        "Sid": "DecryptSecrets",
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Resource": [f"arn:aws:kms:{REGION}:123456789012:key/*"],
        "Condition": {"StringEquals": through},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [read, decrypt]})


def rule(
    on: Platform,
    name: str,
    priority: int,
    condition: aws.lb.ListenerRuleConditionArgsDict,
    group: aws.lb.TargetGroup,
    *after: Resource,
    tags: dict[str, str] | None = None,
) -> aws.lb.ListenerRule:
    """Send what meets the condition to a group."""
    return aws.lb.ListenerRule(
        name,
        listener_arn=on.listener.arn,
        priority=priority,
        conditions=[condition],
        actions=[{"type": "forward", "target_group_arn": group.arn}],
        tags=tags,
        opts=on.on_aws(*on.ways_in, *after),
    )


def create(name: str, service: Service, callers: list[str], on: Platform) -> None:
    """All that one service has."""
    full, inside = f"app-{name}", namespace_of(name)
    metadata: k8s.meta.v1.ObjectMetaArgsDict = {"name": full, "namespace": inside, "labels": labels_of(name)}
    security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    gates = {"eks.amazonaws.com/pod-readiness-gate-inject": "enabled"} if service.priority else {}
    namespace = k8s.core.v1.Namespace(
        full, metadata={"name": inside, "labels": {**labels_of(name), **security, **gates}}, opts=on.inside()
    )
    role = aws.iam.Role(
        full,
        assume_role_policy=on.cluster_name.apply(lambda cluster: pod_trust(cluster, inside, full)),
        opts=on.on_aws(),
    )
    association = aws.eks.PodIdentityAssociation(
        full,
        cluster_name=on.cluster_name,
        namespace=inside,
        service_account=full,
        role_arn=role.arn,
        opts=ResourceOptions(provider=on.aws_provider, depends_on=[*on.cluster_ready], hooks=on.once_known),
    )
    account = k8s.core.v1.ServiceAccount(
        full, metadata=metadata, automount_service_account_token=False, opts=on.inside(namespace)
    )
    policy = k8s.networking.v1.NetworkPolicy(
        full, metadata=metadata, spec=network_policy(name, service, callers), opts=on.inside(namespace)
    )
    budget = k8s.policy.v1.PodDisruptionBudget(
        full,
        metadata=metadata,
        spec={
            "max_unavailable": 1,
            "unhealthy_pod_eviction_policy": "AlwaysAllow",
            "selector": {"match_labels": stable(name)},
        },
        opts=on.inside(namespace),
    )
    before_pods: list[Resource] = [namespace, association, account, policy, budget]
    volume = ""
    if service.secrets:
        objects = [{"objectName": arn, "objectAlias": key} for key, arn in service.secrets.items()]
        parameters = {"region": REGION, "usePodIdentity": "true", "objects": json.dumps(objects)}
        volume = f"secrets-{digest(json.dumps(parameters))}"
        allowed = aws.iam.RolePolicy(
            full, role=role.name, policy=read_secrets(list(service.secrets.values())), opts=on.on_aws()
        )
        files = k8s.apiextensions.CustomResource(
            full,
            api_version="secrets-store.csi.x-k8s.io/v1",
            kind="SecretProviderClass",
            metadata={"name": full, "namespace": inside},
            spec={"provider": "aws", "parameters": parameters},
            opts=on.inside(namespace, allowed, association),
        )
        before_pods += [allowed, files]
    group = None
    if service.priority:
        group = aws.lb.TargetGroup(
            full,
            vpc_id=VPC_ID,
            target_type="ip",
            protocol="HTTP",
            port=80,
            deregistration_delay=20,
            health_check={
                "path": "/readyz",
                "matcher": "200-299",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 10,
            },
            tags={"eks:eks-cluster-name": on.cluster_name},
            opts=ResourceOptions(
                provider=on.aws_provider,
                depends_on=[*on.cluster_ready],
                replacement_trigger=on.load_balancer_arn_suffix,
            ),
        )
        attachment = rule(
            on, f"{full}.attachment", service.priority + 25000, {"host_header": {"values": [f"{full}.invalid"]}}, group
        )
        in_front = k8s.core.v1.Service(
            full,
            metadata={**metadata, "annotations": {"pulumi.com/skipAwait": "true"}},
            spec={
                "type": "ClusterIP",
                "selector": stable(name),
                "ports": [{"name": PORT_NAME, "port": PORT, "target_port": PORT_NAME, "protocol": "TCP"}],
            },
            opts=on.inside(namespace),
        )
        binding = k8s.apiextensions.CustomResource(
            full,
            api_version="eks.amazonaws.com/v1",
            kind="TargetGroupBinding",
            metadata={
                "name": group.arn.apply(lambda arn: f"{full}-{digest(arn)}"),
                "namespace": inside,
                "labels": labels_of(name),
            },
            spec={
                "serviceRef": {"name": full, "port": PORT_NAME},
                "targetGroupARN": group.arn,
                "targetType": "ip",
            },
            opts=on.inside(namespace, in_front, attachment),
        )
        before_pods.append(binding)
    deployment = k8s.apps.v1.Deployment(
        full,
        metadata=metadata,
        spec={
            "replicas": service.fewest,
            "selector": {"match_labels": stable(name)},
            "progress_deadline_seconds": 600,
            "revision_history_limit": 3,
            "strategy": {"type": "RollingUpdate", "rolling_update": {"max_surge": "25%", "max_unavailable": "0%"}},
            "template": {"metadata": {"labels": stable(name)}, "spec": pods(name, service, volume)},
        },
        opts=ResourceOptions(
            provider=on.cluster_provider,
            depends_on=before_pods,
            custom_timeouts=pulumi.CustomTimeouts(create="615s", update="615s"),
            ignore_changes=["spec.replicas"],
        ),
    )
    scaling = k8s.autoscaling.v2.HorizontalPodAutoscaler(
        full, metadata=metadata, spec=autoscaler(full, service), opts=on.inside(namespace, deployment)
    )
    if group:
        rule(
            on,
            full,
            service.priority,
            {"path_pattern": {"values": [f"/{name}", f"/{name}/*"]}},
            group,
            scaling,
            tags={"fastapi-on-aws:service": full},
        )
