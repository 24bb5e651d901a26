"""How many pods a Deployment keeps, and how it replaces them."""

import pulumi_kubernetes as kubernetes

from fastapi_on_aws.eks.names import Track, labels_of
from fastapi_on_aws.eks.rollout_args import EksRolloutArgs

_KEPT_FOR_A_ROLLBACK = 3


def deployment_spec(
    name: str, track: Track, rollout: EksRolloutArgs, pods: kubernetes.core.v1.PodSpecArgsDict
) -> kubernetes.apps.v1.DeploymentSpecArgsDict:
    """Without a number of pods, which the autoscaler has: each update would take it back."""
    return {
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
