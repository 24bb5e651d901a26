"""A service on ECS Fargate: an app behind a load balancer, or a worker."""

from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.component import KEEPS_NAME, after, stack_path, stack_slug, text, token
from fastapi_on_aws.containers import CONTAINER_NAME
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.ecs.autoscaling import Autoscaling
from fastapi_on_aws.ecs.cluster import FARGATE, FARGATE_SPOT
from fastapi_on_aws.ecs.container import Container
from fastapi_on_aws.ecs.ecs_args import SpotArgs
from fastapi_on_aws.ecs.read_back import running_task_definition
from fastapi_on_aws.ecs.service_args import EcsServiceArgs
from fastapi_on_aws.ecs.task_roles import TaskRoles
from fastapi_on_aws.egress import egress_rules
from fastapi_on_aws.environment import PORT
from fastapi_on_aws.ingress.route_args import RouteArgs
from fastapi_on_aws.ingress.routing import Routing
from fastapi_on_aws.ingress.traffic import Traffic
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

    service_name: pulumi.Output[str]
    """Name of the service in its cluster."""

    security_group_id: pulumi.Output[str]
    """Of the group that its tasks are in."""

    task_role_arn: pulumi.Output[str]
    """Of the role that the app has; give it the permissions that the app needs."""

    def __init__(self, name: str, args: EcsServiceArgs, opts: Optional[ResourceOptions] = None) -> None:
        args = coerce(EcsServiceArgs, args, name)
        check_names(name, args)
        super().__init__(token(EcsService), name, None, opts)
        self._name, self._args, self._opts = name, args, ResourceOptions(parent=self)
        self._draining = Draining(args.drain_seconds)
        self._create_log_group()
        self._create_roles()
        self._create_security_group()
        self.routing = self._create_routing(args.route) if args.route else None
        self.requests = self._let_in(args.route) if args.route else None
        self._create_task_definition()
        self._create_service()
        self.listener_rule = self.routing.lead_to(self.service) if self.routing else None
        self.autoscaling = self._create_autoscaling() if self._scales else None
        self.task_definition_arn = running_task_definition(self.service, self)
        self.service_name = self.service.name
        self.security_group_id = self.security_group.id
        self.task_role_arn = self.roles.task_role.arn
        self.register_outputs(
            {
                "taskDefinitionArn": self.task_definition_arn,
                "serviceName": self.service_name,
                "securityGroupId": self.security_group_id,
                "taskRoleArn": self.task_role_arn,
            }
        )

    @property
    def _scales(self) -> bool:
        return self._args.scaling.min < self._args.scaling.max

    def _create_log_group(self) -> None:
        self.log_group = aws.cloudwatch.LogGroup(
            self._name,
            name=physical("log group", f"/{stack_path()}/{self._name}"),
            retention_in_days=self._args.log_retention_days,
            opts=ResourceOptions.merge(self._opts, KEEPS_NAME),
        )

    def _create_roles(self) -> None:
        self.roles = TaskRoles(
            self._name,
            cluster_arn=self._args.cluster.arn,
            image_uri=self._args.image.uri,
            log_group_arn=self.log_group.arn,
            secret_arns=self._args.secrets.values(),
            opts=self._opts,
        )

    def _create_security_group(self) -> None:
        self.security_group = aws.ec2.SecurityGroup(
            logical("security group", self._name),
            vpc_id=self._args.network.vpc_id,
            description="Tasks",
            opts=self._opts,
        )
        self.egress_rules = egress_rules(self._name, self.security_group.id, self._args.egress_ports, self._opts)

    def _create_routing(self, route: RouteArgs) -> Routing:
        return Routing(
            self._name,
            route,
            vpc_id=self._args.network.vpc_id,
            health=self._args.health,
            draining=self._draining,
            opts=self._opts,
        )

    def _let_in(self, route: RouteArgs) -> Traffic:
        return Traffic(
            f"{self._name}-requests",
            from_group_id=route.listener.security_group_id,
            to_group_id=self.security_group.id,
            port=self._args.port,
            description="Requests and health checks",
            opts=self._opts,
        )

    def _create_task_definition(self) -> None:
        cpu, memory = self._size()
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
            family=physical("task definition family", f"{stack_slug()}-{self._name}"),
            requires_compatibilities=[FARGATE],
            network_mode="awsvpc",
            cpu=cpu,
            memory=memory,
            runtime_platform={
                "operating_system_family": "LINUX",
                "cpu_architecture": _CPU_ARCHITECTURE[self._args.image.architecture],
            },
            execution_role_arn=self.roles.execution_role_arn,
            task_role_arn=self.roles.task_role.arn,
            container_definitions=Output.json_dumps([container.definition()]),
            opts=ResourceOptions.merge(self._opts, ResourceOptions(ignore_changes=["family"])),  # see KEEPS_NAME
        )

    def _size(self) -> tuple[Input[str], Input[str]]:
        """CPU units and MiB, at once when they are known."""
        cpu, memory = self._args.cpu, self._args.memory
        if isinstance(cpu, str) and isinstance(memory, str):
            units, mib = fargate_size(cpu, memory, self._name)
            return str(units), str(mib)
        size = Output.all(cpu, memory).apply(lambda known: fargate_size(known[0], known[1], self._name))
        return size.apply(lambda known: str(known[0])), size.apply(lambda known: str(known[1]))

    def _environment(self) -> dict[str, Input[str]]:
        if self._args.route is None:
            return dict(self._args.env)
        times = {name: value for name, value in self._draining.environment.items() if name not in self._args.secrets}
        return {**times, **self._args.env, PORT: text(self._args.port)}

    def _create_service(self) -> None:
        public, network = self._args.assign_public_ip, self._args.network
        self.service = aws.ecs.Service(
            logical("ECS service", self._name),
            cluster=self._args.cluster.arn,
            task_definition=self.task_definition.arn,
            desired_count=self._args.scaling.min,
            capacity_provider_strategies=capacity_strategy(self._args.spot),
            network_configuration={
                "subnets": network.public_subnet_ids if public else network.private_subnet_ids,
                "security_groups": [self._reachable_group()],
                "assign_public_ip": public,
            },
            load_balancers=self._load_balancers(),
            health_check_grace_period_seconds=self._args.health.start_seconds if self.routing else None,
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
                depends_on=[self.routing.attachment] if self.routing else None,
                ignore_changes=["desiredCount"] if self._scales else None,
            ),
        )

    def _load_balancers(self) -> "Optional[list[aws.ecs.ServiceLoadBalancerArgsDict]]":
        if self.routing is None:
            return None
        target = self.routing.target_group.arn
        return [{"target_group_arn": target, "container_name": CONTAINER_NAME, "container_port": self._args.port}]

    def _reachable_group(self) -> Output[str]:
        """The group once its rules are there: a first task has to pull its image and answer health checks."""
        requests = self.requests.rules if self.requests else []
        return after(self.security_group.id, *self.egress_rules, *requests)

    def _create_autoscaling(self) -> Autoscaling:
        return Autoscaling(
            self._name,
            self._args.scaling,
            cluster_name=self._args.cluster.name,
            service_name=self.service.name,
            requests=self._args.requests,
            request_label=self.routing.request_label if self.routing else None,
            opts=self._opts,
        )


def check_names(name: str, args: EcsServiceArgs) -> None:
    """Refuse a name that leaves no room for one of its resources, before the first of them is registered."""
    logical("target group" if args.route else "IAM role", name)
    logical("IAM role", f"{name}-execution")
    physical("log group", f"/{stack_path()}/{name}")


def capacity_strategy(spot: SpotArgs) -> "list[aws.ecs.ServiceCapacityProviderStrategyArgsDict]":
    """Always a strategy, never a launch type: changing from one to the other replaces the service."""
    if spot.share == 0:
        return [{"capacity_provider": FARGATE, "base": spot.base, "weight": 1}]
    return [
        {"capacity_provider": FARGATE, "base": spot.base, "weight": 100 - spot.share},
        {"capacity_provider": FARGATE_SPOT, "weight": spot.share},
    ]
