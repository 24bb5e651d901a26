"""A stack whose app has routes that Lambda cannot serve."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from fastapi_on_aws import UsageError
from fastapi_on_aws.recording import Graph
from tests.support.recorded import IMAGE_URI, ROOT, STACKS, stack_graph

PRELUDE = "from fastapi import BackgroundTasks, FastAPI, WebSocket\napp = FastAPI()\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's program, beside another app."""
    for name in ("Pulumi.yaml", "stacks"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").touch()
    (tmp_path / "shop/Dockerfile").write_text("FROM base\n")
    return tmp_path


def planned(project: Path, text: str, **words: Any) -> Graph:
    """The graph of a serverless stack of an app of this text."""
    from fastapi_on_aws.recording import record_project

    (project / "shop/main.py").write_text(PRELUDE + text)
    app = {"image": {"dockerfile": "shop/Dockerfile"}, "asgi": "shop.main:app"}
    config = {"pattern": "serverless", "app": app, **words}
    file = project / "Pulumi.shop.yaml"
    named = {f"fastapi-on-aws:{key}": value for key, value in config.items()}
    file.write_text(yaml.safe_dump({"config": {"aws:region": "eu-west-1", **named}}))
    return record_project(project, stack="shop", stack_file=file)


def said(graph: Graph) -> str:
    return "\n".join(log.message for log in graph.logs)


def test_a_websocket_is_refused_with_where_it_is(project: Path) -> None:
    with pytest.raises(UsageError, match=r"keeps no connection open, as /live \(shop/main.py:3\) would need; set"):
        planned(project, "@app.websocket('/live')\nasync def live(socket: WebSocket): ...\n")


def test_background_tasks_are_refused_unless_they_may_be_lost(project: Path) -> None:
    text = "@app.post('/orders')\ndef order(tasks: BackgroundTasks): ...\n"
    with pytest.raises(UsageError, match=r"the background tasks of /orders \(shop/main.py:3\); do that work before"):
        planned(project, text)
    assert planned(project, text, **{"lambda": {"allow_background_tasks": True}}).resources


def test_cross_origin_requests_are_answered_in_one_place(project: Path) -> None:
    text = (
        "from fastapi.middleware.cors import CORSMiddleware\n"
        "app.add_middleware(CORSMiddleware, allow_origins=['https://a.example.com'])\n"
    )
    with pytest.raises(UsageError, match="the app answers cross-origin requests too"):
        planned(project, text, **{"lambda": {"api": {"cors": {"origins": ["https://a.example.com"]}}}})
    assert planned(project, text).resources


def test_an_app_that_its_module_does_not_have_is_refused(project: Path) -> None:
    image = {"dockerfile": "shop/Dockerfile"}
    with pytest.raises(UsageError, match="app.asgi is shop.main:nope, and that module has no nope; name its app"):
        planned(project, "", app={"image": image, "asgi": "shop.main:nope"})


@pytest.mark.parametrize(
    ("route", "answers"), [("/readyz", True), ("/{path:path}", True), ("/{name}", True), ("/", False)]
)
def test_a_way_to_ask_whether_the_app_is_ready_is_looked_for(project: Path, route: str, answers: bool) -> None:
    graph = planned(project, f"@app.get('{route}')\ndef answer(): ...\n")
    sentence = "the app has no route /readyz, where the Lambda Web Adapter waits for it to be ready; set"
    assert (sentence in said(graph)) is not answers


def test_a_dockerfile_without_the_web_adapter_is_told(project: Path) -> None:
    sentence = "shop/Dockerfile does not name lambda-adapter: unless its base image has the Lambda Web Adapter, no"
    assert sentence in said(planned(project, ""))
    assert sentence not in said(planned(project, "", pattern="monolith")), "ECS needs none"
    (project / "shop/Dockerfile").write_text("COPY --from=adapter /lambda-adapter /opt/extensions/lambda-adapter\n")
    assert sentence not in said(planned(project, ""))


def test_a_zip_is_looked_at_by_its_handler_and_not_as_the_sample_app(project: Path) -> None:
    (project / "requirements.txt").write_text("")
    text = "@app.websocket('/live')\nasync def live(socket: WebSocket): ...\ndef handler(event, context): ...\n"
    words = {"lambda": {"package": "zip", "zip": {"handler": "shop.main.handler"}}}
    with pytest.raises(UsageError, match=r"keeps no connection open, as /live \(shop/main.py:3\) would need"):
        planned(project, text, app={}, **words)


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("import no_such_package", {}, "No module named 'no_such_package'"),
        (
            "",
            {"app": {"asgi": "other.main:app", "image": {"context": "shop"}}},
            "other.main:app is not below the",
        ),
        ("", {"app": {"image": {"uri": IMAGE_URI, "architecture": "arm64"}}}, "app.image.uri is built elsewhere"),
        ("", {"app": {"image": {"context": "shop"}}}, "app.asgi does not name it"),
    ],
)
def test_an_app_that_cannot_be_looked_at_is_said_to_be_so(
    project: Path, text: str, words: dict[str, Any], reason: str
) -> None:
    told = said(planned(project, text, **words))
    assert "the app's routes were not looked at (" in told
    assert reason in told


def test_what_cannot_be_seen_is_said_too() -> None:
    assert "asyncio.create_task, a thread) cannot be seen" in said(stack_graph(STACKS / "Pulumi.serverless.yaml"))
