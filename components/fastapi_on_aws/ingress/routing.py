"""How requests of a load balancer reach the copies of a service, whatever runs them."""

from __future__ import annotations

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
        rule_tags: Optional[Mapping[str, Input[str]]] = None,
        canary_name: Optional[str] = None,
        opts: ResourceOptions,
    ) -> None:
        """``canary_name`` is that of a second group, which gets requests only while somebody else says so."""
        self._name, self._route, self._opts = name, route, opts
        self._rule_tags = rule_tags
        self.target_group = self._create_target_group(name, vpc_id, health, draining, tags)
        self.canary_group = (
            self._create_target_group(canary_name, vpc_id, health, draining, tags) if canary_name else None
        )
        self.attachment = self._attach()

    @property
    def load_balancer(self) -> Input[str]:
        """What CloudWatch names the load balancer by."""
        return self._route.listener.load_balancer_arn_suffix

    @property
    def listener_arn(self) -> Input[str]:
        """Of the listener that has the rule."""
        return self._route.listener.arn

    @property
    def priority(self) -> int:
        """Of the rule."""
        return self._route.priority

    @property
    def request_label(self) -> Output[str]:
        """What CloudWatch counts the requests of these copies by."""
        return Output.concat(self._route.listener.load_balancer_arn_suffix, "/", self.target_group.arn_suffix)

    def lead_to(self, service: pulumi.Resource) -> aws.lb.ListenerRule:
        """Requests come once the service is steady, and stop before it goes."""
        return aws.lb.ListenerRule(
            self._name,
            listener_arn=self._route.listener.arn,
            priority=self._route.priority,
            conditions=[{"path_pattern": {"values": self._route.path_patterns}}],
            actions=[{"type": "forward", "target_group_arn": self.target_group.arn}],
            tags=self._rule_tags,
            opts=ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[service])),
        )

    def _create_target_group(
        self,
        name: str,
        vpc_id: Input[str],
        health: HealthArgs,
        draining: Draining,
        tags: Optional[Mapping[str, Input[str]]],
    ) -> aws.lb.TargetGroup:
        """Unhealthy here is what has not been ready for 100 s, longer than a database fails over."""
        # A target group can be used by one load balancer only, so another one needs another group.
        trigger = ResourceOptions(replacement_trigger=self._route.listener.load_balancer_arn_suffix)
        return aws.lb.TargetGroup(
            logical("target group", name),
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
        return aws.lb.ListenerRule(
            f"{self._name}.attachment",  # a dot, which no other service's name can have
            listener_arn=self._route.listener.arn,
            priority=self._route.priority + HIGHEST_PRIORITY,
            conditions=[{"host_header": {"values": [f"{self._name}.invalid"]}}],
            actions=[self._forward_to_all()],
            opts=self._opts,
        )

    def _forward_to_all(self) -> aws.lb.ListenerRuleActionArgsDict:
        if self.canary_group is None:
            return {"type": "forward", "target_group_arn": self.target_group.arn}
        groups = [self.target_group, self.canary_group]
        return {"type": "forward", "forward": {"target_groups": [{"arn": one.arn, "weight": 1} for one in groups]}}
