"""How many pods a Deployment keeps, and how it replaces them."""

from __future__ import annotations

from typing import Final

import pulumi_kubernetes as kubernetes
from pulumi import CustomTimeouts

from fastapi_on_aws.eks.names import Track, labels_of
from fastapi_on_aws.eks.rollout_args import EksRolloutArgs
from fastapi_on_aws.service import ScalingArgs

_KEPT_FOR_A_ROLLBACK: Final = 3
_TO_BE_TOLD: Final = 15
"""Seconds from Kubernetes' own deadline to Pulumi's, which then has the reason."""


def longest_wait(rollout: EksRolloutArgs) -> CustomTimeouts:
    """Of Pulumi, which waits to its own end, even for what Kubernetes has given up. Source: pulumi-kubernetes,
    `await/deployment.go`."""
    end = f"{rollout.ready_seconds + _TO_BE_TOLD}s"
    return CustomTimeouts(create=end, update=end)


def deployment_spec(
    name: str, track: Track, rollout: EksRolloutArgs, scaling: ScalingArgs, pods: kubernetes.core.v1.PodSpecArgsDict
) -> kubernetes.apps.v1.DeploymentSpecArgsDict:
    """With the least number of pods, with which it begins; once it is there, the autoscaler has that number."""
    return {
        "replicas": scaling.min,
        "selector": {"match_labels": labels_of(name, track)},
        "progress_deadline_seconds": rollout.ready_seconds,
        "revision_history_limit": _KEPT_FOR_A_ROLLBACK,
        "strategy": {
            "type": "RollingUpdate",
            "rolling_update": {
                "max_surge": f"{rollout.max_surge_percent}%",
                "max_unavailable": f"{rollout.max_unavailable_percent}%",
            },
        },
        "template": {"metadata": {"labels": labels_of(name, track)}, "spec": pods},
    }
