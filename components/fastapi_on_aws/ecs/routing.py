"""How requests of a load balancer reach the tasks of a service."""

from typing import Final

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.draining import Draining
from fastapi_on_aws.ecs.container import CONTAINER_NAME
from fastapi_on_aws.ecs.service_args import HIGHEST_PRIORITY, EcsServiceArgs, RouteArgs
from fastapi_on_aws.ingress.traffic import Traffic
from fastapi_on_aws.naming import logical

TARGET_GROUP_PORT: Final = 80
"""Each task is registered with its own port, so this one is never used; if it changed, it would replace the group."""


class Routing:
    """A target group that the load balancer checks at once, and a rule that sends requests there in the end."""

    def __init__(
        self,
        name: str,
        route: RouteArgs,
        args: EcsServiceArgs,
        security_group_id: Input[str],
        opts: ResourceOptions,
    ) -> None:
        self._name, self._route, self._args, self._opts = name, route, args, opts
        self.target_group = self._create_target_group()
        self.requests = Traffic(
            f"{name}-requests",
            from_group_id=route.listener.security_group_id,
            to_group_id=security_group_id,
            port=args.port,
            description="Requests and health checks",
            opts=opts,
        )
        self.attachment = self._attach()

    @property
    def load_balancer(self) -> aws.ecs.ServiceLoadBalancerArgsDict:
        """What the service registers its tasks with."""
        return {
            "target_group_arn": self.target_group.arn,
            "container_name": CONTAINER_NAME,
            "container_port": self._args.port,
        }

    @property
    def request_label(self) -> Output[str]:
        """What CloudWatch counts the requests of these tasks by."""
        return Output.concat(self._route.listener.load_balancer_arn_suffix, "/", self.target_group.arn_suffix)

    def lead_to(self, service: aws.ecs.Service) -> aws.lb.ListenerRule:
        """Requests come once the service is steady, and stop before it goes."""
        opts = ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[service]))
        return self._rule(
            self._name, self._route.priority, {"path_pattern": {"values": self._route.path_patterns}}, opts
        )

    def _create_target_group(self) -> aws.lb.TargetGroup:
        """ECS replaces what is unhealthy here: after 100 s of not being ready, longer than a database fails over."""
        # A target group can be used by one load balancer only, so another one needs another group.
        trigger = ResourceOptions(replacement_trigger=self._route.listener.load_balancer_arn_suffix)
        return aws.lb.TargetGroup(
            logical("target group", self._name),
            vpc_id=self._args.network.vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=TARGET_GROUP_PORT,
            deregistration_delay=Draining(self._args.drain_seconds).deregistration_delay_seconds,
            health_check={
                "path": self._args.health.ready,
                "matcher": "200-299",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 10,
            },
            opts=ResourceOptions.merge(self._opts, trigger),
        )

    def _attach(self) -> aws.lb.ListenerRule:
        """Let the load balancer check the tasks before it sends them anything: a rule that no request matches."""
        return self._rule(
            f"{self._name}.attachment",  # a dot, which no other service's name can have
            self._route.priority + HIGHEST_PRIORITY,
            {"host_header": {"values": [f"{self._name}.invalid"]}},
            self._opts,
        )

    def _rule(
        self, name: str, priority: int, condition: aws.lb.ListenerRuleConditionArgsDict, opts: ResourceOptions
    ) -> aws.lb.ListenerRule:
        return aws.lb.ListenerRule(
            name,
            listener_arn=self._route.listener.arn,
            priority=priority,
            conditions=[condition],
            actions=[{"type": "forward", "target_group_arn": self.target_group.arn}],
            opts=opts,
        )
