"""The description of an app that every runtime reads: how it is built and served, and where it can be split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.args import Defaulted, arg, between, given, matching, not_empty
from fastapi_on_aws.coerce import is_known
from fastapi_on_aws.draining import LONGEST_DRAIN_SECONDS
from fastapi_on_aws.environment import APP_SERVICES, PORT, check_environment, looks_like_secret
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ports import PORTS
from fastapi_on_aws.references import Architecture, ImageRef, check_image_uri

_ABSOLUTE_PATH: Final = matching(
    r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,1023}",
    "must be a path that starts with a slash, such as /livez: up to 1024 characters that an URL can have",
)
UNPRIVILEGED_PORT: Final = between(1024, 65535)
DRAIN_SECONDS: Final = between(1, LONGEST_DRAIN_SECONDS)
_PREFIX: Final = r"/|(?=.{2,120}$)(/(?!\.+(/|$))[A-Za-z0-9._~-]+)+"
_ASGI_TARGET: Final = r"[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_.]*"
_PERCENT: Final = between(10, 95)
_SIZE: Final = matching(r"[0-9]{1,6}(\.[0-9]{1,4})? *[KMG]B", "must be a size such as '20 MB'")


def check_command(command: Optional[Sequence[Input[str]]], path: str) -> None:
    """Refuse a secret in plain text; a shell may name a variable that holds one."""
    for word in command or ():
        if is_known(word) and "$" not in str(word) and looks_like_secret("", word):
            raise UsageError(
                f"{path}.command holds what looks like a secret, and is readable in the console and the state;"
                f" put its ARN under {path}.secrets, and let the program read that variable"
            )


@dataclass(frozen=True, kw_only=True)
class ImageArgs:
    """An image to build and push, or the URI of one that CI has pushed."""

    context: Optional[str] = None
    """Build context, relative to Pulumi.yaml. Default: the folder of Pulumi.yaml."""

    dockerfile: Optional[str] = None
    """Dockerfile, relative to Pulumi.yaml. Default: `Dockerfile` in the context."""

    target: Optional[str] = None
    """Build stage to stop at. Default: the last one."""

    build_args: Defaulted[Mapping[str, str]] = arg(factory=dict)
    """Values of the Dockerfile's `ARG`s. They are readable in the image: no secrets. Default: none."""

    uri: Optional[Input[str]] = None
    """An image that exists, by digest (`…@sha256:…`) or by a tag that never moves; then nothing is built here. Default:
    none."""

    architecture: Optional[Architecture] = None
    """`arm64` or `amd64`. Default: `arm64`; must be said for a `uri`."""

    build: Defaulted[bool] = True
    """Whether to build it. False keeps the repository, while nothing runs what is in it. Default: true."""

    force_delete: Defaulted[bool] = True
    """Whether the images built here go when their repository is destroyed. Default: true; they can be built again."""

    def check_together(self, path: str) -> None:
        """Build it or name it, without a secret in it."""
        for name, value in self.build_args.items():
            if looks_like_secret(name, value):
                raise UsageError(
                    f"{path}.build_args.{name} looks like a secret, and is readable in the image; leave it out"
                )
        if self.uri is None:
            return
        extra = given(self, but=("uri", "architecture"))
        if extra:
            raise UsageError(f"{path} has both uri and {extra[0]}: a uri is built elsewhere, so take one of them out")
        if self.architecture is None:
            raise UsageError(f"{path}.architecture is missing: say arm64 or amd64, since a uri does not tell")
        check_image_uri(self.uri, f"{path}.uri")

    @property
    def ref(self) -> Optional[ImageRef]:
        """The image that exists, or None for one to build."""
        return ImageRef(uri=self.uri, architecture=self.architecture or Architecture.ARM64) if self.uri else None


@dataclass(frozen=True, kw_only=True)
class HealthArgs:
    """Where the app says how it is. Every runtime asks at these paths and no others."""

    live: Defaulted[str] = arg(_ABSOLUTE_PATH, default="/livez")
    """Answers 2xx while the process works. It must not look at a database: what fails here is killed. Default:
    `/livez`."""

    ready: Defaulted[str] = arg(_ABSOLUTE_PATH, default="/readyz")
    """Answers 2xx while requests can be served. It may look at a database. Default: `/readyz`."""

    start_seconds: Defaulted[int] = arg(between(10, 300), default=60)
    """How long a new copy may take until it is ready; until then no failing check stops it. Default: 60."""


