"""What runs together: services that share a process, and those that run alone."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Optional

from pulumi import Input, Output

from fastapi_on_aws.coerce import is_known, join, nearest
from fastapi_on_aws.component import text
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.environment import url_variable
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.naming import RANDOM_SUFFIX, RULES
from fastapi_on_aws.references import ImageRef
from fastapi_on_aws.service import AppArgs, ImageArgs, ScalingArgs, ServiceArgs, Services

SHARED_UNIT: Final = "web"
LAST_PRIORITY: Final = 25000
_PRIORITIES: Final = {1: range(10000, 25000), 2: range(5000, 10000), 3: range(2000, 5000), 4: range(1, 2000)}
"""By the depth of a prefix: longer ones are tried first. Most are short, and these seldom collide."""

APP: Final = "app"

DEFAULT_SERVICES: Final[Services] = {APP: ServiceArgs(prefix="/")}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a runtime asks of each unit that it runs."""

    longest_name: str
    """Kind of resource whose name leaves a unit's the least room, as in `naming.RULES`."""
    room_behind: int = 0
    """Characters that some of its resources have behind the unit's name."""
    taken: Collection[str]
    """What else stands behind the pattern's name in the names of resources."""
    taken_by: str
    check_size: Callable[[str, str, str], object]
    """Refuses a known cpu and memory that cannot be had; takes the config path of what has them, too."""
    largest_texts_bytes: int
    """Of a unit's command and environment together."""
    holder_of_texts: str
    """Completes "…, and …"."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One thing to run: a command in an image, the services in it, its size, and what it is told."""

    name: str
    services: Sequence[str]
    routes: Mapping[str, str]
    """Service -> path prefix. Empty for a worker."""
    own_image: bool
    """Whether it runs its service's image instead of the app's."""
    command: Optional[Sequence[Input[str]]]
    cpu: Input[str]
    memory: Input[str]
    scaling: ScalingArgs
    env: Mapping[str, Input[str]]
    secrets: Mapping[str, Input[str]]
    calls: Sequence[str]
    """Services of other units."""
    notes: Sequence[str] = field(default_factory=list)

    @property
    def receives_the_rest(self) -> bool:
        """Whether requests come here that match no prefix."""
        return bool(self.routes) and (self.name == SHARED_UNIT or "/" in self.routes.values())

    @property
    def prefixes(self) -> list[str]:
        """Below which requests come here; `/` alone stands for the rest."""
        return ["/"] if self.receives_the_rest else list(self.routes.values())

    @property
    def path_patterns(self) -> list[str]:
        """Of the listener rule that leads here."""
        if self.receives_the_rest:
            return ["/*"]
        return [pattern for prefix in self.routes.values() for pattern in (prefix, f"{prefix}/*")]

    @property
    def priority(self) -> int:
        """Longer prefixes first; from the unit alone, so that another service moves no rule."""
        if self.path_patterns == ["/*"]:
            return LAST_PRIORITY
        level = _PRIORITIES[min(max(prefix.count("/") for prefix in self.routes.values()), 4)]
        return level[int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4]) % len(level)]


def split_units(
    name: str,
    app: AppArgs,
    services: Optional[Services],
    path: str,
    limits: Limits,
    *,
    alone: Callable[[ServiceArgs], bool],
) -> list[Unit]:
    """What a pattern of this name runs: each service that is to be alone, then the others together.

    Raises ``UsageError`` for services that cannot be run so; nothing has been registered then.
    """
    where = join(path, "services")
    given = DEFAULT_SERVICES if services is None else services
    _check_size(app.cpu, app.memory, join(path, "app"), limits)
    check_services(given, app, f"{name}-", where, limits)
    apart = {service: s for service, s in given.items() if alone(s)}
    together = {service: s for service, s in given.items() if service not in apart}
    if together and SHARED_UNIT in apart:
        raise UsageError(f"{where}.{SHARED_UNIT} is the name of what the other services share; give it another name")
    units = [own_unit(service, s, app) for service, s in apart.items()]
    if together:
        units.append(shared_unit(app, together, where))
    _check_one_receives_the_rest(units, where)
    for unit in units:
        check_variables(unit, where, limits)
    return units


