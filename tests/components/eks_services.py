"""EKS services to record, and what of them is in Kubernetes."""

import dataclasses
from typing import Any, Final

import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from fastapi_on_aws import (
    Architecture,
    CalledArgs,
    EksClusterRef,
    EksRolloutArgs,
    EksService,
    EksServiceArgs,
    HealthArgs,
    ImageRef,
    ScalingArgs,
)
from fastapi_on_aws.eks.kubeconfig import cluster_provider
from fastapi_on_aws.recording import Graph, Mode, Resource, plain, record
from tests.components.ecs_services import PARAMETER, ROUTE, SECRET
from tests.components.eks_clusters import EXISTING
from tests.support.recorded import IMAGE_URI, existing_image, existing_network

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
SERVICE_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
KUBERNETES_SERVICE: Final = "kubernetes:core/v1:Service"
DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
AUTOSCALER: Final = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget"
NETWORK_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
SECRET_CLASS: Final = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
BINDING: Final = "kubernetes:eks.amazonaws.com/v1:TargetGroupBinding"
CONTROLLERS_BINDING: Final = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

WORKER: Final = EksServiceArgs(
    cluster=EksClusterRef(name="platform"), network=existing_network(), image=existing_image()
)
WEB: Final = dataclasses.replace(WORKER, route=ROUTE)
EVERYTHING: Final = dataclasses.replace(
    WEB,
    image=ImageRef(uri=IMAGE_URI, architecture=Architecture.AMD64),
    command=["granian", "shop:app"],
    port=9000,
    health=HealthArgs(live="/alive", ready="/health", start_seconds=120),
    cpu="1 vCPU",
    memory="4 GB",
    scaling=ScalingArgs(min=3, max=12, cpu=50, memory=70),
    rollout=EksRolloutArgs(max_surge_percent=50, max_unavailable_percent=10, ready_seconds=900),
    drain_seconds=60,
    env={"LOG_LEVEL": "debug"},
    secrets={"DATABASE_PASSWORD": SECRET, "KEY": PARAMETER},
    calls={"price-list": CalledArgs(name="prices", port=9100)},
    callers=["orders"],
    egress_ports=[443, 5432],
)


def service(args: EksServiceArgs, mode: Mode = Mode.UPDATE, *, name: str = "shop") -> Graph:
    """One service alone in somebody's cluster, in eu-west-1."""

    return record(
        lambda: EksService(name, args, ResourceOptions(providers=[platform()])),
        mode=mode,
        project="shop",
        config={"aws:region": "eu-west-1"},
    )


def platform() -> kubernetes.Provider:
    """The provider of somebody's cluster."""
    return cluster_provider(
        "platform",
        cluster_name=EXISTING["name"],
        endpoint=EXISTING["endpoint"],
        certificate_authority=EXISTING["certificate_authority"],
        opts=ResourceOptions(),
    )


def kubernetes_objects(graph: Graph) -> list[dict[str, Any]]:
    """All that a graph has in Kubernetes, as it is sent to the API server; of an update, where all is known."""
    return [_object(resource) for resource in graph if resource.type.startswith("kubernetes:")]


def _object(resource: Resource) -> dict[str, Any]:
    group, _, kind = resource.type.removeprefix("kubernetes:").rpartition(":")
    given = plain(resource.inputs)
    assert isinstance(given, dict)
    return {"apiVersion": group.removeprefix("core/"), "kind": kind, **given}


def pod(graph: Graph, name: str = "shop") -> dict[str, Any]:
    """The spec of the pods of a service."""
    spec = graph.one(DEPLOYMENT, name).inputs["spec"]["template"]["spec"]
    assert isinstance(spec, dict)
    return spec


def container(graph: Graph, name: str = "shop") -> dict[str, Any]:
    """Their one container."""
    (only,) = pod(graph, name)["containers"]
    assert isinstance(only, dict)
    return only


def environment(graph: Graph, name: str = "shop") -> dict[str, Any]:
    """Of it, as a map."""
    return {entry["name"]: entry["value"] for entry in container(graph, name)["env"]}
