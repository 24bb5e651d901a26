"""Lambda's own words: what only this runtime understands."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Optional

from pulumi import Input

from fastapi_on_aws.args import Defaulted, arg, at_most, between, each, given, matching, not_empty
from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.ports import OF_THE_APP
from fastapi_on_aws.retention import RETENTION_DAYS
from fastapi_on_aws.rollouts.limits import LONGEST_TIMEOUT_SECONDS
from fastapi_on_aws.serverless.alarms_args import AlarmsArgs
from fastapi_on_aws.serverless.api_args import ApiArgs
from fastapi_on_aws.serverless.concurrency_args import ProvisionedArgs
from fastapi_on_aws.serverless.limits import MOST_LAYERS, SNAP_START_TMP_MB, has_snapshots
from fastapi_on_aws.serverless.rollout_args import RolloutArgs, check_rollout

_LAYER: Final = matching(
    r"arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:layer:[A-Za-z0-9_-]{1,64}:[0-9]+",
    "must be the ARN of a layer's version, such as arn:aws:lambda:…:layer:tools:3",
)
_ACCESS_POINT: Final = matching(
    r"arn:aws:elasticfilesystem:[a-z0-9-]+:[0-9]{12}:access-point/fsap-[0-9a-f]+",
    "must be the ARN of an EFS access point",
)
TIMEOUT_SECONDS: Final = between(1, LONGEST_TIMEOUT_SECONDS)
TMP_MB: Final = between(512, 10240)


class Package(StrEnum):
    """What a function is made of."""

    IMAGE = "image"
    """The image that every architecture runs."""
    ZIP = "zip"
    """A zip file of wheels and code, on AWS's own Python: the shortest cold starts, with SnapStart."""


class Functions(StrEnum):
    """How an app becomes functions."""

    ONE = "one"
    """One serves all services, but those with a command or image of their own."""
    PER_SERVICE = "per_service"
    """One for each service; the API sends them requests by prefix."""


@dataclass(frozen=True, kw_only=True)
class ZipArgs:
    """What is in the zip file, and where it starts. It is built by pip, without Docker."""

    handler: Optional[str] = arg(
        matching(r"[A-Za-z_][\w.]*\.[A-Za-z_]\w*", "must be module.function, such as shop.lambda_handler.handler"),
        default=None,
    )
    """Function that AWS calls, such as `shop.lambda_handler.handler`. Needed, unless it is the sample app. Default:
    none."""

    requirements: Defaulted[str] = arg(not_empty(), default="requirements.txt")
    """Pinned requirements, relative to Pulumi.yaml; wheels alone. Default: `requirements.txt`, or the sample app's."""

    include: Defaulted[Sequence[str]] = arg(factory=list)
    """Folders and files of code, relative to Pulumi.yaml. Default: the folder of the handler's first name."""

    exclude: Defaulted[Sequence[str]] = arg(factory=list)
    """Packages of the requirements that stay out, such as `boto3`, which Lambda has. Default: none."""

    python: Defaulted[str] = arg(
        matching(r"3\.[0-9]{1,2}", 'must be a version such as "3.13", in quotes'), default="3.13"
    )
    """Version of AWS's Python. Default: 3.13."""


@dataclass(frozen=True, kw_only=True)
class EfsArgs:
    """A file system that all copies share. The functions then stand in the network's private subnets."""

    access_point_arn: Input[str] = arg(_ACCESS_POINT)
    """ARN of the access point. Its mount targets must let the functions' security group in, on port 2049."""

    mount_path: Defaulted[str] = arg(
        matching(r"/mnt/[A-Za-z0-9_.-]{1,155}", "must be a path below /mnt, such as /mnt/data"), default="/mnt/data"
    )
    """Where it is seen. Default: `/mnt/data`."""


@dataclass(frozen=True, kw_only=True)
class TracingArgs:
    """Who is told how long each part of a request took."""

    xray: Defaulted[bool] = False
    """AWS X-Ray, by Lambda itself. Default: false; $5 a million traces."""

    otlp_endpoint: Optional[Input[str]] = arg(
        matching(r"https?://[^\s]+", "must be the URL of an OTLP endpoint"), default=None
    )
    """An OpenTelemetry collector, told to the app as `OTEL_EXPORTER_OTLP_ENDPOINT`. Default: none."""


