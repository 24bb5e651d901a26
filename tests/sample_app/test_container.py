"""The image's recipe, as far as it can be judged without building it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sample_app.entrypoints import serve
from tests.support.dockerfile import DOCKERFILE, final_stage, instructions

ROOT = Path(__file__).parents[2]
ALB_IDLE_SECONDS = 60
ECS_STOP_SECONDS = 30


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, timeout=60, check=False)
    assert (found.returncode, found.stdout) == (0, ""), f"the Dockerfile breaks a rule: {found.stdout}{found.stderr}"


def test_the_process_is_nobody_and_is_so_by_number() -> None:
    assert final_stage()["USER"] == "10001:10001", "Kubernetes' runAsNonRoot cannot judge a name"


def test_the_server_itself_gets_sigterm() -> None:
    command = json.loads(final_stage()["CMD"])
    assert command == ["python", "-m", "sample_app.entrypoints.serve"], "exec form: no shell that keeps the signal"
    assert "ENTRYPOINT" not in final_stage(), "a stack's own command replaces ours whole"


def test_dependencies_are_installed_before_the_code_is_copied() -> None:
    copies = [rest.split()[0] for word, rest in instructions() if word in {"COPY", "RUN"}]
    assert copies.index("requirements/app.txt") < copies.index("python") < copies.index("sample_app"), (
        "a change of the code must not install everything again"
    )


def test_the_build_sees_the_app_and_its_requirements_only() -> None:
    ignored = (ROOT / "sample_app/Dockerfile.dockerignore").read_text().splitlines()
    assert ignored[1] == "*", "first everything is left out"
    kept = [line[1:] for line in ignored if line.startswith("!")]
    copied = ["requirements/app.txt", "requirements/otel.txt", "sample_app"]
    assert kept == copied, "then exactly what the Dockerfile copies comes back"


def test_the_servers_times_fit_the_load_balancer_and_the_orchestrator(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda target, **options: given.update(options, target=target))
    monkeypatch.setenv("PORT", "9000")
    serve.main()
    assert given["timeout_keep_alive"] > ALB_IDLE_SECONDS, "the load balancer closes idle connections, or answers 502"
    assert given["timeout_graceful_shutdown"] < ECS_STOP_SECONDS, "the server is done before it is killed"
    assert given["port"] == 9000, "the platform says the port"
    assert given["target"] == "sample_app.entrypoints.asgi:app", "the same app that a stack's own command names"
