"""Cold starts of the sample app over the bare one, and its entry point over Mangum's own, on Lambda's emulator.

Each app runs with the wheels of its requirements and nothing else, as in its package or image. CPU time counts: the
wall time of a start differs more between two runs than between two apps.
"""

import compileall
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final

from rich.console import Console

from benchmarks.processes import ROOT, CannotMeasureError
from benchmarks.report import Row, seconds
from fastapi_on_aws import UsageError
from fastapi_on_aws.packaging import PackageSource, build_package
from tests.contract.server import COMMAND
from tests.engine.toolchain.build import BuildError
from tests.lambda_runtime.function import HANDLER, Function, adapter_environment
from tests.lambda_runtime.toolchain import adapter
from tests.sample_app.support import sqlite
from tests.support.process import free_port

ROUNDS: Final = 15
WARM_REQUESTS: Final = 200
COLD_AIM: Final = 1.15
WARM_AIM: Final = 1.3
_RUNTIME_CLIENT: Final = ("awslambdaric", "simplejson", "snapshot_restore_py", "runtime_client")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_MACHINES: Final = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class App:
    """One way to answer."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    mark: str
    """A word in the command line of the process that is measured."""


@dataclass(frozen=True)
class Run:
    """One container."""

    cold_cpu_seconds: float
    warm_seconds: float


def measure(console: Console) -> list[Row]:
    """Rows for the table of ratios."""
    try:
        return _measure(console)
    except (UsageError, BuildError, AssertionError) as error:
        raise CannotMeasureError(str(error).splitlines()[0]) from error


def _measure(console: Console) -> list[Row]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        apps = _apps(folder)
        runs: dict[str, list[Run]] = {app.name: [] for app in apps}
        for _ in range(ROUNDS):
            for app in random.sample(apps, len(apps)):
                runs[app.name].append(_run(app, folder / f"run-{time.monotonic_ns()}"))
    for name, each in runs.items():
        cold = sorted(run.cold_cpu_seconds for run in each)
        # The middle half of the starts: one of them alone can differ by half.
        middle = f"{seconds(cold[len(cold) // 4])} to {seconds(cold[-1 - len(cold) // 4])}"
        console.print(f"{name}: cold {seconds(median(cold))} CPU, half of the starts {middle}")
    return [
        _row("sample app / bare FastAPI, cold start of a zip", "cold_cpu_seconds", runs, ("zip", "bare zip"), COLD_AIM),
        _row("… of an image behind the adapter", "cold_cpu_seconds", runs, ("image", "bare image"), COLD_AIM),
        _row("our handler / Mangum's own, a warm request", "warm_seconds", runs, ("zip", "mangum"), WARM_AIM),
    ]


def _row(what: str, field: str, runs: Mapping[str, list[Run]], sides: tuple[str, str], aim: float) -> Row:
    first, second = ([getattr(run, field) for run in runs[side]] for side in sides)
    ratio = median(a / b for a, b in zip(first, second, strict=True))
    return Row.at_most(what, seconds(median(first)), seconds(median(second)), ratio, aim=aim, n=ROUNDS)


def _apps(folder: Path) -> list[App]:
    zipped, image = (
        _unpacked(folder / "zip", "requirements/lambda.txt"),
        _unpacked(folder / "image", "requirements/app.txt"),
    )
    compileall.compile_dir(image, quiet=2)  # as the Dockerfile does; a zip has no compiled files
    told = {"DATABASE_URL": sqlite(folder / "shop.db").get_secret_value(), "MIGRATE_AT_START": "false"}
    (folder / "mangum_handler.py").write_text(
        "from mangum import Mangum\n"
        "from sample_app.entrypoints.asgi import app\n"
        "handler = Mangum(app, lifespan='off')\n"
    )
    apps = []
    for name, handler in (
        ("zip", HANDLER),
        ("bare zip", "benchmarks.bare_handler.handler"),
        ("mangum", "mangum_handler.handler"),
    ):
        path = os.pathsep.join(map(str, (zipped, folder)))
        runtime = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.13"}
        command = [sys.executable, "-S", "-m", "awslambdaric", handler]
        apps.append(App(name, command, {**told, **runtime, "PYTHONPATH": path}, handler))
    for name, *served in (("image", *COMMAND), ("bare image", "uvicorn", "benchmarks.bare_app:app")):
        port = free_port()
        # The emulator would take options for its own.
        told_server = {"PORT": str(port), "UVICORN_PORT": str(port), "UVICORN_LOG_LEVEL": "warning"}
        # What both answer alike, without work.
        ready = {"AWS_LWA_READINESS_CHECK_PATH": "/nothing", "AWS_LWA_READINESS_CHECK_HEALTHY_STATUS": "404"}
        beside = ["sh", "-c", f'{adapter()} & exec "$@"', "sh", sys.executable, "-S", "-m", *served]
        environment = {**told, **adapter_environment(port), **ready, **told_server, "PYTHONPATH": str(image)}
        apps.append(App(name, beside, environment, served[-1]))
    return apps


def _unpacked(folder: Path, requirements: str) -> Path:
    """The code, wheels for this machine, and AWS's client for Python, without anything else that is installed here."""
    source = PackageSource(
        root=ROOT,
        requirements=requirements,
        include=["sample_app"],
        handler=HANDLER,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        architecture=_MACHINES[platform.machine().lower()],
        imports_from_elsewhere=True,  # what the handler needs beside the app's requirements is copied in below
    )
    shutil.unpack_archive(build_package(source, requirements).path, folder, "zip")
    (folder / "benchmarks").mkdir()
    for name in ("__init__.py", "bare_app.py", "bare_handler.py"):
        shutil.copy(ROOT / "benchmarks" / name, folder / "benchmarks")
    for name in _RUNTIME_CLIENT:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise CannotMeasureError(f"{name} is not installed; run `make setup`")
        origin = Path(spec.origin)
        found = origin.parent if origin.name == "__init__.py" else origin
        (folder / found.name).symlink_to(found)
    return folder


def _run(app: App, folder: Path) -> Run:
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": "/openapi.json",
        "rawQueryString": "",
        "headers": {},
        "requestContext": {
            "http": {"method": "GET", "path": "/openapi.json", "sourceIp": "192.0.2.1"},
            "stage": "$default",
        },
    }
    with Function(folder, list(app.command), app.environment) as function:
        answer = function.invoke({**event, "rawPath": "/nothing"})
        if "statusCode" not in (answer or {}):
            raise CannotMeasureError(f"{app.name} did not answer: {answer} {function.log[-300:]}")
        cold = _cpu_seconds(app, function.process.pid)
        begun = time.perf_counter()
        for _ in range(WARM_REQUESTS):
            function.invoke({**event, "rawPath": "/nothing"})
        return Run(cold, (time.perf_counter() - begun) / WARM_REQUESTS)


def _cpu_seconds(app: App, session: int) -> float:
    """Of the process that serves, since it was started."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            ours = os.getsid(int(folder.name)) == session and words[0].decode() == sys.executable
            if ours and app.mark.encode() in words:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                return (int(fields[11]) + int(fields[12])) / _TICKS
        except (OSError, ValueError):
            continue
    raise CannotMeasureError(f"the process of {app.name} is not to be found")