@dataclass(frozen=True, kw_only=True)
class ScalingArgs:
    """How many copies run. With `min` equal to `max` nothing scales."""

    min: Defaulted[int] = arg(between(0, 5000), default=2)
    """Fewest copies. Default: 2, so that one zone can fail."""

    max: Defaulted[int] = arg(between(1, 5000), default=10)
    """Most copies. Default: 10."""

    cpu: Defaulted[Input[int]] = arg(_PERCENT, default=60)
    """Mean CPU use to hold, in percent. Default: 60."""

    memory: Optional[Input[int]] = arg(_PERCENT, default=None)
    """Mean memory use to hold, in percent. Default: memory does not scale."""

    def check_together(self, path: str) -> None:
        """The bounds are in order."""
        if self.min > self.max:
            raise UsageError(f"{path}.min is {self.min}, more than {path}.max, {self.max}")


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """One seam of the app: a part that can run on its own.

    What it leaves out it takes from the app. In an architecture where it shares a unit with others, its own size does
    not apply, and the plan says so.
    """

    prefix: Optional[str] = arg(
        matching(
            _PREFIX,
            "must be a path such as /orders: letters, digits, slashes and . _ ~ -, up to 120, no part of dots alone,"
            " without a slash at its end",
        ),
        default=None,
    )
    """Path prefix of its routes. It is never stripped. Without one it is a worker, which needs a `command`. Default:
    none."""

    command: Optional[Sequence[Input[str]]] = arg(not_empty(), default=None)
    """Command instead of the app's. A service with a command of its own is always a unit of its own. Default: none."""

    image: Optional[ImageArgs] = None
    """Image instead of the app's. A service with an image of its own is always a unit of its own. Default: none."""

    cpu: Optional[Input[str]] = None
    """Such as `0.25 vCPU`. Default: the app's."""

    memory: Optional[Input[str]] = None
    """Such as `512 MB`. Default: the app's."""

    scaling: Optional[ScalingArgs] = None
    """Default: the app's."""

    env: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variables, beside the app's. Default: none."""

    secrets: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variable -> ARN of a Secrets Manager secret or SSM parameter, beside the app's. Default: none."""

    calls: Defaulted[Sequence[str]] = arg(factory=list)
    """Services that it calls. Each becomes `<NAME>_URL`, a base URL, wherever the other runs as another unit. Default:
    none."""

    def check_together(self, path: str) -> None:
        """A worker has a command, and nothing in the environment is a secret."""
        if self.prefix is None and self.command is None:
            raise UsageError(f"{path} has neither prefix nor command: give a prefix to serve, or a command to work")
        check_command(self.command, path)
        check_environment(self.env, self.secrets, path, reserved=(PORT, APP_SERVICES))


@dataclass(frozen=True, kw_only=True)
class AppArgs:
    """A FastAPI app, any one."""

    image: Defaulted[ImageArgs] = arg(factory=ImageArgs)
    """What to build, or what CI has built. Default: the Dockerfile beside Pulumi.yaml."""

    asgi: Optional[Input[str]] = arg(
        matching(_ASGI_TARGET, "must be module:attribute, such as shop.main:app"),
        default=None,
    )
    """ASGI app for uvicorn, which gets the time-outs that follow from `drain_seconds`. Default: the image's command."""

    command: Optional[Sequence[Input[str]]] = arg(not_empty(), default=None)
    """Command instead of `asgi`. It must keep idle connections longer than the load balancer does: 60 s, or
    `drain_seconds` if that is more. Default: none."""

    port: Defaulted[Input[int]] = arg(UNPRIVILEGED_PORT, default=8000)
    """Where the app listens; the app is told in `PORT`. Not below 1024: the container does not run as root. Default:
    8000."""

    egress_ports: Defaulted[Sequence[int]] = arg(PORTS, factory=lambda: [443])
    """TCP ports on which it may reach anywhere, such as `[443, 5432]` with a database. Default: 443, which AWS's own
    services need."""

    health: Defaulted[HealthArgs] = arg(factory=HealthArgs)
    """Where the app says how it is."""

    cpu: Defaulted[Input[str]] = "0.5 vCPU"
    """Size of the monolith, and of each service on its own unless it says otherwise. Default: `0.5 vCPU`."""

    memory: Defaulted[Input[str]] = "1 GB"
    """Memory beside it; Fargate offers certain pairs. Default: `1 GB`."""

    scaling: Defaulted[ScalingArgs] = arg(factory=ScalingArgs)
    """How many copies run."""

    drain_seconds: Defaulted[int] = arg(DRAIN_SECONDS, default=20)
    """How long the longest request may take while its copy is replaced. All time-outs follow from it. Default: 20."""

    streaming: Defaulted[bool] = False
    """Whether clients need an answer piece by piece, while it is made (server-sent events). Default: false."""

    websockets: Defaulted[bool] = False
    """Whether it has WebSocket routes. Default: false."""

    largest_request: Optional[str] = arg(_SIZE, default=None)
    """Size of the largest request body, such as `20 MB`, to be held against what a runtime takes. Default: not said."""

    largest_response: Optional[str] = arg(_SIZE, default=None)
    """Size of the largest response body. Default: not said."""

    env: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variables. Values that look like secrets are refused. Default: none."""

    secrets: Defaulted[Mapping[str, Input[str]]] = arg(factory=dict)
    """Environment variable -> ARN of a Secrets Manager secret or SSM parameter, which the runtime resolves. Default:
    none."""

    def check_together(self, path: str) -> None:
        """One way to start it, and nothing in the environment is a secret."""
        if self.asgi is not None and self.command is not None:
            raise UsageError(f"{path} has both asgi and command: asgi writes the command, so take one of them out")
        check_command(self.command, path)
        check_environment(self.env, self.secrets, path, reserved=(PORT, APP_SERVICES))


Services = Mapping[str, ServiceArgs]
