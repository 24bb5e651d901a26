"""The application factory: settings in, a FastAPI app out, and nothing opened before the app starts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI

from sample_app.kit import health, problems
from sample_app.kit.context import Context
from sample_app.kit.database import Database
from sample_app.registry import select
from sample_app.settings import Settings


def create_app(settings: Settings | None = None, transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """The shop, or the part of it that `APP_SERVICES` selects.

    `transport` carries the calls to other services; a test gives one that ends in another app.
    """
    settings = settings or Settings()
    modules = select(settings.app_services, settings.urls)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(Database(settings.database_url.get_secret_value()))
            await database.create_tables(module.tables for module in modules)
            peers = {name: _peer(url, transport) for name, url in settings.urls.items()}
            for peer in peers.values():
                await stack.enter_async_context(peer)
            app.state.context = Context(database=database, peers=peers)
            yield

    # Without redirects of slashes: behind a load balancer that ends TLS they would lead from https to http.
    app = FastAPI(title="Shop", lifespan=lifespan, redirect_slashes=False, responses=problems.OPENAPI_RESPONSES)
    problems.install(app)
    app.include_router(health.router)
    for module in modules:
        app.include_router(module.router)
    return app


def _peer(url: str, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    # A connection that could not be opened has carried no request, so trying once more is always safe.
    return httpx.AsyncClient(base_url=url, transport=transport or httpx.AsyncHTTPTransport(retries=1))
