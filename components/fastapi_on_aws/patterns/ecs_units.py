"""What runs on ECS: the app as one service, what has an image or a command of its own beside it."""

from collections.abc import Sequence
from typing import Final, Optional

from fastapi_on_aws.coerce import join
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ingress.load_balancer import Access
from fastapi_on_aws.patterns.unit import Limits, Named, Unit
from fastapi_on_aws.patterns.unit_checks import check_none_is_hidden, check_priorities, check_rules
from fastapi_on_aws.patterns.units import needs_a_unit, split_units
from fastapi_on_aws.service import AppArgs, Services
from fastapi_on_aws.sizing import fargate_size

FARGATE: Final = Limits(
    named=Named("target group"),
    worker_named=Named("IAM role", "-execution"),
    taken=("lb", "lb-callers"),
    taken_by="a security group of the load balancer",
    check_size=fargate_size,
    largest_texts_bytes=60 * 1024,  # leaves 4 KiB of the 64: ECS developer guide, "Amazon ECS service quotas"
    holder_of_texts="a task definition holds 64 KiB in all",
)


def monolith_units(name: str, app: AppArgs, services: Optional[Services], path: str) -> list[Unit]:
    """What a monolith of this name runs: each service with a command or image of its own, then the others together.

    Raises ``UsageError`` for services that it cannot run; nothing has been registered then.
    """
    units = split_units(name, app, services, path, FARGATE, alone=needs_a_unit)
    where = join(path, "services")
    check_none_is_hidden(units, where)
    check_priorities(units, where)
    check_rules(units, where)
    return units


def check_callers_reach(units: Sequence[Unit], access: Access, path: str) -> None:
    """Refuse calls between units that could not reach the load balancer."""
    caller = next((unit for unit in units if unit.calls), None)
    if caller and access is Access.INTERNET:
        raise UsageError(
            f"{join(path, 'services')}: {caller.services[0]} calls {caller.calls[0]} through the load balancer, which"
            " access from the internet puts outside the VPC; use access cloudfront or vpc"
        )
