"""The dev stack as flat Pulumi: the yardstick for what the components cost.

No classes, no config, no checks: the resources of ``stacks/`` with ``Pulumi.dev.yaml``, with the same inputs and
exports. It runs in the folder ``stacks``. It does not ask ECS afterwards which task definition runs, as the components
do: that is part of what they cost. ``python -m benchmarks.record_stack dev compare`` says where the two differ.
"""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_docker_build as docker_build

REGION = "eu-west-1"
HTTPS_REDIRECTS = Path("../components/fastapi_on_aws/ingress/https_redirects.js")
ZONES = {"a": "eu-west-1a", "b": "eu-west-1b"}

provider = aws.Provider(
    "aws",
    region=REGION,
    default_tags={"tags": {"project": "fastapi-on-aws", "stack": "dev", "managed-by": "pulumi"}},
)
on_aws = pulumi.ResourceOptions(provider=provider)

# Network

vpc = aws.ec2.Vpc(
    "network-vpc",
    cidr_block="10.0.0.0/16",
    enable_dns_hostnames=True,
    enable_dns_support=True,
    tags={"Name": "network"},
    opts=on_aws,
)
aws.ec2.DefaultSecurityGroup("network-default", vpc_id=vpc.id, ingress=[], egress=[], opts=on_aws)
internet = aws.ec2.InternetGateway("network-internet", vpc_id=vpc.id, tags={"Name": "network"}, opts=on_aws)

public_table = aws.ec2.RouteTable("network-public", vpc_id=vpc.id, tags={"Name": "network-public"}, opts=on_aws)
public_route = aws.ec2.Route(
    "network-public-internet",
    route_table_id=public_table.id,
    destination_cidr_block="0.0.0.0/0",
    gateway_id=internet.id,
    opts=on_aws,
)
public_subnets, public_associations = [], []
for letter, cidr in {"a": "10.0.128.0/22", "b": "10.0.132.0/22"}.items():
    name = f"network-public-{letter}"
    subnet = aws.ec2.Subnet(
        name,
        vpc_id=vpc.id,
        cidr_block=cidr,
        availability_zone=ZONES[letter],
        map_public_ip_on_launch=False,
        tags={"Name": name},
        opts=on_aws,
    )
    public_subnets.append(subnet)
    public_associations.append(
        aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=public_table.id, opts=on_aws)
    )

private_tables, private_subnets = [], []
for letter, cidr in {"a": "10.0.0.0/20", "b": "10.0.16.0/20"}.items():
    name = f"network-private-{letter}"
    table = aws.ec2.RouteTable(name, vpc_id=vpc.id, tags={"Name": name}, opts=on_aws)
    subnet = aws.ec2.Subnet(
        name,
        vpc_id=vpc.id,
        cidr_block=cidr,
        availability_zone=ZONES[letter],
        map_public_ip_on_launch=False,
        tags={"Name": name},
        opts=on_aws,
    )
    aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=on_aws)
    private_tables.append(table)
    private_subnets.append(subnet)

for service in ("s3", "dynamodb"):
    aws.ec2.VpcEndpoint(
        f"network-{service}",
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{REGION}.{service}",
        vpc_endpoint_type="Gateway",
        route_table_ids=[public_table.id, *(table.id for table in private_tables)],
        opts=on_aws,
    )

# Image

repository = aws.ecr.Repository(
    "app",
    image_tag_mutability="IMMUTABLE",
    image_scanning_configuration={"scan_on_push": True},
    encryption_configurations=[{"encryption_type": "KMS"}],
    force_delete=True,
    opts=on_aws,
)
keep_newest = {
    "rulePriority": 1,
    "description": "keep the newest 50 images",
    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 50},
    "action": {"type": "expire"},
}
aws.ecr.LifecyclePolicy("app", repository=repository.name, policy=json.dumps({"rules": [keep_newest]}), opts=on_aws)
login = aws.ecr.get_authorization_token_output(
    registry_id=repository.registry_id, opts=pulumi.InvokeOutputOptions(provider=provider)
)
image = docker_build.Image(
    "app-build",
    context={"location": ".."},
    dockerfile={"location": "../sample_app/Dockerfile"},
    build_args={},
    platforms=[docker_build.Platform.LINUX_ARM64],
    exports=[{"registry": {"names": [repository.repository_url], "push_by_digest": True}}],
    registries=[
        {
            "address": repository.repository_url,
            "username": login.user_name,
            "password": pulumi.Output.secret(login.password),
        }
    ],
    push=False,
    build_on_preview=False,
)
image_uri = pulumi.Output.concat(repository.repository_url, "@", image.digest)