def needs_a_unit(service: ServiceArgs) -> bool:
    """Whether a service cannot share a process: it has a command or an image of its own."""
    return service.command is not None or service.image is not None


def image_of(
    unit: Unit,
    *,
    app: tuple[Optional[ImageRef], ImageArgs],
    services: Optional[Services],
    service_images: Mapping[str, ImageRef],
    path: str,
) -> ImageRef:
    """The image of a unit: as built, else as described. ``app`` is both of the app's own."""
    own = (services or {})[unit.name].image if unit.own_image else None
    built, described = app if own is None else (service_images.get(unit.name), own)
    image = built or described.ref
    if image is None:
        where = f"{path}.image" if own is None else f"{path}.service_images.{unit.name}"
        raise UsageError(f"{where} is missing: a pattern builds no images; give Image(...).ref, or a uri")
    return image


def urls_below(base_url: Input[str], units: Sequence[Unit]) -> Output[Mapping[str, str]]:
    """The base URL of each service that has a prefix, below a base URL such as the front door's."""
    routes = {service: prefix for unit in units for service, prefix in unit.routes.items()}
    return Output.all(**{name: Output.concat(base_url, prefix.rstrip("/")) for name, prefix in routes.items()})


def check_services(services: Services, app: AppArgs, name_prefix: str, path: str, limits: Limits) -> None:
    """Refuse services that cannot stand beside each other, or whose names or sizes AWS does not allow."""
    if not services:
        raise UsageError(f"{path} is empty; it must name at least one service, or be left out for one at /")
    seen: dict[str, str] = {}
    for name, service in services.items():
        _check_name(name, name_prefix, join(path, name), limits)
        if service.cpu is not None or service.memory is not None:
            _check_size(_or(service.cpu, app.cpu), _or(service.memory, app.memory), join(path, name), limits)
        if service.prefix is not None and service.prefix in seen:
            raise UsageError(f"{path}.{name}.prefix {service.prefix} is that of {seen[service.prefix]} too")
        if service.prefix is not None:
            seen[service.prefix] = name
        for called in service.calls:
            _check_call(name, called, services, path)


def check_priorities(units: Sequence[Unit], path: str) -> None:
    """Refuse units whose listener rules AWS would not take beside each other."""
    seen: dict[int, Unit] = {}
    for unit in units:
        if not unit.routes:
            continue
        other = seen.setdefault(unit.priority, unit)
        if other is not unit:
            raise UsageError(
                f"{path}: {unit.name} and {other.name} happen to get the same listener priority; rename one of them"
            )


