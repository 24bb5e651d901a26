"""The ways to run the shop that keep the contract. A new one is a function below and a row in `TOPOLOGIES`."""

import os
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from sample_app.app import create_app
from sample_app.registry import MODULES
from sample_app.settings import Settings
from tests.contract.server import Server
from tests.lambda_runtime import (
    ALB,
    FUNCTION_URL,
    HTTP_API,
    REST_API,
    Function,
    Gateway,
    Shape,
    adapter,
    image_function,
    zip_function,
)
from tests.lambda_runtime.function import LAMBDA as LAMBDAS_ENVIRONMENT
from tests.lambda_runtime.function import adapter_environment
from tests.lambda_runtime.gateway import CLIENT as GATEWAYS_CLIENT
from tests.lambda_runtime.runtime_api import RuntimeApi
from tests.pods.cluster import STACK, Cluster
from tests.pods.pod import Pod
from tests.proxy import DEFAULT_GROUP, ONE_GROUP, OWN_ADDRESS, Proxy, prefixes
from tests.proxy.split import environment
from tests.sample_app.support import sqlite
from tests.support.process import Process
from tests.support.recorded import stack_graph

NEEDS: Final = {
    "echo": "what the app saw (`ECHO=true`)",
    "live": "an answer that is still under way",
    "wire": "bytes that no client library would send",
    "servers": "the logs of the processes",
    "fresh": "processes that stop",
}
"""The fixtures that not every topology can give, and what they show."""

# Nobody's: a server without a proxy in front believes no forwarded header.
_NO_PROXY: Final = "192.0.2.1"
_CLIENT: Final = "127.0.0.1"
_TIMEOUT: Final = httpx.Timeout(30)


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A shop that runs, and how to reach it."""

    http: httpx.AsyncClient
    client: str | None = None
    """The address that the shop should see us at, if we know it."""
    servers: Mapping[str, Server | Pod | Function] = field(default_factory=dict)
    """What serves each prefix."""
    in_plain: str | None = None
    """The URL for bytes by hand, where `http` speaks for a front door that ends TLS."""

    @property
    def address(self) -> httpx.URL:
        """Where a connection of one's own leads to it."""
        return httpx.URL(self.in_plain) if self.in_plain else self.http.base_url


@dataclass(frozen=True, kw_only=True)
class Topology:
    """One way to run the shop."""

    name: str
    what: str
    start: Callable[[Path], AbstractAsyncContextManager[Deployment]]
    lacks: Mapping[str, str] = field(default_factory=dict)
    """Which of `NEEDS` it cannot give, and why."""
    real_tools: bool = False

    def __str__(self) -> str:
        return self.name

    def can(self, fixtures: Collection[str]) -> bool:
        """Whether a test with these fixtures runs here."""
        return self.lacks.keys().isdisjoint(fixtures)


@asynccontextmanager
async def _in_process(folder: Path) -> AsyncIterator[Deployment]:
    app = create_app(Settings(database_url=sqlite(folder / "shop.db"), echo=True))
    transport = httpx.ASGITransport(app, client=(_CLIENT, 50000))
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://shop") as http:
        yield Deployment(http=http, client=_CLIENT)


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[Deployment]:
    with Server(folder / "shop", {"FORWARDED_ALLOW_IPS": _NO_PROXY}) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=_TIMEOUT) as http:
            yield Deployment(http=http, client=_CLIENT, servers=dict.fromkeys(MODULES, server))


@asynccontextmanager
async def _behind_proxy(folder: Path, *, split: bool) -> AsyncIterator[Deployment]:
    async with AsyncExitStack() as stack:
        listener = prefixes(MODULES) if split else ONE_GROUP
        proxy = stack.enter_context(Proxy(folder / "proxy", listener=listener))
        settings = (
            {service: environment(service, 0, proxy.url, folder) for service in MODULES}
            if split
            else {DEFAULT_GROUP: {"FORWARDED_ALLOW_IPS": OWN_ADDRESS}}
        )
        servers = {}
        for group, told in settings.items():
            server = Server(folder / group, told, before_stop=partial(proxy.deregister, group))
            servers[group] = stack.enter_context(server)
            proxy.register(group, server.port)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=proxy.url, timeout=_TIMEOUT))
        of_prefixes = servers if split else dict.fromkeys(MODULES, servers[DEFAULT_GROUP])
        yield Deployment(http=http, client=_CLIENT, servers=of_prefixes)


