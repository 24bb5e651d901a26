"""Bring your own app: one that knows nothing of this project works as it is."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fastapi_on_aws.recording import Graph
from tests.support.process import free_port
from tests.support.recorded import (
    BUILT_IMAGE,
    IMAGE_URI,
    SERVICE,
    TARGET_GROUP,
    container,
    environment,
    names,
    stack_graph,
)

APP = Path(__file__).parent / "other_app"
STACK_FILE = APP / "Pulumi.other.yaml"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return stack_graph(STACK_FILE)


def test_its_own_words_arrive_everywhere(graph: Graph) -> None:
    assert names(graph.of_type(SERVICE)) == {"app-web", "app-worker"}
    assert graph.one(TARGET_GROUP).inputs["healthCheck"]["path"] == "/health"
    assert container(graph, "app-web")["portMappings"] == [{"containerPort": 9000, "protocol": "tcp"}]
    assert graph.one(BUILT_IMAGE).inputs["dockerfile"]["location"] == "../tests/stacks/other_app/Dockerfile"


def test_the_command_of_the_task_serves_it_and_its_health_check_passes(graph: Graph) -> None:
    definition = container(graph, "app-web")
    port = free_port()
    with running(definition, {"9000": str(port)}) as process:
        assert answered(f"http://127.0.0.1:{port}/hello", process) == 200
        assert (
            answered(f"http://127.0.0.1:{port}{graph.one(TARGET_GROUP).inputs['healthCheck']['path']}", process) == 200
        )
        _, _, *check = definition["healthCheck"]["command"]
        told = [str(port) if word == "9000" else word for word in check]
        assert subprocess.run([sys.executable, *told], check=False, timeout=20).returncode == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) in (0, -signal.SIGTERM), "it leaves when it is told to"


def test_its_worker_runs_by_its_command(graph: Graph) -> None:
    definition = container(graph, "app-worker")
    with running(definition, {}) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"


def test_an_image_of_ci_brings_its_own_command() -> None:
    app = {"image": {"uri": IMAGE_URI, "architecture": "amd64"}, "port": 9000, "health": {"live": "/health"}}
    graph = stack_graph(STACK_FILE, app=app, services={"api": {"prefix": "/"}})
    definition = container(graph)
    assert definition["image"] == IMAGE_URI
    assert "command" not in definition
    assert environment(definition) == {
        "PORT": "9000",
        "APP_SERVICES": "api",
        "FORWARDED_ALLOW_IPS": "10.0.0.0/16",
        "PUBLIC_SCHEME": "https",
        "UVICORN_TIMEOUT_KEEP_ALIVE": "75",
        "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": "25",
    }


@contextmanager
def running(definition: dict[str, Any], changed: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """The command of a container definition, as ECS would run it, with another port."""

    def adapted(word: str) -> str:
        for old, new in changed.items():
            word = word.replace(old, new)
        return word.replace("0.0.0.0", "127.0.0.1")

    program, *args = (adapted(word) for word in definition["command"])
    module = ["-m", program] if program == "uvicorn" else []
    told = {name: adapted(value) for name, value in environment(definition).items()}
    process = subprocess.Popen(
        [sys.executable, *module, *args],
        cwd=APP,
        env={**os.environ, **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def answered(url: str, process: "subprocess.Popen[bytes]") -> int:
    """The status once somebody answers."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nobody answers at {url}")
