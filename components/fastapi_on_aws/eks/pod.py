"""The pods of a service, as Pod Security takes them for `restricted`."""

import math
from collections.abc import Mapping
from typing import Final, Optional

import pulumi_kubernetes as kubernetes
from pulumi import Input, Output

from fastapi_on_aws.containers import CONTAINER_NAME, USER_ID, WRITABLE_MIB, WRITABLE_PATH
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.eks.existing_args import ARCHITECTURE_LABEL, TolerationArgs
from fastapi_on_aws.eks.names import labels_of
from fastapi_on_aws.eks.secret_class import DRIVER, FOLDER, SecretFiles
from fastapi_on_aws.eks.service_args import EksServiceArgs
from fastapi_on_aws.eks.sizes import pod_size

HTTP_PORT: Final = "http"
"""What the app's port is called."""
_WRITABLE: Final = "tmp"
_STARTUP_PERIOD_SECONDS: Final = 5

_Core = kubernetes.core.v1


def pod_spec(
    name: str, args: EksServiceArgs, env: Mapping[str, Input[str]], files: Optional[SecretFiles]
) -> _Core.PodSpecArgsDict:
    """One container that runs as nobody, on the processor that its image was built for."""
    spec: _Core.PodSpecArgsDict = {
        "service_account_name": name,
        "automount_service_account_token": False,
        "enable_service_links": False,  # variables such as SHOP_PORT, of which the app knows nothing
        "termination_grace_period_seconds": Draining(args.drain_seconds).termination_grace_seconds,
        "node_selector": {ARCHITECTURE_LABEL: args.image.architecture.value, **args.cluster.labels},
        "topology_spread_constraints": [_spread(name)],
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": USER_ID,
            "run_as_group": USER_ID,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(args, env, files)],
        "volumes": _volumes(name, files),
    }
    if args.cluster.tolerations:
        spec["tolerations"] = [_toleration(toleration) for toleration in args.cluster.tolerations]
    return spec


def _container(
    args: EksServiceArgs, env: Mapping[str, Input[str]], files: Optional[SecretFiles]
) -> _Core.ContainerArgsDict:
    container: _Core.ContainerArgsDict = {
        "name": CONTAINER_NAME,
        "image": args.image.uri,
        "env": [{"name": variable, "value": _as_written(value)} for variable, value in sorted(env.items())],
        "resources": _resources(args),
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volume_mounts": [
            {"name": _WRITABLE, "mount_path": WRITABLE_PATH},
            *([_read_only(files.volume, FOLDER)] if files else []),
        ],
    }
    if args.command is not None:
        container["args"] = [_as_written(word) for word in args.command]
    if args.route is not None:
        container["ports"] = [{"name": HTTP_PORT, "container_port": args.port, "protocol": "TCP"}]
        container["lifecycle"] = {"pre_stop": {"sleep": {"seconds": Draining(args.drain_seconds).pre_stop_seconds}}}
        # Liveness begins when the start-up probe has succeeded once: a slow start is not killed.
        attempts = math.ceil(args.health.start_seconds / _STARTUP_PERIOD_SECONDS)
        container["startup_probe"] = _probe(args.health.live, _STARTUP_PERIOD_SECONDS, attempts)
        container["readiness_probe"] = _probe(args.health.ready, 10, 3)
        container["liveness_probe"] = _probe(args.health.live, 15, 3)
    return container


def _as_written(text: Input[str]) -> Input[str]:
    """Kubernetes would put variables in the place of `$(NAME)`, and one `$` in that of two. Source: Kubernetes, "Define
    Dependent Environment Variables"."""
    if isinstance(text, str):
        return text.replace("$", "$$")
    return Output.all(text).apply(lambda known: str(known[0]).replace("$", "$$"))


def _probe(path: str, period_seconds: int, failures: int) -> _Core.ProbeArgsDict:
    return {
        "http_get": {"path": path, "port": HTTP_PORT},
        "period_seconds": period_seconds,
        "timeout_seconds": 5,
        "failure_threshold": failures,
    }


def _resources(args: EksServiceArgs) -> _Core.ResourceRequirementsArgsDict:
    """Memory that was not asked for could be taken away; CPU that nobody uses may be used."""
    cpu, memory = args.cpu, args.memory
    if isinstance(cpu, str) and isinstance(memory, str):
        return _requirements(pod_size(cpu, memory, CONTAINER_NAME))
    size = Output.all(cpu, memory).apply(lambda known: pod_size(known[0], known[1], CONTAINER_NAME))
    milli, mib = size.apply(lambda known: f"{known[0]}m"), size.apply(lambda known: f"{known[1]}Mi")
    return {"requests": {"cpu": milli, "memory": mib}, "limits": {"memory": mib}}


def _requirements(size: tuple[int, int]) -> _Core.ResourceRequirementsArgsDict:
    milli, mib = size
    return {"requests": {"cpu": f"{milli}m", "memory": f"{mib}Mi"}, "limits": {"memory": f"{mib}Mi"}}


def _spread(name: str) -> _Core.TopologySpreadConstraintArgsDict:
    """Over zones, if it can be: one that is down must not keep the others from taking its pods.

    And not over nodes: Karpenter takes a preference for a need, and would start a node for each pod. Source: Karpenter,
    "Scheduling", on `PreferencePolicy`.
    """
    return {
        "max_skew": 1,
        "topology_key": "topology.kubernetes.io/zone",
        "when_unsatisfiable": "ScheduleAnyway",
        "label_selector": {"match_labels": labels_of(name)},
        "match_label_keys": ["pod-template-hash"],
    }


def _volumes(name: str, files: Optional[SecretFiles]) -> list[_Core.VolumeArgsDict]:
    tmp: _Core.VolumeArgsDict = {
        "name": _WRITABLE,
        "empty_dir": {"medium": "Memory", "size_limit": f"{WRITABLE_MIB}Mi"},
    }
    if files is None:
        return [tmp]
    attributes = {"secretProviderClass": name}
    return [tmp, {"name": files.volume, "csi": {"driver": DRIVER, "read_only": True, "volume_attributes": attributes}}]


def _read_only(volume: Input[str], path: str) -> _Core.VolumeMountArgsDict:
    return {"name": volume, "mount_path": path, "read_only": True}


def _toleration(toleration: TolerationArgs) -> _Core.TolerationArgsDict:
    found: _Core.TolerationArgsDict = {"operator": toleration.operator.value}
    if toleration.key is not None:
        found["key"] = toleration.key
    if toleration.value is not None:
        found["value"] = toleration.value
    if toleration.effect is not None:
        found["effect"] = toleration.effect.value
    return found
