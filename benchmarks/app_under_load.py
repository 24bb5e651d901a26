"""The sample app over a bare FastAPI app that does the same queries: requests, start-up, memory."""

import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.processes import ROOT, CannotMeasureError, module, report_of
from benchmarks.report import Row, seconds

ROUNDS: Final = 5
LOAD_SECONDS: Final = 3
PRODUCTS: Final = 200
PATIENCE_SECONDS: Final = 30
BARE: Final = "benchmarks.bare_app:app"
WRAPPED: Final = "benchmarks.wrapped_app:app"
OURS: Final = "sample_app.entrypoints.asgi:app"
RATE_AIM: Final = 1.4
"""What ids, logs, limits, layers and honest transactions may cost of the requests per second."""
MEMORY_AIM: Final = 1.3
START_AIM: Final = 1.7


@dataclass(frozen=True)
class Run:
    """One server process under load."""

    start_seconds: float
    """From the start of the process to its first answer."""
    one_per_second: float
    """Requests for one product."""
    one_cpu_ms: float
    """The server's own time for each of them."""
    page_per_second: float
    """Requests for a page of 50 products."""
    page_cpu_ms: float
    memory_mib: float
    """Resident, after the load."""


def measure(console: Console) -> list[Row]:
    """Rows for the table of ratios; where the difference goes is printed at once."""
    runs: dict[str, list[Run]] = {BARE: [], WRAPPED: [], OURS: []}
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "shop.db")
        product_id = _fill(database)
        for _ in range(ROUNDS):
            for target in random.sample(list(runs), len(runs)):
                runs[target].append(_run(target, database, product_id))
    console.print(_series(runs))
    console.print(_imports())
    return [
        _row("bare FastAPI / sample app, one product", "one_per_second", runs, (BARE, OURS), aim=RATE_AIM),
        _row("bare FastAPI / sample app, a page of 50", "page_per_second", runs, (BARE, OURS), aim=RATE_AIM),
        _row("sample app / bare FastAPI, memory", "memory_mib", runs, (OURS, BARE), aim=MEMORY_AIM),
        _row("sample app / bare FastAPI, start", "start_seconds", runs, (OURS, BARE), aim=START_AIM),
    ]


def _row(what: str, field: str, runs: dict[str, list[Run]], sides: tuple[str, str], *, aim: float) -> Row:
    first, second = ([getattr(run, field) for run in runs[target]] for target in sides)
    show = {"memory_mib": "{:.0f} MiB".format, "start_seconds": seconds}.get(field, "{:.0f}/s".format)
    ratio = median(a / b for a, b in zip(first, second, strict=True))
    return Row.at_most(what, show(median(first)), show(median(second)), ratio, aim=aim, n=ROUNDS)


def _series(runs: dict[str, list[Run]]) -> Table:
    """Requests per second of each, and what each layer adds to the CPU time of a request."""
    made = Table(title="The sample app, layer by layer", title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0))
    made.add_column("app", no_wrap=True)
    for heading in ("one/s", "CPU each", "page/s", "CPU each", "memory", "start"):
        made.add_column(heading, justify="right", no_wrap=True)
    names = {BARE: "bare FastAPI, same queries", WRAPPED: "… with the kit's middleware", OURS: "the sample app"}
    for target, name in names.items():
        of = {field: median(getattr(run, field) for run in runs[target]) for field in Run.__dataclass_fields__}
        made.add_row(
            name,
            f"{of['one_per_second']:.0f}",
            f"{of['one_cpu_ms']:.2f} ms",
            f"{of['page_per_second']:.0f}",
            f"{of['page_cpu_ms']:.2f} ms",
            f"{of['memory_mib']:.0f} MiB",
            seconds(of["start_seconds"]),
        )
    return made


def _imports() -> Table:
    """What the import of the app spends its time on, by package."""
    command = [sys.executable, "-X", "importtime", "-c", "import sample_app.entrypoints.asgi"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True)
    own: dict[str, int] = {}
    for line in done.stderr.splitlines():
        if found := re.match(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w]+)", line):
            own[found[2]] = own.get(found[2], 0) + int(found[1])
    made = Table(title="Its import, by package", title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0))
    made.add_column("package")
    made.add_column("own time", justify="right")
    for package, microseconds in sorted(own.items(), key=lambda each: -each[1])[:10]:
        made.add_row(package, seconds(microseconds / 1e6))
    made.add_row("all", seconds(sum(own.values()) / 1e6))
    return made


def _fill(database: Path) -> str:
    """A database with products in it, made by the sample app itself; the id of one of them."""
    with _server(OURS, database) as (_, url):
        for number in range(PRODUCTS):
            body = json.dumps({"name": f"Product {number:03}", "price_cents": number, "stock": 10}).encode()
            headers = {"Content-Type": "application/json"}
            request = urllib.request.Request(f"{url}/catalog/products", body, headers)
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
                product: dict[str, Any] = json.load(response)
    return str(product["id"])


def _run(target: str, database: Path, product_id: str) -> Run:
    begun = time.perf_counter()
    with _server(target, database) as (process, url):
        started = time.perf_counter() - begun
        one_rate, one_cpu = _load(process, f"{url}/catalog/products/{product_id}")
        page_rate, page_cpu = _load(process, f"{url}/catalog/products")
        memory = int(_status(process, "VmRSS")) / 1024
    return Run(started, one_rate, one_cpu, page_rate, page_cpu, memory)


def _load(process: subprocess.Popen[bytes], url: str) -> tuple[float, float]:
    """Requests per second, and milliseconds of the server's CPU for each."""
    report_of(module("load", url, "0.5"))
    before = _cpu_seconds(process)
    said = report_of(module("load", url, str(LOAD_SECONDS)))
    if said["failed"] or not said["requests"]:
        raise CannotMeasureError(f"{url}: {said['failed']} of {said['requests']} requests failed")
    return said["requests"] / said["seconds"], (_cpu_seconds(process) - before) * 1000 / said["requests"]


@contextmanager
def _server(target: str, database: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The app under uvicorn as its image runs it, with one worker."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.set_inheritable(True)
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", target, "--fd", str(listener.fileno()), "--no-access-log"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": f"sqlite+aiosqlite:///{database}"},
            pass_fds=[listener.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        _wait_until_served(process, target, url)
        yield process, url
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_until_served(process: subprocess.Popen[bytes], target: str, url: str) -> None:
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/livez", timeout=PATIENCE_SECONDS):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.005)
    raise CannotMeasureError(f"{target} does not answer")


def _cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    if not sys.platform.startswith("linux"):
        raise CannotMeasureError("the CPU time of another process is read from Linux's /proc")
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _status(process: subprocess.Popen[bytes], name: str) -> str:
    found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
    if found is None:
        raise CannotMeasureError(f"/proc has no {name}")
    return found[1]
