"""How many pods a Deployment keeps, and how it replaces them."""

import pulumi_kubernetes as kubernetes

from fastapi_on_aws.eks.names import Track, labels_of
from fastapi_on_aws.eks.rollout_args import EksRolloutArgs
from fastapi_on_aws.service import ScalingArgs

_KEPT_FOR_A_ROLLBACK = 3


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
