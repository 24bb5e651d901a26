"""How many pods a service has, and how many may be taken away at once."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi_kubernetes as kubernetes
from pulumi import Input

from fastapi_on_aws.eks.names import Track, labels_of
from fastapi_on_aws.service import ScalingArgs

_Metric = kubernetes.autoscaling.v2.MetricSpecArgsDict


def autoscaler_spec(
    deployment: str, scaling: ScalingArgs
) -> kubernetes.autoscaling.v2.HorizontalPodAutoscalerSpecArgsDict:
    """Up at once, down slowly; of several measures the one that asks for most pods wins."""
    return {
        "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": deployment},
        "min_replicas": scaling.min,
        "max_replicas": scaling.max,
        "metrics": list(_metrics(scaling)),
        "behavior": {
            "scale_up": {
                "stabilization_window_seconds": 0,
                "select_policy": "Max",
                "policies": [
                    {"type": "Percent", "value": 100, "period_seconds": 15},
                    {"type": "Pods", "value": 4, "period_seconds": 15},
                ],
            },
            "scale_down": {
                "stabilization_window_seconds": 300,
                "policies": [{"type": "Percent", "value": 25, "period_seconds": 60}],
            },
        },
    }


def disruption_budget_spec(name: str, track: Track) -> kubernetes.policy.v1.PodDisruptionBudgetSpecArgsDict:
    """One pod at a time: with a minimum of pods, a service of one pod could never leave its node.

    Of each track its own: a new version that is not well must not keep the other pods on their nodes.
    """
    return {
        "max_unavailable": 1,
        "unhealthy_pod_eviction_policy": "AlwaysAllow",
        "selector": {"match_labels": labels_of(name, track)},
    }


def _metrics(scaling: ScalingArgs) -> Iterator[_Metric]:
    yield _use_of("cpu", scaling.cpu)
    if scaling.memory is not None:
        yield _use_of("memory", scaling.memory)


def _use_of(resource: str, percent: Input[int]) -> _Metric:
    """Of what a pod asks for."""
    target: kubernetes.autoscaling.v2.MetricTargetArgsDict = {"type": "Utilization", "average_utilization": percent}
    return {"type": "Resource", "resource": {"name": resource, "target": target}}
