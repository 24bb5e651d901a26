"""How pods get into a target group that is not Kubernetes' own."""

from __future__ import annotations

from typing import Final

import pulumi_kubernetes as kubernetes
from pulumi import Output, ResourceOptions

from fastapi_on_aws.eks.existing_args import TargetGroupBindingApi
from fastapi_on_aws.eks.names import Track, labels_of, named_by
from fastapi_on_aws.eks.pod import HTTP_PORT

READINESS_GATES: Final = {
    TargetGroupBindingApi.AUTO_MODE: "eks.amazonaws.com/pod-readiness-gate-inject",
    TargetGroupBindingApi.CONTROLLER: "elbv2.k8s.aws/pod-readiness-gate-inject",
}
"""Label of namespaces whose new pods are ready only once the load balancer finds them healthy, so that no old pod goes
before. Source: AWS Load Balancer Controller, "Pod readiness gate"; EKS Auto Mode has a key of its own."""


def bind(
    name: str,
    track: Track,
    namespace: str,
    *,
    api: TargetGroupBindingApi,
    target_group_arn: Output[str],
    opts: ResourceOptions,
) -> kubernetes.apiextensions.CustomResource:
    """A binding stays with its group, so another group has another one."""
    own = track.named(name)
    return kubernetes.apiextensions.CustomResource(
        own,
        api_version=api.value,
        kind="TargetGroupBinding",
        metadata={
            "name": target_group_arn.apply(lambda arn: named_by(own, arn)),
            "namespace": namespace,
            "labels": labels_of(name),
        },
        spec={
            "serviceRef": {"name": own, "port": HTTP_PORT},
            "targetGroupARN": target_group_arn,
            "targetType": "ip",
        },
        opts=opts,
    )
