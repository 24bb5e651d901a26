"""The application factory: settings in, a FastAPI app out, and nothing opened before the app starts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI

from sample_app.kit import health, problems, telemetry
from sample_app.kit.body_limit import BodyLimit
from sample_app.kit.context import Context
from sample_app.kit.database import Database
from sample_app.kit.docs import docs_router
from sample_app.kit.echo import echo_router
from sample_app.kit.forwarded import PublicScheme, RootPath
from sample_app.kit.front_door import FrontDoor
from sample_app.kit.lambda_events import FailedEvents
from sample_app.kit.logs import AccessLog
from sample_app.kit.migrations import newest, upgrade
from sample_app.kit.problems import LastResort
from sample_app.kit.request_id import RequestId
from sample_app.registry import Module, select
from sample_app.settings import Settings

if TYPE_CHECKING:
    import httpx

TITLE, VERSION = "Shop", "1.0.0"
# A tag URI (RFC 4151): it identifies a kind of problem and promises no page.
PROBLEM_TYPES: Final = "tag:shop.example,2026:"


def create_app(settings: Settings | None = None, transport: "httpx.AsyncBaseTransport | None" = None) -> FastAPI:
    """The shop, or the part of it that `APP_SERVICES` selects.

    `transport` carries the calls to other services; a test gives one that ends in another app. Raises `SelectionError`
    for modules that cannot work together, `MigrationError` for one whose tables no migration makes, and without
    `settings` what `Settings` raises: `ValidationError` and `SecretError`.
    """
    settings = settings or Settings()
    modules = select(settings.app_services, settings.urls)
    for module in modules:
        newest(module)  # The start fails without it, not each probe.

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(Database(settings.database_url.get_secret_value()))
            if settings.migrates_at_start:
                await upgrade(database, modules)
            peers = await _peers(settings, transport, stack)
            app.state.context = Context(database=database, modules=modules, peers=peers)
            yield

    app = FastAPI(
        title=TITLE,
        version=VERSION,
        lifespan=lifespan,
        # Behind a load balancer that ends TLS such a redirect would lead from https to http.
        redirect_slashes=False,
        responses=problems.OPENAPI_RESPONSES,
        telemetry=telemetry.CONFIG,
    )
    problems.install(app, PROBLEM_TYPES)
    _add_routes(app, modules, settings)
    add_middleware(app, settings)
    return app


async def _peers(
    settings: Settings, transport: "httpx.AsyncBaseTransport | None", stack: AsyncExitStack
) -> dict[str, "httpx.AsyncClient"]:
    """A client of each module that another process serves. A process that calls none loads no HTTP client."""
    if not settings.urls:
        return {}
    from sample_app.kit.peers import peer  # noqa: PLC0415  # a fifth of the start-up

    peers = {name: peer(url, transport) for name, url in settings.urls.items()}
    for client in peers.values():
        telemetry.trace_calls(client)
        await stack.enter_async_context(client)
    return peers


def _add_routes(app: FastAPI, modules: Sequence[Module], settings: Settings) -> None:
    app.include_router(health.router)
    for module in modules:
        app.include_router(docs_router(TITLE, VERSION, module.router))
        if settings.echo:
            app.include_router(echo_router(module.router.prefix))
        app.include_router(module.router)


def add_middleware(app: FastAPI, settings: Settings) -> None:
    """From the inside out: the last one sees a request first, and an answer last."""
    if settings.root_path:
        app.add_middleware(RootPath, path=settings.root_path)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    app.add_middleware(LastResort)
    app.add_middleware(AccessLog)
    app.add_middleware(RequestId)
    if settings.public_scheme:
        app.add_middleware(PublicScheme, scheme=settings.public_scheme)
    if settings.front_door:
        app.add_middleware(FrontDoor, host=settings.front_door)
    if settings.aws_lambda_function_name:
        app.add_middleware(FailedEvents)
