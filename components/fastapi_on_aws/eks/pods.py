"""The pods of one track of a service: what finds them, keeps them, counts them, and brings them requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, Resource, ResourceOptions

from fastapi_on_aws.eks.binding import bind
from fastapi_on_aws.eks.deployment import deployment_spec, longest_wait
from fastapi_on_aws.eks.names import Track, labels_of
from fastapi_on_aws.eks.pod import HTTP_PORT
from fastapi_on_aws.eks.scaling import autoscaler_spec, disruption_budget_spec
from fastapi_on_aws.eks.service_args import EksServiceArgs
from fastapi_on_aws.service import ScalingArgs


class Pods:
    """A Deployment, its disruption budget and autoscaler; if it serves, its Service and its target group's binding."""

    def __init__(
        self,
        name: str,
        track: Track,
        args: EksServiceArgs,
        spec: kubernetes.core.v1.PodSpecArgsDict,
        *,
        namespace: str,
        scaling: ScalingArgs,
        target_group_arn: Optional[Output[str]],
        attachment: Optional[Resource],
        after: Sequence[Resource],
        opts: ResourceOptions,
    ) -> None:
        """``opts`` are those of everything in the namespace; the Deployment alone waits for ``after``, too."""
        self._name, self._track, self._args, self._opts = name, track, args, opts
        self._own, self._namespace, self._scaling = track.named(name), namespace, scaling
        self._create_disruption_budget()
        self.service = self._create_service() if target_group_arn else None
        self.binding = self._bind(target_group_arn, attachment) if target_group_arn else None
        self._create_deployment(spec, after)
        self._create_autoscaler()

    def _create_disruption_budget(self) -> None:
        self.disruption_budget = kubernetes.policy.v1.PodDisruptionBudget(
            self._own,
            metadata=self._metadata(),
            spec=disruption_budget_spec(self._name, self._track),
            opts=self._opts,
        )

    def _create_service(self) -> kubernetes.core.v1.Service:
        """At the app's own port: not every engine of network policies knows a Service's port from a pod's."""
        return kubernetes.core.v1.Service(
            self._own,
            # Pulumi would wait for pods, which come last.
            metadata=self._metadata({"pulumi.com/skipAwait": "true"}),
            spec={
                "type": "ClusterIP",
                "selector": labels_of(self._name, self._track),
                "ports": [{"name": HTTP_PORT, "port": self._args.port, "target_port": HTTP_PORT, "protocol": "TCP"}],
            },
            opts=self._opts,
        )

    def _bind(
        self, target_group_arn: Output[str], attachment: Optional[Resource]
    ) -> kubernetes.apiextensions.CustomResource:
        """Once the load balancer checks the group: what it does not check never becomes healthy."""
        before = [resource for resource in (self.service, attachment) if resource is not None]
        return bind(
            self._name,
            self._track,
            self._namespace,
            api=self._args.cluster.target_group_binding,
            target_group_arn=target_group_arn,
            opts=ResourceOptions.merge(self._opts, ResourceOptions(depends_on=before)),
        )

    def _create_deployment(self, spec: kubernetes.core.v1.PodSpecArgsDict, after: Sequence[Resource]) -> None:
        before = [*after, self.disruption_budget, *([self.binding] if self.binding else [])]
        self.deployment = kubernetes.apps.v1.Deployment(
            self._own,
            metadata=self._metadata(),
            spec=deployment_spec(self._name, self._track, self._args.rollout, self._scaling, spec),
            opts=ResourceOptions.merge(
                self._opts,
                ResourceOptions(
                    depends_on=before,
                    custom_timeouts=longest_wait(self._args.rollout),
                    ignore_changes=["spec.replicas"],
                ),
            ),
        )

    def _create_autoscaler(self) -> None:
        """For a fixed number of pods, too: what went from Pulumi to an autoscaler would be 1 on the way."""
        self.autoscaler = kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
            self._own,
            metadata=self._metadata(),
            spec=autoscaler_spec(self._own, self._scaling),
            opts=ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[self.deployment])),
        )

    def _metadata(self, annotations: Optional[dict[str, Input[str]]] = None) -> kubernetes.meta.v1.ObjectMetaArgsDict:
        return metadata(self._name, self._own, self._namespace, annotations)


def metadata(
    name: str, own: str, namespace: str, annotations: Optional[dict[str, Input[str]]] = None
) -> kubernetes.meta.v1.ObjectMetaArgsDict:
    """Of an object of a service in its namespace; ``own`` is what the object itself is called."""
    found: kubernetes.meta.v1.ObjectMetaArgsDict = {"name": own, "namespace": namespace, "labels": labels_of(name)}
    if annotations:
        found["annotations"] = annotations
    return found