# Load balancer

lb_group = aws.ec2.SecurityGroup("app-lb", vpc_id=vpc.id, description="Requests from outside", opts=on_aws)
callers_group = aws.ec2.SecurityGroup(
    "app-lb-callers", vpc_id=vpc.id, description="Calls between services", opts=on_aws
)
cloudfront_addresses = aws.ec2.get_managed_prefix_list_output(
    name="com.amazonaws.global.cloudfront.origin-facing", opts=pulumi.InvokeOutputOptions(provider=provider)
)
aws.vpc.SecurityGroupIngressRule(
    "app-lb-ingress",
    security_group_id=lb_group.id,
    description="From cloudfront",
    ip_protocol="tcp",
    from_port=80,
    to_port=80,
    prefix_list_id=cloudfront_addresses.id,
    opts=on_aws,
)
load_balancer = aws.lb.LoadBalancer(
    "app-lb",
    internal=True,
    subnets=[subnet.id for subnet in private_subnets],
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


vpc_origin = aws.cloudfront.VpcOrigin(
    "app-lb",
    vpc_origin_endpoint_config={
        "name": load_balancer.name,
        "arn": load_balancer.arn,
        "http_port": 80,
        "https_port": 443,
        "origin_protocol_policy": "http-only",
        "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
    },
    opts=pulumi.ResourceOptions(
        provider=provider,
        depends_on=[listener, internet],
        ignore_changes=["tags", "tagsAll"],
        replace_on_changes=["vpcOriginEndpointConfig"],
    ),
)

# Service

cluster = aws.ecs.Cluster("app", settings=[{"name": "containerInsights", "value": "disabled"}], opts=on_aws)
capacity = aws.ecs.ClusterCapacityProviders(
    "app", cluster_name=cluster.name, capacity_providers=["FARGATE", "FARGATE_SPOT"], opts=on_aws
)
log_group = aws.cloudwatch.LogGroup(
    "app-web",
    name="/fastapi-on-aws/dev/app-web",
    retention_in_days=7,
    opts=pulumi.ResourceOptions.merge(on_aws, pulumi.ResourceOptions(ignore_changes=["name"])),
)


def execution_policy(log_group_arn: str, registry: str, repository_name: str) -> str:
    """Write these logs, pull this image."""
    write = {
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [f"{log_group_arn}:*"],
    }
    log_in = {"Sid": "LogInToEcr", "Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]}
    pull = {
        "Sid": "PullImage",
        "Effect": "Allow",
        "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "Resource": [f"arn:aws:ecr:{REGION}:{registry}:repository/{repository_name}"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [write, log_in, pull]})


ecs_tasks = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
assumed_by_tasks = json.dumps({"Version": "2012-10-17", "Statement": [ecs_tasks]})


def assumed_by_tasks_of(account: str) -> str:
    """Tasks of this account alone."""
    own = {**ecs_tasks, "Condition": {"StringEquals": {"aws:SourceAccount": account}}}
    return json.dumps({"Version": "2012-10-17", "Statement": [own]})


execution_role = aws.iam.Role("app-web-execution", assume_role_policy=assumed_by_tasks, opts=on_aws)
execution_permissions = aws.iam.RolePolicy(
    "app-web-execution",
    role=execution_role.name,
    policy=pulumi.Output.all(log_group.arn, repository.registry_id, repository.name).apply(
        lambda known: execution_policy(known[0], known[1], known[2])
    ),
    opts=on_aws,
)
task_role = aws.iam.Role(
    "app-web-task", assume_role_policy=repository.registry_id.apply(assumed_by_tasks_of), opts=on_aws
)

group = aws.ec2.SecurityGroup("app-web", vpc_id=vpc.id, description="Tasks", opts=on_aws)
aws.vpc.SecurityGroupEgressRule(
    "app-web-egress-443",
    security_group_id=group.id,
    description="Out to AWS and the internet",
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ipv4="0.0.0.0/0",
    opts=on_aws,
)
moves = pulumi.ResourceOptions(provider=provider, replace_on_changes=["fromPort", "toPort"])
aws.vpc.SecurityGroupEgressRule(
    "app-web-requests-out",
    security_group_id=lb_group.id,
    referenced_security_group_id=group.id,
    ip_protocol="tcp",
    from_port=8000,
    to_port=8000,
    description="Requests and health checks",
    opts=moves,
)
aws.vpc.SecurityGroupIngressRule(
    "app-web-requests-in",
    security_group_id=group.id,
    referenced_security_group_id=lb_group.id,
    ip_protocol="tcp",
    from_port=8000,
    to_port=8000,
    description="Requests and health checks",
    opts=moves,
)
target_group = aws.lb.TargetGroup(
    "app-web",
    vpc_id=vpc.id,
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
    opts=pulumi.ResourceOptions(provider=provider, replacement_trigger=load_balancer.arn_suffix),
)
attachment = aws.lb.ListenerRule(
    "app-web.attachment",
    listener_arn=listener.arn,
    priority=49102,
    conditions=[{"host_header": {"values": ["app-web.invalid"]}}],
    actions=[{"type": "forward", "target_group_arn": target_group.arn}],
    opts=on_aws,
)

ask = "import sys, urllib.request as r; r.urlopen(f'http://127.0.0.1:{sys.argv[1]}{sys.argv[2]}', timeout=4)"
container = {
    "name": "app",
    "image": image_uri,
    "essential": True,
    "user": "10001:10001",
    "readonlyRootFilesystem": True,
    "linuxParameters": {
        "initProcessEnabled": True,
        "capabilities": {"drop": ["ALL"]},
        "tmpfs": [{"containerPath": "/tmp", "size": 64}],
    },
    "environment": [
        {"name": "APP_SERVICES", "value": "catalog,notifications,orders"},
        {"name": "FORWARDED_ALLOW_IPS", "value": "10.0.0.0/16"},
        {"name": "PORT", "value": "8000"},
        {"name": "PUBLIC_SCHEME", "value": "https"},
        {"name": "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "value": "25"},
        {"name": "UVICORN_TIMEOUT_KEEP_ALIVE", "value": "75"},
    ],
    "secrets": [],
    "stopTimeout": 35,
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": log_group.name,
            "awslogs-region": REGION,
            "awslogs-stream-prefix": "app",
            "mode": "non-blocking",
            "max-buffer-size": "25m",
        },
    },
    "command": [
        "uvicorn",
        "sample_app.entrypoints.asgi:app",
        "--host=0.0.0.0",
        "--port=8000",
        "--timeout-keep-alive=75",
        "--timeout-graceful-shutdown=25",
        "--no-server-header",
    ],
    "portMappings": [{"containerPort": 8000, "protocol": "tcp"}],
    "healthCheck": {
        "command": ["CMD", "python3", "-c", ask, "8000", "/livez"],
        "interval": 15,
        "timeout": 5,
        "retries": 3,
        "startPeriod": 60,
    },
}
task = aws.ecs.TaskDefinition(
    "app-web",
    family="fastapi-on-aws-dev-app-web",
    requires_compatibilities=["FARGATE"],
    network_mode="awsvpc",
    cpu="512",
    memory="1024",
    runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "ARM64"},
    execution_role_arn=execution_role.arn,
    task_role_arn=task_role.arn,
    container_definitions=pulumi.Output.json_dumps([container]),
    opts=pulumi.ResourceOptions.merge(on_aws, pulumi.ResourceOptions(ignore_changes=["family"])),
)
ecs_service = aws.ecs.Service(
    "app-web",
    cluster=cluster.arn,
    task_definition=task.arn,
    desired_count=1,
    capacity_provider_strategies=[{"capacity_provider": "FARGATE", "base": 0, "weight": 1}],
    network_configuration={
        "subnets": [subnet.id for subnet in public_subnets],
        "security_groups": [group.id],
        "assign_public_ip": True,
    },
    load_balancers=[{"target_group_arn": target_group.arn, "container_name": "app", "container_port": 8000}],
    health_check_grace_period_seconds=60,
    deployment_minimum_healthy_percent=100,
    deployment_maximum_percent=200,
    deployment_circuit_breaker={"enable": True, "rollback": True},
    availability_zone_rebalancing="ENABLED",
    enable_ecs_managed_tags=True,
    propagate_tags="SERVICE",
    force_new_deployment=True,
    wait_for_steady_state=True,
    opts=pulumi.ResourceOptions(
        provider=provider,
        depends_on=[attachment, capacity, execution_permissions, public_route, *public_associations],
        ignore_changes=["desiredCount"],
    ),
)
aws.lb.ListenerRule(
    "app-web",
    listener_arn=listener.arn,
    priority=24102,
    conditions=[{"path_pattern": {"values": ["/*"]}}],
    actions=[{"type": "forward", "target_group_arn": target_group.arn}],
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[ecs_service]),
)
scaling_target = aws.appautoscaling.Target(
    "app-web",
    min_capacity=1,
    max_capacity=2,
    resource_id=pulumi.Output.concat("service/", cluster.name, "/", ecs_service.name),
    scalable_dimension="ecs:service:DesiredCount",
    service_namespace="ecs",
    opts=on_aws,
)
aws.appautoscaling.Policy(
    "app-web-cpu",
    policy_type="TargetTrackingScaling",
    resource_id=scaling_target.resource_id,
    scalable_dimension="ecs:service:DesiredCount",
    service_namespace="ecs",
    target_tracking_scaling_policy_configuration={
        "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
        "target_value": 60,
    },
    opts=on_aws,
)