def _check_one_receives_the_rest(units: Sequence[Unit], path: str) -> None:
    """Refuse two units that get what no other prefix matches."""
    greedy = [unit for unit in units if unit.receives_the_rest]
    if len(greedy) > 1:
        raise UsageError(
            f"{path}: {', '.join(greedy[0].routes)} and {', '.join(greedy[1].routes)} would both receive what no other"
            " prefix matches; give the one that runs alone a longer prefix than /"
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


def _check_length(unit: Unit, path: str, limits: Limits) -> None:
    variables = [text for variable in (*unit.env.items(), *unit.secrets.items()) for text in variable]
    size = len(json.dumps([str(text) for text in (*(unit.command or ()), *variables) if is_known(text)]))
    if size > limits.largest_texts_bytes:
        raise UsageError(
            f"{path}: {unit.name} has {size} bytes of command and environment, and {limits.holder_of_texts}; keep what"
            " is long in the image or in a parameter"
        )


def shared_unit(app: AppArgs, services: Services, path: str) -> Unit:
    """All these services in one process, of the app's size."""
    names = list(services)
    return Unit(
        name=SHARED_UNIT,
        services=names,
        routes={name: service.prefix for name, service in services.items() if service.prefix},
        own_image=False,
        command=_app_command(app),
        cpu=app.cpu,
        memory=app.memory,
        scaling=app.scaling,
        env=_united("env", [(APP, app.env), *((f"{path}.{n}", s.env) for n, s in services.items())]),
        secrets=_united("secrets", [(APP, app.secrets), *((f"{path}.{n}", s.secrets) for n, s in services.items())]),
        calls=sorted({called for s in services.values() for called in s.calls} - set(names)),
        notes=_notes_on_sharing(services, path),
    )


def own_unit(name: str, service: ServiceArgs, app: AppArgs) -> Unit:
    """One service alone; what it leaves out it takes from the app."""
    return Unit(
        name=name,
        services=[name],
        routes={name: service.prefix} if service.prefix else {},
        own_image=service.image is not None,
        command=service.command,
        cpu=_or(service.cpu, app.cpu),
        memory=_or(service.memory, app.memory),
        scaling=service.scaling or app.scaling,
        env={**app.env, **service.env},
        secrets={**app.secrets, **service.secrets},
        calls=service.calls,
    )


def _app_command(app: AppArgs) -> Optional[Sequence[Input[str]]]:
    """The app's command, or uvicorn with the time-outs that let a task leave without failing a request."""
    if app.asgi is None:
        return app.command
    draining = Draining(app.drain_seconds)
    return [
        "uvicorn",
        app.asgi,
        "--host=0.0.0.0",
        Output.concat("--port=", text(app.port)),
        f"--timeout-keep-alive={draining.keep_alive_seconds}",
        f"--timeout-graceful-shutdown={draining.graceful_shutdown_seconds}",
        "--no-server-header",
    ]


def _check_name(name: str, name_prefix: str, path: str, limits: Limits) -> None:
    longest = RULES[limits.longest_name].longest - RANDOM_SUFFIX - len(name_prefix) - limits.room_behind
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise UsageError(f"{path} is not a name for a service: lower-case letters, digits and hyphens")
    if len(name) > longest:
        raise UsageError(
            f"{path} is {len(name)} characters long; the name of a {limits.longest_name} leaves {longest} for it"
        )
    if name in limits.taken:
        raise UsageError(f"{path} has the name of {limits.taken_by}; give it another name")


def _check_size(cpu: Input[str], memory: Input[str], path: str, limits: Limits) -> None:
    if is_known(cpu) and is_known(memory):
        limits.check_size(str(cpu), str(memory), path)


def _or(own: Optional[Input[str]], apps: Input[str]) -> Input[str]:
    return apps if own is None else own


def _check_call(name: str, called: str, services: Services, path: str) -> None:
    where = f"{path}.{name}.calls"
    if called not in services:
        raise UsageError(f"{where} names {called}, which is not a service{nearest(called, services)}")
    if called == name:
        raise UsageError(f"{where} names the service itself; take it out")
    if services[called].prefix is None:
        raise UsageError(f"{where} names {called}, a worker without a prefix: there is nothing to call")


def _united(word: str, given: Sequence[tuple[str, Mapping[str, Input[str]]]]) -> dict[str, Input[str]]:
    """The variables of all who share a process; two values for one name are refused."""
    united: dict[str, Input[str]] = {}
    owner: dict[str, str] = {}
    for path, variables in given:
        for variable, value in variables.items():
            if variable in united and united[variable] != value:
                raise UsageError(
                    f"{path}.{word}.{variable} differs from that of {owner[variable]}, and they run in one process"
                    " here; give both the same value or other names"
                )
            united[variable], owner[variable] = value, path
    return united


def _notes_on_sharing(services: Services, path: str) -> list[str]:
    notes = []
    if len(services) > 1:
        notes.append(f"{', '.join(services)} run in one process, {SHARED_UNIT}, of the app's size and scaling")
    for name, service in services.items():
        unused = [word for word in ("cpu", "memory", "scaling") if getattr(service, word) is not None]
        notes += [f"{path}.{name}.{word} does not apply while it shares a process" for word in unused]
        inside = [called for called in service.calls if called in services]
        if inside:
            notes.append(f"{path}.{name}.calls: {', '.join(inside)} is called in the process; no URL is set")
    return notes
