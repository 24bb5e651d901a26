"""What runs together: services that share a process, and those that run alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Optional

from pulumi import Input, Output

from fastapi_on_aws.coerce import join
from fastapi_on_aws.component import text
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.patterns.unit import SHARED_UNIT, Limits, Unit
from fastapi_on_aws.patterns.unit_checks import (
    check_one_receives_the_rest,
    check_services,
    check_size,
    check_variables,
)
from fastapi_on_aws.references import ImageRef
from fastapi_on_aws.service import AppArgs, ImageArgs, ServiceArgs, Services

APP: Final = "app"

DEFAULT_SERVICES: Final[Services] = {APP: ServiceArgs(prefix="/")}


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
    check_size(app.cpu, app.memory, join(path, "app"), limits)
    check_services(given, app, f"{name}-", where, limits)
    apart = {service: s for service, s in given.items() if alone(s)}
    together = {service: s for service, s in given.items() if service not in apart}
    if together and SHARED_UNIT in apart:
        raise UsageError(f"{where}.{SHARED_UNIT} is the name of what the other services share; give it another name")
    units = [own_unit(service, s, app) for service, s in apart.items()]
    if together:
        units.append(shared_unit(app, together, where))
    check_one_receives_the_rest(units, where)
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


def shared_unit(app: AppArgs, services: Services, path: str) -> Unit:
    """All these services in one process, of the app's size."""
    names = list(services)
    return Unit(
        name=SHARED_UNIT,
        services=names,
        routes={name: service.prefix for name, service in services.items() if service.prefix},
        own_image=False,
        command=app_command(app),
        cpu=app.cpu,
        memory=app.memory,
        scaling=app.scaling,
        env=_united("env", [(APP, app.env), *((f"{path}.{n}", s.env) for n, s in services.items())]),
        secrets=_united("secrets", [(APP, app.secrets), *((f"{path}.{n}", s.secrets) for n, s in services.items())]),
        calls=sorted({called for s in services.values() for called in s.calls} - set(names)),
        notes=_notes_on_sharing(services),
        shared=True,
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


def app_command(app: AppArgs) -> Optional[Sequence[Input[str]]]:
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


def _or(own: Optional[Input[str]], apps: Input[str]) -> Input[str]:
    return apps if own is None else own


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


def _notes_on_sharing(services: Services) -> list[str]:
    notes = []
    if len(services) > 1:
        notes.append(f"{', '.join(services)} run in one process, {SHARED_UNIT}, of the app's size and scaling")
    for name, service in services.items():
        unused = [word for word in ("cpu", "memory", "scaling") if getattr(service, word) is not None]
        notes += [f"services.{name}.{word} does not apply while it shares a process" for word in unused]
        inside = [called for called in service.calls if called in services]
        if inside:
            notes.append(f"services.{name}.calls: {', '.join(inside)} is called in the process; no URL is set")
    return notes
