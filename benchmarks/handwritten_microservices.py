"""The stack of ``Pulumi.ten-services.yaml`` as plain Pulumi: the yardstick for what the components cost on EKS.

A table of services and one function for each row, as a good Pulumi program has them; no config, no checks, no
components. It stands alone, as somebody's own project would: what it has in common with the other yardstick and with
the library is what is written again by hand. It runs in the folder ``stacks``. ``python -m benchmarks.record_stack
microservices compare`` says where the two differ.
"""

import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
from pulumi import Output, Resource, ResourceOptions

from benchmarks.handwritten_service import VPC_ID, Platform, create, pod_trust, settles, trust, write_logs
from benchmarks.handwritten_specs import PORT, PREFIX, REGION, SERVICES, VPC_CIDR, kubeconfig

SUBNET_IDS = ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]
DEPLOYER = "arn:aws:iam::123456789012:role/deployer"
CLUSTER = f"{PREFIX}-app-eks"


provider = aws.Provider(
    "aws",
    region=REGION,
    default_tags={"tags": {"project": "fastapi-on-aws", "stack": "dev", "managed-by": "pulumi"}},
)
on_aws = ResourceOptions(provider=provider)


def on_aws_after(*resources: Resource) -> ResourceOptions:
    """Made once these are there."""
    return ResourceOptions(provider=provider, depends_on=[*resources])


def managed(role: str, aws_role: aws.iam.Role, policies: list[str]) -> list[aws.iam.RolePolicyAttachment]:
    """AWS's own policies for a role."""
    return [
        aws.iam.RolePolicyAttachment(
            f"{role}-{name}", role=aws_role.name, policy_arn=f"arn:aws:iam::aws:policy/{name}", opts=on_aws
        )
        for name in policies
    ]


# Load balancer

lb_group = aws.ec2.SecurityGroup("app-lb", vpc_id=VPC_ID, description="Requests from outside", opts=on_aws)
callers_group = aws.ec2.SecurityGroup(
    "app-lb-callers", vpc_id=VPC_ID, description="Calls between services", opts=on_aws
)
aws.vpc.SecurityGroupIngressRule(
    "app-lb-ingress",
    security_group_id=lb_group.id,
    description="From vpc",
    ip_protocol="tcp",
    from_port=80,
    to_port=80,
    cidr_ipv4=VPC_CIDR,
    opts=on_aws,
)
load_balancer = aws.lb.LoadBalancer(
    "app-lb",
    internal=True,
    subnets=SUBNET_IDS,
    security_groups=[lb_group.id, callers_group.id],
    idle_timeout=60,
    drop_invalid_header_fields=True,
    desync_mitigation_mode="defensive",
    enable_deletion_protection=False,
    opts=on_aws,
)
listener = aws.lb.Listener(
    "app-lb",
    load_balancer_arn=load_balancer.arn,
    port=80,
    protocol="HTTP",
    default_actions=[
        {
            "type": "fixed-response",
            "fixed_response": {"content_type": "text/plain", "status_code": "404", "message_body": "Not Found"},
        }
    ],
    opts=on_aws,
)

# Cluster

