"""What runs on EKS: each service on its own, and what cannot run there."""

import dataclasses
from collections.abc import Sequence
from typing import Final, Optional

from fastapi_on_aws.coerce import join
from fastapi_on_aws.eks.eks_args import EksArgs
from fastapi_on_aws.eks.names import Track, check_names
from fastapi_on_aws.eks.secret_files import check_secret_files
from fastapi_on_aws.eks.sizes import pod_size
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.patterns.unit import Limits, Named, Unit
from fastapi_on_aws.patterns.unit_checks import check_priorities, check_rules
from fastapi_on_aws.patterns.units import app_command, split_units
from fastapi_on_aws.service import AppArgs, Services

EKS: Final = Limits(
    named=Named("target group"),
    worker_named=Named("IAM role"),
    taken=("lb", "lb-callers"),
    taken_by="a security group of the load balancer",
    check_size=pod_size,
    largest_texts_bytes=512 * 1024,
    holder_of_texts="an object in Kubernetes holds 1.5 MB in all, and a Deployment keeps them twice",
)
"""Source of what an object holds: etcd documentation, "System limits"."""


def microservices_units(
    name: str, app: AppArgs, services: Optional[Services], settings: EksArgs, path: str
) -> list[Unit]:
    """What microservices of this name run, each service as a unit.

    Raises ``UsageError`` for services that EKS cannot run; nothing has been registered then.
    """
    where, canary = join(path, "services"), settings.rollout.has_canary
    tried = dataclasses.replace(EKS, named=EKS.named._replace(ending=Track.CANARY.named("")))
    limits = tried if canary else EKS
    units = [_started(unit, app) for unit in split_units(name, app, services, path, limits, alone=lambda _: True)]
    if canary:
        _check_canaries(units, where)
    for unit in units:
        routed = bool(unit.routes)
        check_names(f"{name}-{unit.name}", routed=routed, canary=canary and routed, path=join(where, unit.name))
        check_secret_files(unit.env, unit.secrets, _told_by(unit, app, path))
        _check_scaling(unit, join(where, unit.name) if unit.scaling is not app.scaling else join(path, "app"))
    check_priorities(units, where)
    check_rules(units, where)
    return units


def _told_by(unit: Unit, app: AppArgs, path: str) -> str:
    """Config path of what tells a unit its variables: the app alone, or its service, too."""
    own = unit.env != app.env or unit.secrets != app.secrets
    return join(join(path, "services"), unit.name) if own else join(path, "app")


def _started(unit: Unit, app: AppArgs) -> Unit:
    """In the app's own image as the app is, where it does not say how else."""
    if unit.own_image or unit.command is not None:
        return unit
    return dataclasses.replace(unit, command=app_command(app))


def _check_canaries(units: Sequence[Unit], where: str) -> None:
    """What belongs to a service's canary has its name and an ending, which no other service may have."""
    names = [unit.name for unit in units]
    for name in (unit.name for unit in units if unit.routes):
        for taken in (Track.CANARY.named(name), f"{name}-rollout"):
            if taken in names:
                raise UsageError(
                    f"{join(where, taken)} has the name of what belongs to the canary of {name}; give it another name,"
                    " or set eks.rollout.kind to rolling"
                )


def _check_scaling(unit: Unit, path: str) -> None:
    if unit.scaling.min == 0:
        raise UsageError(
            f"{path}.scaling.min is 0, and Kubernetes' autoscaler never goes below one pod; set it to 1 or more"
        )
