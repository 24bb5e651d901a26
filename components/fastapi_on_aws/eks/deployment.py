"""How many pods a Deployment keeps, and how it replaces them."""

import pulumi_kubernetes as kubernetes

from fastapi_on_aws.eks.names import labels_of
from fastapi_on_aws.eks.service_args import EksServiceArgs
from fastapi_on_aws.service import ScalingArgs

_KEPT_FOR_A_ROLLBACK = 3


def scales(scaling: ScalingArgs) -> bool:
    """Whether an autoscaler says how many pods there are."""
    return scaling.min < scaling.max


def deployment_spec(
    name: str, args: EksServiceArgs, pods: kubernetes.core.v1.PodSpecArgsDict
) -> kubernetes.apps.v1.DeploymentSpecArgsDict:
    """Without a number of pods where an autoscaler has it, or each update would take it back."""
    rollout = args.rollout
    spec: kubernetes.apps.v1.DeploymentSpecArgsDict = {
        "selector": {"match_labels": labels_of(name)},
        "progress_deadline_seconds": rollout.ready_seconds,
        "revision_history_limit": _KEPT_FOR_A_ROLLBACK,
        "strategy": {
            "type": "RollingUpdate",
            "rolling_update": {
                "max_surge": f"{rollout.max_surge_percent}%",
                "max_unavailable": f"{rollout.max_unavailable_percent}%",
            },
        },
        "template": {"metadata": {"labels": labels_of(name)}, "spec": pods},
    }
    if not scales(args.scaling):
        spec["replicas"] = args.scaling.min
    return spec
