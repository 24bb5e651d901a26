"""The Dockerfile's steps, taken without Docker, end in an app that runs as a task of the stack does."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.sample_app.image_steps import command, why_impossible
from tests.support.dockerfile import ROOT, final_stage

pytestmark = pytest.mark.real_tools

BUILD_SECONDS: Final = 600
STOP_SECONDS: Final = 20
UNCHECKED_HASH: Final = b"\x01\x00\x00\x00"
"""How a compiled file says that it is valid whatever its source looks like (PEP 552)."""


@dataclass
class Container:
    """The app as the image runs it."""

    process: subprocess.Popen[bytes]
    http: httpx.Client

    @property
    def root(self) -> Path:
        return Path(f"/proc/{self.process.pid}/root")


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    if why := why_impossible():
        pytest.skip(f"the steps of the image were NOT run: they take root on Linux, to mount an overlay; here: {why}")
    log = tmp_path_factory.mktemp("image") / "build.log"
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        port = probe.getsockname()[1]
    with log.open("wb") as output, httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        process = subprocess.Popen(command(port), cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_until_ready(process, http, log)
            yield Container(process, http)
        finally:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], http: httpx.Client, log: Path) -> None:
    deadline = time.monotonic() + BUILD_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if http.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the image's app is not ready:\n{log.read_text()[-5000:]}")


def test_the_app_of_the_image_serves_and_keeps_its_data_in_the_one_writable_place(container: Container) -> None:
    added = container.http.post("/catalog/products", json={"name": "Teapot", "price_cents": 1999, "stock": 5})
    assert added.status_code == 201, added.text
    listed = container.http.get("/catalog/products").json()
    assert [product["name"] for product in listed["items"]] == ["Teapot"]
    assert (container.root / "tmp/shop.db").exists()
    mounted = Path(f"/proc/{container.process.pid}/mountinfo").read_text().splitlines()
    options = {line.split()[4]: line.split()[5].split(",")[0] for line in mounted}
    assert (options["/"], options["/tmp"]) == ("ro", "rw")


def test_the_process_is_the_images_user_and_can_do_nothing_more(container: Container) -> None:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{container.process.pid}/status").read_text().splitlines())
    user, _, group = final_stage()["USER"].partition(":")
    assert set(status["Uid"].split()) == {user}
    assert set(status["Gid"].split()) == {group}
    assert int(status["CapEff"], 16) == 0, "no capability of root is left"


def test_the_image_holds_the_app_compiled_and_nothing_else(container: Container) -> None:
    app = container.root / "app"
    files = {path.relative_to(app) for path in app.rglob("*") if path.is_file()}
    kinds = {path.suffix for path in files}
    assert kinds <= {".py", ".pyc", ".ini", ".mako"}, f"no document, database or recipe belongs there: {kinds}"
    sources = {path for path in files if path.suffix == ".py"}
    compiled = {path for path in files if path.suffix == ".pyc"}
    assert {path.name.split(".")[0] for path in compiled} == {path.stem for path in sources}, "each is compiled"
    flags = {(app / path).read_bytes()[4:8] for path in compiled}
    assert flags == {UNCHECKED_HASH}, "compiled by the image's own step, not copied from a checkout"


def test_sigterm_reaches_the_server_itself(container: Container) -> None:
    container.process.send_signal(signal.SIGTERM)
    assert container.process.wait(STOP_SECONDS) in {0, -signal.SIGTERM}
