"""A service on ECS Fargate: an app behind a load balancer, or a worker."""

from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import stack_path, token
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.ecs.autoscaling import Autoscaling
from fastapi_on_aws.ecs.cluster import FARGATE, FARGATE_SPOT
from fastapi_on_aws.ecs.container import CONTAINER_NAME, Container
from fastapi_on_aws.ecs.ecs_args import SpotArgs
from fastapi_on_aws.ecs.read_back import running_task_definition
from fastapi_on_aws.ecs.service_args import HIGHEST_PRIORITY, EcsServiceArgs, RouteArgs
from fastapi_on_aws.ecs.task_roles import TaskRoles
from fastapi_on_aws.ingress.traffic import allow_traffic
from fastapi_on_aws.naming import logical, physical
from fastapi_on_aws.policy_documents import region_of
from fastapi_on_aws.references import Architecture
from fastapi_on_aws.sizing import fargate_size

_CPU_ARCHITECTURE: Final = {Architecture.ARM64: "ARM64", Architecture.AMD64: "X86_64"}


class EcsService(pulumi.ComponentResource):
    """An ECS service that replaces its tasks without failing a request, and rolls back what does not become healthy.

    `pulumi up` waits for it to be steady, and fails if what runs then is not what was asked for.
    """

    task_definition_arn: pulumi.Output[str]
    """Of the task definition that was seen running."""

    def __init__(self, name: str, args: EcsServiceArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(EcsServiceArgs, args, name)
        super().__init__(token(EcsService), name, None, opts)
        self._name, self._args, self._opts = name, args, ResourceOptions(parent=self)
        self._draining = Draining(args.drain_seconds)
        self._create_log_group()
        self._create_roles()
        self._create_security_group()
        self.target_group = self._create_target_group(args.route) if args.route else None
        self._create_task_definition()
        self._create_service()
        self.listener_rule = self._create_listener_rule(args.route) if args.route else None
        self.autoscaling = self._create_autoscaling() if self._scales else None
        self.task_definition_arn = running_task_definition(self.service, self)
        self.register_outputs({"taskDefinitionArn": self.task_definition_arn})

    @property
    def _scales(self) -> bool:
        return self._args.scaling.min < self._args.scaling.max

    def _create_log_group(self) -> None:
        self.log_group = aws.cloudwatch.LogGroup(
            self._name,
            name=physical("log group", f"/{stack_path()}/{self._name}"),
            retention_in_days=self._args.ecs.log_retention_days,
            opts=self._opts,
        )

    def _create_roles(self) -> None:
        roles = TaskRoles(
            self._name,
            cluster_arn=self._args.cluster.arn,
            image_uri=self._args.image.uri,
            log_group_arn=self.log_group.arn,
            secret_arns=self._args.secrets.values(),
            opts=self._opts,
        )
        self.task_role, self.execution_role = roles.task_role, roles.execution_role
        self._execution_role_arn = roles.execution_role_arn

    def _create_security_group(self) -> None:
        self.security_group = aws.ec2.SecurityGroup(
            logical("security group", self._name),
            vpc_id=self._args.network.vpc_id,
            description=f"Tasks of {self._name}",
            opts=self._opts,
        )
        self.egress_rules = [
            aws.vpc.SecurityGroupEgressRule(
                f"{self._name}-egress-{port}",
                security_group_id=self.security_group.id,
                description="Out to AWS and the internet",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                cidr_ipv4="0.0.0.0/0",
                opts=self._opts,
            )
            for port in self._args.ecs.egress_ports
        ]

    def _create_target_group(self, route: RouteArgs) -> aws.lb.TargetGroup:
        """ECS replaces what is unhealthy here: after 100 s of not being ready, longer than a database fails over."""
        target_group = aws.lb.TargetGroup(
            logical("target group", self._name),
            vpc_id=self._args.network.vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=80,  # each task is registered with its own port; one that changed here would replace the group
            deregistration_delay=self._draining.deregistration_delay_seconds,
            health_check={
                "path": self._args.health.ready,
                "matcher": "200-299",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 10,
            },
            # A target group can be used by one load balancer only, so another one needs another group.
            opts=ResourceOptions(parent=self, replacement_trigger=route.listener.load_balancer_arn_suffix),
        )
        self._attach(target_group, route)
        allow_traffic(
            f"{self._name}-requests",
            from_group_id=route.listener.security_group_id,
            to_group_id=self.security_group.id,
            port=self._args.port,
            description="Requests and health checks",
            opts=self._opts,
        )
        return target_group

    def _attach(self, target_group: aws.lb.TargetGroup, route: RouteArgs) -> None:
        """Let the load balancer check the tasks before it sends them anything: a rule that no request matches."""
        self.attachment = aws.lb.ListenerRule(
            f"{self._name}-attachment",
            listener_arn=route.listener.arn,
            priority=route.priority + HIGHEST_PRIORITY,
            conditions=[{"host_header": {"values": [f"{self._name}.invalid"]}}],
            actions=[{"type": "forward", "target_group_arn": target_group.arn}],
            opts=self._opts,
        )

    def _create_listener_rule(self, route: RouteArgs) -> aws.lb.ListenerRule:
        """Requests come once the service is steady, and stop before it goes."""
        return aws.lb.ListenerRule(
            self._name,
            listener_arn=route.listener.arn,
            priority=route.priority,
            conditions=[{"path_pattern": {"values": route.path_patterns}}],
            actions=[{"type": "forward", "target_group_arn": self.target_group.arn if self.target_group else None}],
            opts=ResourceOptions(parent=self, depends_on=[self.service]),
        )

    def _create_task_definition(self) -> None:
        size = Output.all(self._args.cpu, self._args.memory).apply(lambda s: fargate_size(s[0], s[1], self._name))
        container = Container(
            image=self._args.image.uri,
            command=self._args.command,
            env=self._environment(),
            secrets=self._args.secrets,
            port=self._args.port if self._args.route else None,
            health=self._args.health,
            draining=self._draining,
            log_group_name=self.log_group.name,
            region=self.log_group.arn.apply(region_of),
        )
        self.task_definition = aws.ecs.TaskDefinition(
            self._name,
            family=physical("task definition family", f"{stack_path().replace('/', '-')}-{self._name}"),
            requires_compatibilities=[FARGATE],
            network_mode="awsvpc",
            cpu=size.apply(lambda s: str(s[0])),
            memory=size.apply(lambda s: str(s[1])),
            runtime_platform={
                "operating_system_family": "LINUX",
                "cpu_architecture": _CPU_ARCHITECTURE[self._args.image.architecture],
            },
            execution_role_arn=self._execution_role_arn,
            task_role_arn=self.task_role.arn,
            container_definitions=Output.json_dumps([container.definition()]),
            opts=self._opts,
        )

    def _environment(self) -> dict[str, Input[str]]:
        port = {"PORT": Output.from_input(self._args.port).apply(str)} if self._args.route else {}
        return {**port, **self._args.env}

    def _create_service(self) -> None:
        public, network = self._args.ecs.assign_public_ip, self._args.network
        behind = self.target_group
        self.service = aws.ecs.Service(
            logical("ECS service", self._name),
            cluster=self._args.cluster.arn,
            task_definition=self.task_definition.arn,
            desired_count=self._args.scaling.min,
            capacity_provider_strategies=capacity_strategy(self._args.ecs.spot),
            network_configuration={
                "subnets": network.public_subnet_ids if public else network.private_subnet_ids,
                "security_groups": [self.security_group.id],
                "assign_public_ip": public,
            },
            load_balancers=[_target(behind, self._args.port)] if behind else None,
            health_check_grace_period_seconds=self._args.health.start_seconds if behind else None,
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="ENABLED",
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            force_new_deployment=True,  # AWS refuses a new capacity strategy without it
            wait_for_steady_state=True,
            opts=ResourceOptions(
                parent=self,
                depends_on=[self.attachment] if behind else None,
                ignore_changes=["desiredCount"] if self._scales else None,
            ),
        )

    def _create_autoscaling(self) -> Autoscaling:
        route, behind = self._args.route, self.target_group
        label = (
            Output.concat(route.listener.load_balancer_arn_suffix, "/", behind.arn_suffix) if route and behind else None
        )
        return Autoscaling(
            self._name,
            self._args.scaling,
            cluster_name=self._args.cluster.name,
            service_name=self.service.name,
            requests=self._args.ecs.scaling.requests,
            request_label=label,
            opts=self._opts,
        )


def capacity_strategy(spot: SpotArgs) -> list[aws.ecs.ServiceCapacityProviderStrategyArgsDict]:
    """Always a strategy, never a launch type: changing from one to the other replaces the service."""
    if spot.share == 0:
        return [{"capacity_provider": FARGATE, "base": spot.base, "weight": 1}]
    return [
        {"capacity_provider": FARGATE, "base": spot.base, "weight": 100 - spot.share},
        {"capacity_provider": FARGATE_SPOT, "weight": spot.share},
    ]


def _target(group: aws.lb.TargetGroup, port: Input[int]) -> aws.ecs.ServiceLoadBalancerArgsDict:
    return {"target_group_arn": group.arn, "container_name": CONTAINER_NAME, "container_port": port}
