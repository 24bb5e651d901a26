"""How requests of a load balancer reach the copies of a service, whatever runs them."""

from collections.abc import Mapping
from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.draining import Draining
from fastapi_on_aws.ingress.route_args import HIGHEST_PRIORITY, RouteArgs
from fastapi_on_aws.naming import logical
from fastapi_on_aws.service import HealthArgs

TARGET_GROUP_PORT: Final = 80
"""Each copy is registered with its own port, so this one is never used; if it changed, it would replace the group."""


class Routing:
    """A target group that the load balancer checks at once, and a rule that sends requests there in the end."""

    def __init__(
        self,
        name: str,
        route: RouteArgs,
        *,
        vpc_id: Input[str],
        health: HealthArgs,
        draining: Draining,
        tags: Optional[Mapping[str, Input[str]]] = None,
        opts: ResourceOptions,
    ) -> None:
        self._name, self._route, self._opts = name, route, opts
        self.target_group = self._create_target_group(vpc_id, health, draining, tags)
        self.attachment = self._attach()

    @property
    def request_label(self) -> Output[str]:
        """What CloudWatch counts the requests of these copies by."""
        return Output.concat(self._route.listener.load_balancer_arn_suffix, "/", self.target_group.arn_suffix)

    def lead_to(self, service: pulumi.Resource) -> aws.lb.ListenerRule:
        """Requests come once the service is steady, and stop before it goes."""
        opts = ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[service]))
        return self._rule(
            self._name, self._route.priority, {"path_pattern": {"values": self._route.path_patterns}}, opts
        )

    def _create_target_group(
        self, vpc_id: Input[str], health: HealthArgs, draining: Draining, tags: Optional[Mapping[str, Input[str]]]
    ) -> aws.lb.TargetGroup:
        """Unhealthy here is what has not been ready for 100 s, longer than a database fails over."""
        # A target group can be used by one load balancer only, so another one needs another group.
        trigger = ResourceOptions(replacement_trigger=self._route.listener.load_balancer_arn_suffix)
        return aws.lb.TargetGroup(
            logical("target group", self._name),
            vpc_id=vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=TARGET_GROUP_PORT,
            deregistration_delay=draining.deregistration_delay_seconds,
            health_check={
                "path": health.ready,
                "matcher": "200-299",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 10,
            },
            tags=tags,
            opts=ResourceOptions.merge(self._opts, trigger),
        )

    def _attach(self) -> aws.lb.ListenerRule:
        """Let the load balancer check the copies before it sends them anything: a rule that no request matches."""
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
