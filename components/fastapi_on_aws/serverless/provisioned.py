"""Copies of a function that are started before they are needed."""

from __future__ import annotations

from typing import Final, Optional

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.naming import logical
from fastapi_on_aws.serverless.concurrency_args import CapacityScheduleArgs, ProvisionedArgs

_DIMENSION: Final = "lambda:function:ProvisionedConcurrency"
_NAMESPACE: Final = "lambda"


class ProvisionedConcurrency:
    """Of an alias; where it scales, AWS changes the number and Pulumi leaves it."""

    def __init__(
        self,
        name: str,
        args: ProvisionedArgs,
        *,
        function_name: Input[str],
        alias_name: Input[str],
        opts: ResourceOptions,
    ) -> None:
        self._name, self._opts = name, opts
        scaled = ResourceOptions(ignore_changes=["provisionedConcurrentExecutions"]) if args.scales else None
        self.config = aws.lambda_.ProvisionedConcurrencyConfig(
            name,
            function_name=function_name,
            qualifier=alias_name,
            provisioned_concurrent_executions=args.min,
            opts=ResourceOptions.merge(opts, scaled),
        )
        self.target: Optional[aws.appautoscaling.Target] = None
        self.policy: Optional[aws.appautoscaling.Policy] = None
        self.schedules: dict[str, aws.appautoscaling.ScheduledAction] = {}
        if args.scales:
            self.target = self._create_target(args, Output.concat("function:", function_name, ":", alias_name))
            self.policy = self._create_policy(self.target, args.utilization_percent)
            for when, schedule in args.schedule.items():
                self.schedules[when] = self._create_schedule(when, schedule, self.target)

    def _create_target(self, args: ProvisionedArgs, resource_id: Output[str]) -> aws.appautoscaling.Target:
        """It can take the alias only once that has copies."""
        return aws.appautoscaling.Target(
            self._name,
            min_capacity=args.min,
            max_capacity=args.most,
            resource_id=resource_id,
            scalable_dimension=_DIMENSION,
            service_namespace=_NAMESPACE,
            opts=ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[self.config])),
        )

    def _create_policy(self, target: aws.appautoscaling.Target, utilization_percent: int) -> aws.appautoscaling.Policy:
        return aws.appautoscaling.Policy(
            logical("scaling policy", self._name),
            policy_type="TargetTrackingScaling",
            resource_id=target.resource_id,
            scalable_dimension=_DIMENSION,
            service_namespace=_NAMESPACE,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {
                    "predefined_metric_type": "LambdaProvisionedConcurrencyUtilization"
                },
                "target_value": utilization_percent / 100,
            },
            opts=self._opts,
        )

    def _create_schedule(
        self, when: str, args: CapacityScheduleArgs, target: aws.appautoscaling.Target
    ) -> aws.appautoscaling.ScheduledAction:
        return aws.appautoscaling.ScheduledAction(
            logical("scaling policy", f"{self._name}-{when}"),
            resource_id=target.resource_id,
            scalable_dimension=_DIMENSION,
            service_namespace=_NAMESPACE,
            schedule=args.when,
            timezone=args.timezone,
            scalable_target_action={"min_capacity": args.min, "max_capacity": args.max},
            opts=self._opts,
        )