# Front door

https_redirects = aws.cloudfront.Function(
    "front-door-https",
    runtime="cloudfront-js-2.0",
    comment="Redirects of the app to itself stay on HTTPS",
    code=HTTPS_REDIRECTS.read_text(encoding="utf-8"),
    publish=True,
    opts=on_aws,
)
distribution = aws.cloudfront.Distribution(
    "front-door",
    enabled=True,
    comment="fastapi-on-aws dev",
    origins=[
        {
            "origin_id": "app",
            "domain_name": load_balancer.dns_name,
            "vpc_origin_config": {"vpc_origin_id": vpc_origin.id, "origin_read_timeout": 60},
        }
    ],
    default_cache_behavior={
        "target_origin_id": "app",
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "origin_request_policy_id": "216adef6-5c7f-47e4-b989-5492eafa07d3",
        "response_headers_policy_id": "67f7725c-6f97-4210-82d7-5512b31e9d03",
        "function_associations": [{"event_type": "viewer-response", "function_arn": https_redirects.arn}],
    },
    custom_error_responses=[
        {"error_code": code, "error_caching_min_ttl": 0}
        for code in (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
    ],
    viewer_certificate={"cloudfront_default_certificate": True},
    http_version="http2and3",
    is_ipv6_enabled=True,
    price_class="PriceClass_100",
    restrictions={"geo_restriction": {"restriction_type": "none"}},
    opts=on_aws,
)
url = pulumi.Output.concat("https://", distribution.domain_name)
pulumi.export("url", url)
services = ("catalog", "notifications", "orders")
pulumi.export("service_urls", {service: pulumi.Output.concat(url, f"/{service}") for service in services})