cluster_role = aws.iam.Role(
    "app-eks-cluster",
    assume_role_policy=trust("eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]),
    opts=on_aws,
)
cluster_policies = managed(
    "app-eks-cluster",
    cluster_role,
    [
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
    ],
)
node_role = aws.iam.Role("app-eks-nodes", assume_role_policy=trust("ec2.amazonaws.com", "sts:AssumeRole"), opts=on_aws)
node_policies = managed(
    "app-eks-nodes", node_role, ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"]
)
key = aws.kms.Key(
    "app-eks-secrets",
    description="Secrets of the EKS cluster",
    enable_key_rotation=True,
    deletion_window_in_days=30,
    opts=on_aws,
)
log_group = aws.cloudwatch.LogGroup(
    "app-eks",
    name=f"/aws/eks/{CLUSTER}/cluster",
    retention_in_days=30,
    opts=ResourceOptions(provider=provider, ignore_changes=["name"]),
)
container_log_groups = [
    aws.cloudwatch.LogGroup(
        f"app-eks-{kind}",
        name=f"/aws/containerinsights/{CLUSTER}/{kind}",
        retention_in_days=30,
        opts=ResourceOptions(provider=provider, ignore_changes=["name"]),
    )
    for kind in ("application", "dataplane", "host")
]
logs_role = aws.iam.Role(
    "app-eks-logs", assume_role_policy=pod_trust(CLUSTER, "amazon-cloudwatch", "cloudwatch-agent"), opts=on_aws
)
logs_policy = aws.iam.RolePolicy(
    "app-eks-logs",
    role=logs_role.name,
    policy=Output.all(*(group.arn for group in container_log_groups)).apply(write_logs),
    opts=on_aws,
)
endpoint_group = aws.ec2.SecurityGroup(
    "app-eks-endpoint", vpc_id=VPC_ID, description="Kubernetes API server", opts=on_aws
)
endpoint_rule = aws.vpc.SecurityGroupIngressRule(
    "app-eks-endpoint",
    security_group_id=endpoint_group.id,
    description="From the network",
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ipv4=VPC_CIDR,
    opts=on_aws,
)
cluster = aws.eks.Cluster(
    "app-eks",
    name=CLUSTER,
    version="1.36",
    role_arn=cluster_role.arn,
    vpc_config={
        "subnet_ids": SUBNET_IDS,
        "security_group_ids": [endpoint_group.id],
        "endpoint_private_access": True,
        "endpoint_public_access": False,
    },
    access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
    compute_config={"enabled": True},
    storage_config={"block_storage": {"enabled": True}},
    kubernetes_network_config={"elastic_load_balancing": {"enabled": True}},
    bootstrap_self_managed_addons=False,
    encryption_config={"provider": {"key_arn": key.arn}, "resources": ["secrets"]},
    enabled_cluster_log_types=["api", "audit", "authenticator", "controllerManager", "scheduler"],
    upgrade_policy={"support_type": "STANDARD"},
    deletion_protection=True,
    zonal_shift_config={"enabled": True},
    opts=ResourceOptions(
        provider=provider,
        depends_on=[log_group, *container_log_groups, endpoint_rule, *cluster_policies],
        ignore_changes=["name"],
        protect=True,
    ),
)


once_let_in = settles("access", 15)


def let_in(name: str, principal_arn: pulumi.Input[str], kind: str, policy: str) -> aws.eks.AccessPolicyAssociation:
    """Somebody may do something in the cluster."""
    entry = aws.eks.AccessEntry(name, cluster_name=cluster.name, principal_arn=principal_arn, type=kind, opts=on_aws)
    return aws.eks.AccessPolicyAssociation(
        name,
        cluster_name=entry.cluster_name,
        principal_arn=entry.principal_arn,
        policy_arn=f"arn:aws:eks::aws:cluster-access-policy/{policy}",
        access_scope={"type": "cluster"},
        opts=ResourceOptions(provider=provider, hooks=once_let_in),
    )


admin_access = let_in("app-eks-123456789012-role/deployer", DEPLOYER, "STANDARD", "AmazonEKSClusterAdminPolicy")
node_access = let_in("app-eks-nodes", node_role.arn, "EC2", "AmazonEKSAutoNodePolicy")


cluster_provider = k8s.Provider(
    "app-eks",
    kubeconfig=Output.all(cluster.name, cluster.endpoint, cluster.certificate_authority).apply(
        lambda known: kubeconfig(known[0], known[1], known[2]["data"])
    ),
    cluster_identifier=cluster.endpoint,
    enable_server_side_apply=True,
    opts=ResourceOptions(depends_on=[admin_access]),
)


def in_cluster(*resources: Resource) -> ResourceOptions:
    """Made in the cluster once these are there."""
    return ResourceOptions(provider=cluster_provider, depends_on=[*resources])


network_policies = k8s.core.v1.ConfigMap(
    "app-eks-network-policies",
    metadata={"name": "amazon-vpc-cni", "namespace": "kube-system"},
    data={"enable-network-policy-controller": "true"},
    opts=in_cluster(),
)
once_ready = {"pulumi.com/waitFor": "condition=Ready"}
cluster_group_id = cluster.vpc_config.apply(lambda vpc: str(vpc.cluster_security_group_id))
node_class = k8s.apiextensions.CustomResource(
    "app-eks-nodes",
    api_version="eks.amazonaws.com/v1",
    kind="NodeClass",
    metadata={"name": "app-eks-nodes", "annotations": once_ready},
    spec={
        "role": node_role.name,
        "subnetSelectorTerms": [{"id": subnet} for subnet in SUBNET_IDS],
        "securityGroupSelectorTerms": [{"id": cluster_group_id}],
        "networkPolicy": "DefaultAllow",
        "networkPolicyEventLogs": "Enabled",
    },
    opts=in_cluster(node_access, network_policies, *node_policies),
)
node_pool = k8s.apiextensions.CustomResource(
    "app-eks-nodes",
    api_version="karpenter.sh/v1",
    kind="NodePool",
    metadata={"name": "app-eks-nodes", "annotations": once_ready},
    spec={
        "template": {
            "spec": {
                "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "app-eks-nodes"},
                "requirements": [
                    {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]},
                    {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]},
                    {"key": "eks.amazonaws.com/instance-category", "operator": "In", "values": ["c", "m", "r"]},
                    {"key": "eks.amazonaws.com/instance-generation", "operator": "Gt", "values": ["4"]},
                ],
                "expireAfter": "336h",
                "terminationGracePeriod": "24h0m0s",
            }
        },
        "disruption": {
            "budgets": [{"nodes": "10%"}],
            "consolidationPolicy": "WhenEmptyOrUnderutilized",
            "consolidateAfter": "30s",
        },
        "limits": {"cpu": "64", "memory": "262144Mi"},
    },
    opts=in_cluster(node_class),
)
addons = [
    aws.eks.Addon(
        f"app-eks-{addon}",
        cluster_name=cluster.name,
        addon_name=addon,
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        opts=on_aws_after(node_pool),
    )
    for addon in ("metrics-server", "aws-secrets-store-csi-driver-provider")
]
off = {"enabled": False}
logs_addon = aws.eks.Addon(
    "app-eks-amazon-cloudwatch-observability",
    cluster_name=cluster.name,
    addon_name="amazon-cloudwatch-observability",
    configuration_values=json.dumps(
        {"containerLogs": {"enabled": True}, "containerInsights": off, "applicationSignals": off}
    ),
    pod_identity_associations=[{"service_account": "cloudwatch-agent", "role_arn": logs_role.arn}],
    resolve_conflicts_on_create="OVERWRITE",
    resolve_conflicts_on_update="OVERWRITE",
    opts=on_aws_after(node_pool, logs_policy),
)

