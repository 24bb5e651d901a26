"""Target tracking for an ECS service."""

from __future__ import annotations

from typing import Final, Optional

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.naming import logical
from fastapi_on_aws.service import ScalingArgs

_DIMENSION: Final = "ecs:service:DesiredCount"
_NAMESPACE: Final = "ecs"


class Autoscaling:
    """How many tasks a service has: one policy for each measure, and the one that asks for most tasks wins."""

    def __init__(
        self,
        name: str,
        scaling: ScalingArgs,
        *,
        cluster_name: Input[str],
        service_name: Input[str],
        requests: Optional[Input[int]],
        request_label: Optional[Input[str]],
        opts: ResourceOptions,
    ) -> None:
        self._name, self._opts = name, opts
        self.target = aws.appautoscaling.Target(
            name,
            min_capacity=scaling.min,
            max_capacity=scaling.max,
            resource_id=Output.concat("service/", cluster_name, "/", service_name),
            scalable_dimension=_DIMENSION,
            service_namespace=_NAMESPACE,
            opts=opts,
        )
        self.policies = [self._policy("cpu", scaling.cpu, "ECSServiceAverageCPUUtilization")]
        if scaling.memory is not None:
            self.policies.append(self._policy("memory", scaling.memory, "ECSServiceAverageMemoryUtilization"))
        if requests is not None and request_label is not None:
            self.policies.append(self._policy("requests", requests, "ALBRequestCountPerTarget", request_label))

    def _policy(
        self, measure: str, target_value: Input[int], metric: str, label: Optional[Input[str]] = None
    ) -> aws.appautoscaling.Policy:
        return aws.appautoscaling.Policy(
            logical("scaling policy", f"{self._name}-{measure}"),
            policy_type="TargetTrackingScaling",
            resource_id=self.target.resource_id,
            scalable_dimension=_DIMENSION,
            service_namespace=_NAMESPACE,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {"predefined_metric_type": metric, "resource_label": label},
                "target_value": target_value,
            },
            opts=self._opts,
        )