@dataclass(frozen=True, kw_only=True)
class LambdaArgs:
    """Settings of AWS Lambda; they lie unused while another runtime is chosen."""

    package: Defaulted[Package] = Package.IMAGE
    """`image` or `zip`. Default: `image`."""

    zip: Optional[ZipArgs] = None
    """What is in the zip file. Only with `package: zip`. Default: none."""

    functions: Defaulted[Functions] = Functions.ONE
    """`one` or `per_service`. Default: `one`."""

    api: Defaulted[ApiArgs] = arg(factory=ApiArgs)
    """The way in."""

    timeout_seconds: Defaulted[int] = arg(TIMEOUT_SECONDS, default=29)
    """How long a request may take. Default: 29, a second less than an HTTP API waits."""

    ephemeral_storage_mb: Defaulted[int] = arg(TMP_MB, default=512)
    """Size of `/tmp`, the one place that can be written to. Default: 512, which costs nothing."""

    snap_start: Optional[bool] = None
    """Whether copies start from a snapshot of an initialised one. Default: true for a zip, unless something here rules
    it out; an image cannot."""

    reserved_concurrency: Optional[int] = arg(between(0, 100_000), default=None)
    """Most copies of each function, kept free for it from what the account may run. Default: no bound of its own."""

    provisioned: Optional[ProvisionedArgs] = None
    """Copies that wait for requests. Default: none."""

    allow_background_tasks: Defaulted[bool] = False
    """Whether routes may leave work for after the answer, when Lambda stands still: it is done with a later request, or
    never. Default: false; routes that would are refused."""

    layers: Defaulted[Sequence[Input[str]]] = arg(at_most(MOST_LAYERS), each(_LAYER), factory=list)
    """ARNs of layers for a zip. Default: none."""

    vpc: Defaulted[bool] = False
    """Whether functions stand in the network's private subnets, to reach what is in them. Default: false."""

    efs: Optional[EfsArgs] = None
    """A file system that all copies share. Default: none."""

    tracing: Defaulted[TracingArgs] = arg(factory=TracingArgs)
    """Default: none."""

    alarms: Defaulted[AlarmsArgs] = arg(factory=AlarmsArgs)
    """When functions are not well. Default: alarms that tell nobody."""

    rollout: Defaulted[RolloutArgs] = arg(factory=RolloutArgs)
    """How requests move to a new version. Default: all at once."""

    log_retention_days: Defaulted[int] = arg(RETENTION_DAYS, default=30)
    """How long logs are kept. Default: 30."""

    @property
    def in_network(self) -> bool:
        """Whether functions stand in a network."""
        return self.vpc or self.efs is not None

    @property
    def starts_from_snapshot(self) -> bool:
        """What `snap_start` says, or where nothing rules it out."""
        if self.snap_start is not None:
            return self.snap_start
        return self.package is Package.ZIP and not self._rules_out_snapshots()

    @property
    def is_rolled_out(self) -> bool:
        """Whether a small function sees each new version through: moves requests to it, or waits for its snapshot."""
        return self.rollout.shifts or self.starts_from_snapshot

    @classmethod
    def elsewhere(cls, word: str) -> Optional[str]:
        """Where a word of the app is."""
        return OF_THE_APP.get(word)

    def check_together(self, path: str) -> None:
        """What AWS does not take at the same time."""
        self._check_package(path)
        self._check_snap_start(path)
        self._check_concurrency(path)
        check_rollout(self.rollout, provisioned=self.provisioned is not None, path=path)
        if self.rollout.shifts and not self.alarms.enabled:
            raise UsageError(
                f"{path}.rollout.kind is {self.rollout.kind}, and {path}.alarms.enabled is false: nothing would stop a"
                " bad version; set it to true, or take the rollout out"
            )

    def _check_package(self, path: str) -> None:
        if self.package is Package.ZIP:
            return
        for word in given(self):
            if word in ("zip", "layers"):
                raise UsageError(
                    f"{path}.{word} is of a zip, and {path}.package is image; put it into the image, or set"
                    f" {path}.package to zip"
                )

    def _check_snap_start(self, path: str) -> None:
        if not self.snap_start:
            return
        if self.package is Package.IMAGE:
            raise UsageError(f"{path}.snap_start is true, and an image cannot; set {path}.package to zip")
        for reason in self._rules_out_snapshots():
            raise UsageError(f"{path}.snap_start is true, and Lambda has it not with {reason}; take one of them out")

    def _rules_out_snapshots(self) -> list[str]:
        """Source: AWS Lambda developer guide, "Improving startup performance with Lambda SnapStart"."""
        reasons = ["provisioned concurrency"] if self.provisioned else []
        reasons += ["a file system (efs)"] if self.efs else []
        python = (self.zip or ZipArgs()).python
        reasons += [] if has_snapshots(python) else [f"Python {python}, which is older than 3.12"]
        too_much = self.ephemeral_storage_mb > SNAP_START_TMP_MB
        return reasons + ([f"more than {SNAP_START_TMP_MB} MB of /tmp (ephemeral_storage_mb)"] if too_much else [])

    def _check_concurrency(self, path: str) -> None:
        reserved, provisioned = self.reserved_concurrency, self.provisioned
        if reserved is None or provisioned is None:
            return
        most = max([provisioned.most, *(schedule.max for schedule in provisioned.schedule.values())])
        if reserved < most:
            raise UsageError(
                f"{path}.reserved_concurrency is {reserved}, less than the {most} copies of {path}.provisioned, which"
                " are among them; raise the first or lower the second"
            )