moves = ResourceOptions(provider=provider, replace_on_changes=["fromPort", "toPort"])
requests_out = aws.vpc.SecurityGroupEgressRule(
    "app-requests-out",
    security_group_id=lb_group.id,
    referenced_security_group_id=cluster_group_id,
    ip_protocol="tcp",
    from_port=PORT,
    to_port=PORT,
    description="Requests and health checks",
    opts=moves,
)
requests_in = aws.vpc.SecurityGroupIngressRule(
    "app-requests-in",
    security_group_id=cluster_group_id,
    referenced_security_group_id=lb_group.id,
    ip_protocol="tcp",
    from_port=PORT,
    to_port=PORT,
    description="Requests and health checks",
    opts=moves,
)

platform = Platform(
    aws_provider=provider,
    cluster_provider=cluster_provider,
    cluster_name=cluster.name,
    cluster_ready=[network_policies, node_pool, *addons, logs_addon],
    listener=listener,
    load_balancer_arn_suffix=load_balancer.arn_suffix,
    ways_in=[requests_out, requests_in],
    once_known=settles("identity", 10),
)
for each, service in SERVICES.items():
    create(each, service, sorted(name for name, row in SERVICES.items() if each in row.calls), platform)

url = Output.concat("http://", load_balancer.dns_name)
pulumi.export("cluster_name", cluster.name)
pulumi.export("url", url)
pulumi.export("service_urls", {name: Output.concat(url, f"/{name}") for name, row in SERVICES.items() if row.priority})
