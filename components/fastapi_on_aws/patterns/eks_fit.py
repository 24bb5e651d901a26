"""Whether the nodes can hold what the services ask for, and what to know of them on EKS."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Optional

from fastapi_on_aws.coerce import is_known, join
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.eks.addon_args import METRICS_SERVER, SECRETS_STORE
from fastapi_on_aws.eks.eks_args import EksArgs
from fastapi_on_aws.eks.rollout_args import EksRolloutArgs
from fastapi_on_aws.eks.service_args import SET_BY_EKS
from fastapi_on_aws.eks.sizes import canary_scaling, pod_size
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.patterns.calls import notes_on_circles
from fastapi_on_aws.patterns.unit import Unit
from fastapi_on_aws.ports import MOST_POD_PORTS, check_own_port
from fastapi_on_aws.references import Architecture
from fastapi_on_aws.service import AppArgs
from fastapi_on_aws.sizing import MIB_PER_GB, memory_mib

_SPOT_NOTICE_SECONDS: Final = 120


def check_fit(
    app: AppArgs, units: Sequence[Unit], built_for: Mapping[str, Architecture], settings: EksArgs, path: str
) -> None:
    """Refuse pods that no node could ever take, and ports that would open every service to every other."""
    _check_ports(app, join(path, "app"))
    _check_ready(app, settings.rollout, path)
    _check_environment(app, units, path)
    if settings.existing is None:
        _check_addons(units, settings, join(path, "eks"))
        _check_architecture(built_for, settings, join(path, "eks"))
        _check_limits(units, settings, path)


def _check_ports(app: AppArgs, own: str) -> None:
    if isinstance(app.port, int):
        check_own_port(app.port, app.egress_ports, own)
    if len(app.egress_ports) > MOST_POD_PORTS:
        raise UsageError(
            f"{own}.egress_ports has {len(app.egress_ports)} ports, and what enforces network policies on EKS knows"
            f" {MOST_POD_PORTS} of them; take some out, or run it with pattern monolith"
        )


def _check_ready(app: AppArgs, rollout: EksRolloutArgs, path: str) -> None:
    if rollout.ready_seconds < app.health.start_seconds:
        raise UsageError(
            f"{join(path, 'eks')}.rollout.ready_seconds is {rollout.ready_seconds}, and {join(path, 'app')}.health"
            f".start_seconds lets a pod take {app.health.start_seconds} to start: such a rollout would fail; raise the"
            " first, or lower the second"
        )


def _check_environment(app: AppArgs, units: Sequence[Unit], path: str) -> None:
    """Where these are set, a pod has another role than its own, or none."""
    for unit in units:
        for name in sorted(SET_BY_EKS & {*unit.env, *unit.secrets}):
            owner = "app" if name in {*app.env, *app.secrets} else f"services.{unit.name}"
            block = "env" if name in unit.env else "secrets"
            raise UsageError(f"{join(path, owner)}.{block}.{name} is set by EKS; take it out")


def _check_addons(units: Sequence[Unit], settings: EksArgs, here: str) -> None:
    """Refuse to do without an add-on that something needs."""
    needs = {
        METRICS_SERVER: (
            [unit.name for unit in units if unit.scaling.min < unit.scaling.max],
            "scales by what it counts",
        ),
        SECRETS_STORE: ([unit.name for unit in units if unit.secrets], "gets its secrets by it"),
    }
    for addon, (names, why) in needs.items():
        if names and addon in settings.addons and not settings.addons[addon].enabled:
            raise UsageError(f"{here}.addons.{addon}.enabled is false, and {names[0]} {why}; take it out")


def _check_architecture(built_for: Mapping[str, Architecture], settings: EksArgs, here: str) -> None:
    pool = settings.node_pool.architecture
    for name, architecture in built_for.items():
        if architecture is not pool:
            raise UsageError(
                f"{here}.node_pool.architecture is {pool}, and the image of {name} was built for {architecture}:"
                f" no node could run it; build it for {pool}, or set the pool to {architecture}"
            )


def _check_limits(units: Sequence[Unit], settings: EksArgs, path: str) -> None:
    """With as many pods as they may scale to while they are rolled, or the last ones would wait for ever."""
    sizes = [_most(unit, settings.rollout) for unit in units]
    limits, here = settings.node_pool.limits, f"{join(path, 'eks')}.node_pool.limits"
    tried = " and those that try a new version" if settings.rollout.has_canary else ""
    cpu = sum(size[0] for size in sizes) / 1000
    gb = sum(size[1] for size in sizes) / MIB_PER_GB
    if cpu > limits.cpu:
        _refuse(f"{here}.cpu is {limits.cpu}", f"{cpu:g} vCPU, with the pods that a rollout adds{tried}")
    if gb > memory_mib(limits.memory, f"{here}.memory") / MIB_PER_GB:
        _refuse(f"{here}.memory is {limits.memory}", f"{gb:g} GB, with the pods that a rollout adds{tried}")


def _refuse(limit: str, asked: str) -> None:
    raise UsageError(
        f"{limit}, and all services at their scaling.max ask for {asked}: pods would wait for nodes that never come;"
        " raise it, or lower a scaling.max, cpu or memory"
    )


def _most(unit: Unit, rollout: EksRolloutArgs) -> tuple[int, int]:
    """With those that a rollout adds, and those that try a new version beside those that serve."""
    if not (is_known(unit.cpu) and is_known(unit.memory)):
        return 0, 0
    milli, mib = pod_size(str(unit.cpu), str(unit.memory), unit.name)
    pods = unit.scaling.max + math.ceil(unit.scaling.max * rollout.max_surge_percent / 100)
    if rollout.has_canary and unit.routes:
        pods += canary_scaling(unit.scaling, rollout.percent).max
    return milli * pods, mib * pods


def notes_on(
    app: AppArgs, units: Sequence[Unit], built_for: Mapping[str, Architecture], settings: EksArgs
) -> Iterator[str]:
    """What a reader of the plan would not expect."""
    rest: Optional[Unit] = next((unit for unit in units if unit.receives_the_rest), None)
    if rest is None:
        yield "no service has the prefix /: what matches no other is answered with 404"
    yield from notes_on_circles(units)
    if settings.existing:
        needed = " and ".join(sorted(set(built_for.values())))
        yield f"eks.existing needs nodes of {needed}, which the images were built for, or pods wait for ever"
    secrets = sorted({name for unit in units for name in unit.secrets})
    if secrets:
        yield f"{', '.join(secrets)}: a file in the pod, which {secrets[0]}_FILE and the like name"
    if settings.rollout.has_canary:
        yield from _notes_on_canaries(units, settings.rollout)
    grace = Draining(app.drain_seconds).termination_grace_seconds
    if settings.node_pool.spot and grace > _SPOT_NOTICE_SECONDS:
        yield (
            f"a pod may take {grace} s to leave (app.drain_seconds is {app.drain_seconds}), and a Spot node goes"
            f" {_SPOT_NOTICE_SECONDS} s after its notice: the longest requests fail then"
        )


def _notes_on_canaries(units: Sequence[Unit], rollout: EksRolloutArgs) -> Iterator[str]:
    pods = {unit.name: canary_scaling(unit.scaling, rollout.percent).min for unit in units if unit.routes}
    if pods:
        yield (
            "eks.rollout.kind is canary: the pods that try a new version stay, and serve nothing in between"
            f" ({', '.join(f'{count} of {name}' for name, count in pods.items())}); calls between services reach a new"
            " version once it has been tried"
        )
    workers = [unit.name for unit in units if not unit.routes]
    if workers:
        yield (
            f"eks.rollout.kind canary does not apply to {', '.join(workers)}: nothing is sent to a worker, whose pods"
            " are replaced one by one"
        )
