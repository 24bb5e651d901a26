"""An app is imported in a process of its own, and its routes say what they do."""

import time
from pathlib import Path

import pytest

from fastapi_on_aws.inspection import Inspection, app, inspect_app
from tests.support.recorded import ROOT

PRELUDE = """
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.background import BackgroundTask
app = FastAPI()
"""


def inspected(folder: Path, text: str, target: str = "shop:app") -> Inspection:
    """The inspection of an app of one file."""
    (folder / "shop.py").write_text(PRELUDE + text)
    return inspect_app(target, folder)


def test_a_websocket_is_found_with_where_it_is(tmp_path: Path) -> None:
    found = inspected(tmp_path, "@app.websocket('/live')\nasync def live(socket: WebSocket): ...\n")
    (route,) = found.websockets
    assert (route.path, found.problem) == ("/live", None)
    assert route.where.startswith("shop.py:"), "a file of the project, wherever that is"


@pytest.mark.parametrize(
    "route",
    [
        "@app.get('/a')\ndef a(tasks: BackgroundTasks): ...",
        "def later(tasks: BackgroundTasks): ...\n@app.get('/a')\ndef a(_=Depends(later)): ...",
        "class Later:\n  def __call__(self, t: BackgroundTasks): ...\n@app.get('/a')\ndef a(_=Depends(Later())): ...",
        "@app.get('/a')\ndef a(): return JSONResponse({}, background=BackgroundTask(print))",
        "r = APIRouter(prefix='/a')\n@r.get('')\ndef a(tasks: BackgroundTasks): ...\napp.include_router(r)",
        "inner = FastAPI()\n@inner.get('/')\ndef a(tasks: BackgroundTasks): ...\napp.mount('/a', inner)",
    ],
)
def test_work_for_after_the_answer_is_found_wherever_it_is_asked_for(tmp_path: Path, route: str) -> None:
    found = inspected(tmp_path, f"{route}\n@app.get('/b')\ndef b(): ...\n")
    assert [each.path.rstrip("/") for each in found.background_tasks] == ["/a"], "in this route, and in no other"


@pytest.mark.parametrize(
    "route",
    [
        "@app.get('/a', response_class=StreamingResponse)\ndef a(): ...",
        "@app.get('/a')\ndef a() -> StreamingResponse: ...",
        "@app.get('/a')\ndef a(): return StreamingResponse([])",
    ],
)
def test_an_answer_in_pieces_is_found(tmp_path: Path, route: str) -> None:
    assert [each.path for each in inspected(tmp_path, route).streaming] == ["/a"]


def test_an_app_in_a_middleware_is_unwrapped_and_cross_origin_answers_are_seen(tmp_path: Path) -> None:
    text = (
        "app.add_middleware(CORSMiddleware, allow_origins=['*'])\nclass W:\n  def __init__(self, app): self.app = app\n"
    )
    found = inspected(tmp_path, f"{text}wrapped = W(W(app))\n@app.get('/a')\ndef a(): ...\n", "shop:wrapped")
    assert found.answers_cors
    assert "/a" in {route.path for route in found.routes}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("import no_such_package", "No module named 'no_such_package'"),
        ("raise SystemExit(3)", "exit code 3"),
        ("import os; os._exit(0)", "it ended its process while it was imported"),
        ("raise KeyboardInterrupt", "importing it failed"),
        ("import sys; sys.stderr.write('x' * 10**6); raise ValueError('bad')", "ValueError: bad"),
        ("app = 3", "is no app with routes"),
    ],
)
def test_an_app_that_cannot_be_imported_is_a_problem_in_words(tmp_path: Path, text: str, problem: str) -> None:
    found = inspected(tmp_path, text)
    assert found.problem is not None
    assert problem in found.problem
    assert "\n" not in found.problem
    assert found.routes == []


def test_an_attribute_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = inspected(tmp_path, "", "shop:nope")
    assert (found.lacks, found.problem) == ("nope", None), "its module was imported, so this is certain"


LIVE = "@app.websocket('/live')\nasync def live(socket: WebSocket): ...\n"


def test_a_handler_that_holds_the_app_is_looked_into(tmp_path: Path) -> None:
    text = (
        f"{LIVE}class Handler:\n  def __init__(self, app): self.app = app\nhandler = Handler(app)\n"
        "other = FastAPI()\n@other.websocket('/unserved')\nasync def unserved(socket: WebSocket): ...\n"
    )
    assert [route.path for route in inspected(tmp_path, text, "shop:handler").websockets] == ["/live"], "its own alone"


@pytest.mark.parametrize(
    "handler",
    [
        "from functools import partial\nhandler = partial(print, app)\n",
        "class Adapter:\n  def __init__(self, inner): self.inner = inner\nhandler = Adapter(app)\n",
        "import os\nif 'AWS_LAMBDA_FUNCTION_NAME' in os.environ:\n  def handler(event, context): ...\n",
    ],
)
def test_whatever_a_handler_is_the_app_in_its_module_is_looked_at(tmp_path: Path, handler: str) -> None:
    assert [route.path for route in inspected(tmp_path, LIVE + handler, "shop:handler").websockets] == ["/live"]


def test_a_function_stands_for_the_app_in_its_module(tmp_path: Path) -> None:
    odd = (
        "class Odd:\n  routes = 7\n  @property\n  def __class__(self): raise RuntimeError('not bound yet')\n"
        "  def __getattr__(self, name): raise RuntimeError('not bound yet')\nodd = Odd()\n"
    )
    router = "router = APIRouter()\n@router.get('/elsewhere')\ndef elsewhere(tasks: BackgroundTasks): ...\n"
    found = inspected(tmp_path, f"{odd}{router}{LIVE}def handler(event, context): ...\n", "shop:handler")
    assert [route.path for route in found.websockets] == ["/live"], "once, whatever else is there"
    assert (found.problem, found.background_tasks) == (None, []), "a router that no app includes serves nothing"


def test_an_app_that_never_ends_is_ended_with_what_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_SECONDS", 2)
    text = (
        "import subprocess, time, pathlib\n"
        "p = subprocess.Popen(['sleep', '60'])\n"
        "pathlib.Path('pid').write_text(str(p.pid))\n"
        "time.sleep(60)"
    )
    begun = time.monotonic()
    assert inspected(tmp_path, text).problem == "importing it took more than 2 s"
    assert time.monotonic() - begun < 20
    pid = int((tmp_path / "pid").read_text())
    for _ in range(100):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("what it had started goes on")


def test_an_import_has_no_credentials_and_writes_nothing_beside_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "secret")
    text = (
        "import os\n"
        "assert not [n for n in os.environ if n.startswith(('AWS_', 'PULUMI_'))]\n"
        "assert os.environ['TOLD'] == '1'"
    )
    (tmp_path / "shop.py").write_text(PRELUDE + text)
    assert inspect_app("shop:app", tmp_path, {"TOLD": "1"}).problem is None
    assert [each.name for each in tmp_path.iterdir()] == ["shop.py"]


def test_the_sample_app_does_nothing_that_lambda_cannot() -> None:
    found = inspect_app("sample_app.entrypoints.asgi:app", ROOT)
    assert found.problem is None
    assert {"/orders", "/catalog/products"} <= {route.path for route in found.routes}
    assert found.websockets == found.background_tasks == found.streaming == []