class _FrontDoor(httpx.AsyncHTTPTransport):
    """Ends TLS, as CloudFront does: what a client says to it over https it says to the load balancer over http."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http")
        return await super().handle_async_request(request)


@asynccontextmanager
async def _microservices(folder: Path) -> AsyncIterator[Deployment]:
    with Cluster(folder, stack_graph(STACK), settings={"ECHO": "true"}) as cluster:
        url = httpx.URL(cluster.url)
        servers = {pod.workload.environment["APP_SERVICES"]: pod for pod in cluster.pods.values()}
        async with httpx.AsyncClient(
            base_url=url.copy_with(scheme="https"), transport=_FrontDoor(), timeout=_TIMEOUT
        ) as http:
            yield Deployment(http=http, client=_CLIENT, servers=servers, in_plain=cluster.url)


@asynccontextmanager
async def _on_lambda(
    folder: Path, *, start: Callable[..., Function], shape: Shape, stage: str = ""
) -> AsyncIterator[Deployment]:
    async with AsyncExitStack() as stack:
        function = stack.enter_context(start(folder / "function", {"ROOT_PATH": stage}))
        gateway = stack.enter_context(Gateway(shape, function.invoke, below=stage))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=gateway.url, timeout=_TIMEOUT))
        yield Deployment(http=http, client=GATEWAYS_CLIENT, servers=dict.fromkeys(MODULES, function))


@asynccontextmanager
async def _streaming(folder: Path) -> AsyncIterator[Deployment]:
    async with AsyncExitStack() as stack:
        server = stack.enter_context(Server(folder / "server", {}))
        runtime_api = stack.enter_context(RuntimeApi())
        told = {
            **LAMBDAS_ENVIRONMENT,
            **adapter_environment(server.port, streaming=True),
            "AWS_LAMBDA_RUNTIME_API": runtime_api.address,
        }
        stack.enter_context(Process(folder / "adapter", [str(adapter())], {**os.environ, **told}))
        gateway = stack.enter_context(Gateway(FUNCTION_URL, runtime_api.invoke))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=gateway.url, timeout=_TIMEOUT))
        yield Deployment(http=http, client=GATEWAYS_CLIENT, servers=dict.fromkeys(MODULES, server))


@asynccontextmanager
async def _given(_: Path, *, url: str) -> AsyncIterator[Deployment]:
    async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT) as http:
        yield Deployment(http=http)


IN_PROCESS: Final = Topology(
    name="in-process",
    what="the ASGI app, called by the test",
    start=_in_process,
    lacks={
        "live": "the test's client collects what it gets in process",
        "wire": "no socket",
        "servers": "it is the test's process",
        "fresh": "the same",
    },
)
SERVER: Final = Topology(name="server", what="one process, `python -m sample_app.entrypoints.serve`", start=_server)
PROXIED: Final = Topology(
    name="proxied",
    what="one process behind a proxy with the habits of an Application Load Balancer (real HAProxy)",
    start=partial(_behind_proxy, split=False),
    real_tools=True,
)
SPLIT: Final = Topology(
    name="split",
    what="one process a module, a database each, behind that proxy, through which they call each other",
    start=partial(_behind_proxy, split=True),
    real_tools=True,
)
MICROSERVICES: Final = Topology(
    name="microservices",
    what="a process for each Deployment of the recorded microservices stack, with its command and environment, behind "
    "that proxy with the rules of its listener; they call each other by the names of their Services",
    start=_microservices,
    real_tools=True,
)
_ONE_CONTAINER: Final = {
    "wire": "what reaches a function has passed an AWS service, which no server here stands for",
    "fresh": "Lambda stops a container that is idle, never one that answers",
}


def _lambda(name: str, what: str, start: Callable[..., Function], shape: Shape, stage: str = "") -> Topology:
    return Topology(
        name=name,
        what=f"{what} (Lambda's own emulator)",
        start=partial(_on_lambda, start=start, shape=shape, stage=stage),
        lacks=_ONE_CONTAINER,
        real_tools=True,
    )


LAMBDA: Final = (
    _lambda("lambda-http-api", "the image with the Lambda Web Adapter, behind an HTTP API", image_function, HTTP_API),
    _lambda(
        "lambda-rest-api", "the same, behind a REST API with its stage in the URL", image_function, REST_API, "/live"
    ),
    _lambda("lambda-alb", "the same, behind a load balancer", image_function, ALB),
    _lambda("lambda-function-url", "the same, behind a function URL", image_function, FUNCTION_URL),
    _lambda("lambda-zip", "the zip's handler on AWS's client for Python, behind an HTTP API", zip_function, HTTP_API),
)
STREAM: Final = Topology(
    name="lambda-stream",
    what="the image with the adapter, behind a function URL that streams (a Runtime API that passes on what comes)",
    start=_streaming,
    lacks=_ONE_CONTAINER,
    real_tools=True,
)
TOPOLOGIES: Final = (IN_PROCESS, SERVER, PROXIED, SPLIT, MICROSERVICES, *LAMBDA, STREAM)


def given(url: str, like: str) -> Topology:
    """A shop that runs already, anywhere, with the known differences of the topology called `like`."""
    ours = "its processes are not ours"
    return Topology(name=like, what=url, start=partial(_given, url=url), lacks={"servers": ours, "fresh": ours})
