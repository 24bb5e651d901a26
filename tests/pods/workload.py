"""A service of a recorded microservices stack: its pods, who reaches them, and by which name."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from fastapi_on_aws.recording import Graph, plain
from tests.components.eks_services import BINDING, DEPLOYMENT, KUBERNETES_SERVICE, SECRET_CLASS
from tests.support.dockerfile import final_stage
from tests.support.recorded import TARGET_GROUP, VPC


@dataclass(frozen=True)
class Workload:
    """What a Deployment, its Service and its target group say."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    port: int
    network: str
    """The addresses of the VPC, which pods have, too."""
    mounts: tuple[str, ...]
    """Where it has volumes."""
    secrets: Mapping[str, str]
    """Path of a file -> ARN of the secret that is in it."""
    live_path: str
    ready_path: str
    pre_stop_seconds: int
    grace_seconds: int
    host: str
    """The name of its Service, in the cluster."""
    group: str
    """The target group that has its pods for targets."""
    deregistration_delay_seconds: int

    @classmethod
    def all_of(cls, graph: Graph) -> dict[str, Self]:
        """By the name of the Deployment."""
        bindings = [plain(binding.inputs) for binding in graph.of_type(BINDING)]
        return {found.name: found for found in (cls._bound(graph, binding) for binding in bindings)}

    @classmethod
    def _bound(cls, graph: Graph, binding: Mapping[str, Any]) -> Self:
        """Found as Kubernetes and AWS would: by references, labels and ARNs."""
        namespace, spec = binding["metadata"]["namespace"], binding["spec"]
        service = _object(graph, KUBERNETES_SERVICE, namespace, spec["serviceRef"]["name"])
        deployment = _selected(graph, namespace, service["spec"]["selector"])
        (group,) = [each for each in graph.of_type(TARGET_GROUP) if each.outputs["arn"] == spec["targetGroupARN"]]
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        (port,) = container["ports"]
        assert spec["serviceRef"]["port"] in [each["name"] for each in service["spec"]["ports"]], "the Service's own"
        return cls(
            name=deployment["metadata"]["name"],
            command=tuple(container.get("args") or json.loads(final_stage()["CMD"])),
            environment={entry["name"]: entry["value"] for entry in container["env"]},
            port=port["containerPort"],
            network=plain(graph.one(VPC).inputs["cidrBlock"]),
            mounts=tuple(mount["mountPath"] for mount in container["volumeMounts"]),
            secrets=dict(_secrets(graph, namespace, pod, container)),
            live_path=container["startupProbe"]["httpGet"]["path"],
            ready_path=container["readinessProbe"]["httpGet"]["path"],
            pre_stop_seconds=container["lifecycle"]["preStop"]["sleep"]["seconds"],
            grace_seconds=pod["terminationGracePeriodSeconds"],
            host=f"{service['metadata']['name']}.{namespace}.svc.cluster.local",
            group=group.name,
            deregistration_delay_seconds=plain(group.inputs["deregistrationDelay"]),
        )


def _object(graph: Graph, kind: str, namespace: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in _objects(graph, kind, namespace) if each["metadata"]["name"] == name]
    return found


def _selected(graph: Graph, namespace: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """The Deployment whose pods have these labels."""
    (found,) = [
        each
        for each in _objects(graph, DEPLOYMENT, namespace)
        if labels.items() <= each["spec"]["template"]["metadata"]["labels"].items()
    ]
    return found


def _objects(graph: Graph, kind: str, namespace: str) -> list[dict[str, Any]]:
    given = [plain(resource.inputs) for resource in graph.of_type(kind)]
    return [each for each in given if each["metadata"]["namespace"] == namespace]


def _secrets(
    graph: Graph, namespace: str, pod: Mapping[str, Any], container: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Whole secrets, as the driver of their volume puts them into files."""
    folders = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    for volume in pod["volumes"]:
        if "csi" not in volume:
            continue
        name = volume["csi"]["volumeAttributes"]["secretProviderClass"]
        parameters = _object(graph, SECRET_CLASS, namespace, name)["spec"]["parameters"]
        for each in json.loads(parameters["objects"]):
            assert "jmesPath" not in each, "keys of a secret are the driver's to read"
            yield f"{folders[volume['name']]}/{each['objectAlias']}", each["objectName"]
