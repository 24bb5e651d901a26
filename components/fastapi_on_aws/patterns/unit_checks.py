"""What units and their services cannot be: found before anything is registered."""

import json
import re
from collections.abc import Collection, Sequence
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.coerce import is_known, join, nearest
from fastapi_on_aws.environment import url_variable
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.naming import RANDOM_SUFFIX, RULES
from fastapi_on_aws.patterns.unit import DEEPEST, Limits, Named, Unit
from fastapi_on_aws.service import AppArgs, Services

_MOST_RULES: Final = 100
"""Without a raised quota. Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers"."""
_RULES_OF_A_UNIT: Final = 2
"""One that requests come by, and one that lets the load balancer check it before."""


def check_services(services: Services, app: AppArgs, name_prefix: str, path: str, limits: Limits) -> None:
    """Refuse services that cannot stand beside each other, or whose names or sizes AWS does not allow."""
    if not services:
        raise UsageError(f"{path} is empty; it must name at least one service, or be left out for one at /")
    seen: dict[str, str] = {}
    for name, service in services.items():
        _check_name(
            name, name_prefix, join(path, name), limits, limits.named if service.prefix else limits.worker_named
        )
        if service.cpu is not None or service.memory is not None:
            cpu = app.cpu if service.cpu is None else service.cpu
            memory = app.memory if service.memory is None else service.memory
            check_size(cpu, memory, join(path, name), limits)
        if service.prefix is not None and service.prefix in seen:
            raise UsageError(f"{path}.{name}.prefix {service.prefix} is that of {seen[service.prefix]} too")
        if service.prefix is not None:
            seen[service.prefix] = name
        for called in service.calls:
            _check_call(name, called, services, path)


def check_priorities(units: Sequence[Unit], path: str) -> None:
    """Refuse units whose listener rules AWS would not take beside each other, or not try in the right order."""
    routed = [unit for unit in units if unit.routes]
    seen: dict[int, Unit] = {}
    for unit in routed:
        other = seen.setdefault(unit.priority, unit)
        if other is not unit:
            raise UsageError(
                f"{path}: {unit.name} and {other.name} happen to get the same listener priority; rename one of them,"
                " best one that does not run yet"
            )
    deepest = {prefix: unit.name for unit in routed if unit.depth >= DEEPEST for prefix in unit.routes.values()}
    for prefix, name in deepest.items():
        if above := _longest_above(prefix, deepest):
            raise UsageError(
                f"{path}.{name}.prefix {prefix} lies below that of {deepest[above]}, {above}, which has {DEEPEST} parts"
                " or more, and no listener rule could be sure to come first; give that one fewer"
            )


def check_rules(units: Sequence[Unit], path: str) -> None:
    """Refuse more listener rules than a load balancer has."""
    routed = [unit for unit in units if unit.routes]
    if len(routed) * _RULES_OF_A_UNIT > _MOST_RULES:
        raise UsageError(
            f"{path} has {len(routed)} services that run on their own behind one load balancer, and it has"
            f" {_MOST_RULES} rules, {_RULES_OF_A_UNIT} for each; put some of them under one prefix and name"
        )


def check_one_receives_the_rest(units: Sequence[Unit], path: str) -> None:
    """Refuse two units that get what no other prefix matches."""
    greedy = [unit for unit in units if unit.receives_the_rest]
    if len(greedy) > 1:
        raise UsageError(
            f"{path}: {', '.join(greedy[0].routes)} and {', '.join(greedy[1].routes)} would both receive what no other"
            " prefix matches; give the one that runs alone a longer prefix than /"
        )


def check_none_is_hidden(units: Sequence[Unit], path: str) -> None:
    """Refuse a service whose requests another unit would get: the shared one receives what no other prefix matches."""
    apart = {prefix: unit.name for unit in units if not unit.receives_the_rest for prefix in unit.routes.values()}
    hidden = ((name, prefix) for unit in units if unit.receives_the_rest for name, prefix in unit.routes.items())
    for name, prefix in hidden:
        if above := _longest_above(prefix, apart):
            raise UsageError(
                f"{path}.{name}.prefix {prefix} lies below {above}, and {apart[above]}, which runs alone, receives all"
                f" that is there; give {name} another prefix, or a command to run alone, too"
            )


def check_variables(unit: Unit, path: str, limits: Limits) -> None:
    """Refuse variables that the runtime sets for this unit, those that are both plain and secret, and too many."""
    _check_length(unit, path, limits)
    for variable in unit.env.keys() & unit.secrets.keys():
        raise UsageError(f"{path}: {unit.name} has {variable} in both env and secrets; take one of them out")
    for called in unit.calls:
        variable = url_variable(called)
        if variable in unit.env or variable in unit.secrets:
            raise UsageError(
                f"{path}: {unit.name} is told {variable} because it calls {called}; take the variable or the call out"
            )


def _longest_above(prefix: str, prefixes: Collection[str]) -> Optional[str]:
    parts = prefix.split("/")
    above = ("/".join(parts[:end]) for end in range(len(parts) - 1, 1, -1))
    return next((other for other in above if other in prefixes), None)


def _check_length(unit: Unit, path: str, limits: Limits) -> None:
    variables = [text for variable in (*unit.env.items(), *unit.secrets.items()) for text in variable]
    size = len(json.dumps([str(text) for text in (*(unit.command or ()), *variables) if is_known(text)]))
    if size > limits.largest_texts_bytes:
        raise UsageError(
            f"{path}: {unit.name} has {size} bytes of command and environment, and {limits.holder_of_texts}; keep what"
            " is long in the image or in a parameter"
        )


def _check_name(name: str, name_prefix: str, path: str, limits: Limits, named: Named) -> None:
    room = RULES[named.kind].longest - RANDOM_SUFFIX - len(named.ending)
    longest = room - len(name_prefix)
    before = f" before {named.ending}" if named.ending else ""
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise UsageError(
            f"{path} is not a name for a service: lower-case letters, digits and hyphens, a letter first and no hyphen"
            " last"
        )
    if longest < 1:
        raise UsageError(
            f"{path} has no room in the name of its {named.kind}, which has {room} characters{before}: shorten the"
            f" component's, {name_prefix.removesuffix('-')!r}"
        )
    if len(name) > longest:
        raise UsageError(
            f"{path} is {len(name)} characters long; the name of its {named.kind} leaves {longest} for it{before}"
        )
    if name in limits.taken:
        raise UsageError(f"{path} has the name of {limits.taken_by}; give it another name")


def check_size(cpu: Input[str], memory: Input[str], path: str, limits: Limits) -> None:
    """Refuse a known size that the runtime does not have."""
    if is_known(cpu) and is_known(memory):
        limits.check_size(str(cpu), str(memory), path)


def _check_call(name: str, called: str, services: Services, path: str) -> None:
    where = f"{path}.{name}.calls"
    if called not in services:
        raise UsageError(f"{where} names {called}, which is not a service{nearest(called, services)}")
    if called == name:
        raise UsageError(f"{where} names the service itself; take it out")
    if services[called].prefix is None:
        raise UsageError(f"{where} names {called}, a worker without a prefix: there is nothing to call")
