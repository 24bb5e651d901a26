"""Whole projects run as Pulumi's Python language host runs them."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.recording import RecordingError, record_project
from tests.recording.projects import PROJECT, write

MINIMAL = {"Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": "", "__main__.py": "import pulumi\npulumi.export('ran', True)\n"}


def test_the_smallest_project_runs(tmp_path: Path) -> None:
    graph = record_project(write(tmp_path, MINIMAL))
    assert (graph.project, graph.stack) == ("shop", "dev")
    assert graph.outputs == {"ran": True}


def test_a_program_sees_its_folder_as_pulumi_shows_it(tmp_path: Path) -> None:
    files = {
        "Pulumi.yaml": PROJECT + "main: app\n",
        "app/__main__.py": """
            import os, sys
            import pulumi

            pulumi.export("cwd", os.getcwd())
            pulumi.export("path", sys.path[0])
            pulumi.export("argv", len(sys.argv))
            pulumi.export("name", __name__)
            pulumi.export("main", sys.modules["__main__"].__dict__ is globals())
            pulumi.export("root", pulumi.get_root_directory())
            pulumi.export("organization", pulumi.get_organization())
        """,
    }
    graph = record_project(write(tmp_path, files), stack="dev", organization="acme")
    app = str(tmp_path / "app")
    assert graph.outputs == {
        "cwd": app,
        "path": app,
        "argv": 1,
        "name": "__main__",
        "main": True,
        "root": str(tmp_path),
        "organization": "acme",
    }


def test_main_may_be_a_file(tmp_path: Path) -> None:
    files = {
        "Pulumi.yaml": PROJECT + "main: app/program.py\n",
        "app/beside.py": "VALUE = 'beside'\n",
        "app/program.py": """
            import os
            import beside, pulumi

            pulumi.export("seen", [beside.VALUE, os.path.basename(os.getcwd())])
        """,
    }
    assert record_project(write(tmp_path, files), stack="dev").outputs == {"seen": ["beside", "app"]}


@pytest.mark.parametrize("runtime", ["python", "{name: python, options: {virtualenv: venv, toolchain: uv}}"])
def test_the_runtime_may_be_a_name_or_a_map(tmp_path: Path, runtime: str) -> None:
    files = {**MINIMAL, "Pulumi.yaml": f"name: shop\nruntime: {runtime}\n"}
    assert record_project(write(tmp_path, files)).outputs == {"ran": True}


def test_two_projects_with_modules_of_one_name_do_not_mix(tmp_path: Path) -> None:
    for name in ("first", "second"):
        files = {
            "Pulumi.yaml": PROJECT,
            "settings.py": f"NAME = {name!r}\n",
            "package/__init__.py": "",
            "package/inner.py": f"NAME = {name!r}\n",
            "loose/part.py": f"NAME = {name!r}\n",
            "__main__.py": """
                import pulumi, settings, package.inner, loose.part

                pulumi.export("names", [settings.NAME, package.inner.NAME, loose.part.NAME])
            """,
        }
        write(tmp_path / name, files)
    for name in ("first", "second", "first"):
        assert record_project(tmp_path / name, stack="dev").outputs == {"names": [name] * 3}
    for module in ("settings", "package", "package.inner", "loose", "loose.part"):
        assert module not in sys.modules, f"{module} outlived its program"


def test_a_loaded_module_of_the_same_name_is_hidden_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = type(sys)("settings")
    monkeypatch.setitem(sys.modules, "settings", loaded)
    files = {
        **MINIMAL,
        "settings.py": "X = 1\n",
        "__main__.py": "import settings, pulumi\npulumi.export('x', settings.X)\n",
    }
    assert record_project(write(tmp_path, files)).outputs == {"x": 1}
    assert sys.modules["settings"] is loaded


def test_each_run_sees_the_program_as_it_is_now(tmp_path: Path) -> None:
    write(
        tmp_path, {**MINIMAL, "part.py": "X = 1\n", "__main__.py": "import part, pulumi\npulumi.export('x', part.X)\n"}
    )
    assert record_project(tmp_path).outputs == {"x": 1}
    write(tmp_path, {"part.py": "X = 23\n"})
    assert record_project(tmp_path).outputs == {"x": 23}


def test_an_sdk_beside_the_program_registers_itself_in_every_run(tmp_path: Path) -> None:
    files = {
        **MINIMAL,
        "pulumi_mine/__init__.py": """
            import pulumi

            class Module(pulumi.runtime.ResourceModule):
                def version(self):
                    return None

                def construct(self, name, typ, urn):
                    raise NotImplementedError

            pulumi.runtime.register_resource_module("mine", "index", Module())
        """,
        "__main__.py": "import pulumi_mine, pulumi\npulumi.export('ran', True)\n",
    }
    write(tmp_path, files)
    for _ in range(2):
        assert record_project(tmp_path).outputs == {"ran": True}, "the SDK refuses to register a module twice"


MESSY = """
    import os, sys
    import pulumi

    os.environ["LEFT_BEHIND"] = "1"
    os.environ.pop("HOME", None)
    os.chdir("/")
    sys.path.append("/left-behind")
    sys.argv.append("left-behind")
    if pulumi.Config().get_bool("fail"):
        raise KeyError("broken")
"""


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_of_a_program_stays_in_the_process(tmp_path: Path, fails: bool) -> None:
    write(tmp_path, {**MINIMAL, "__main__.py": MESSY})
    before = Path.cwd(), list(sys.path), list(sys.argv), dict(os.environ), sys.modules["__main__"]
    if fails:
        with pytest.raises(KeyError, match="broken"):
            record_project(tmp_path, config={"fail": True})
    else:
        record_project(tmp_path)
    assert (Path.cwd(), sys.path, sys.argv, dict(os.environ), sys.modules["__main__"]) == before


def test_callbacks_that_run_after_the_program_still_see_its_folder(tmp_path: Path) -> None:
    files = {
        **MINIMAL,
        "late.py": "NAME = 'late'\n",
        "__main__.py": """
            import os
            import pulumi

            HERE = os.getcwd()

            def load(_):
                import late
                return [late.NAME, os.getcwd() == HERE]

            pulumi.export("late", pulumi.Output.from_input(1).apply(load))
        """,
    }
    assert record_project(write(tmp_path, files)).outputs == {"late": ["late", True]}


def test_programs_run_one_at_a_time_from_any_thread(tmp_path: Path) -> None:
    for number in range(6):
        files = {
            **MINIMAL,
            "number.py": f"NUMBER = {number}\n",
            "__main__.py": """
                import os, time
                import pulumi, number

                time.sleep(0.01)
                pulumi.export("seen", [number.NUMBER, os.path.basename(os.getcwd())])
            """,
        }
        write(tmp_path / f"p{number}", files)
    with ThreadPoolExecutor(6) as pool:
        graphs = pool.map(lambda number: record_project(tmp_path / f"p{number}"), range(6))
    assert [graph.outputs["seen"] for graph in graphs] == [[number, f"p{number}"] for number in range(6)]


def test_a_programs_prints_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record_project(write(tmp_path, {**MINIMAL, "__main__.py": "print('hello')\n"}))
    assert capsys.readouterr().out == "hello\n"


def test_the_source_of_a_resource_is_a_line_of_the_program(tmp_path: Path) -> None:
    main = "import pulumi_aws as aws\n\naws.sqs.Queue('queue')\n"
    graph = record_project(write(tmp_path, {**MINIMAL, "__main__.py": main}))
    assert str(graph.one("aws:sqs/queue:Queue").source) == f"{tmp_path}/__main__.py:3"


def test_what_a_program_raises_reaches_the_caller(tmp_path: Path) -> None:
    main = "from fastapi_on_aws.errors import UsageError\nraise UsageError('size: at least 1')\n"
    with pytest.raises(UsageError, match="size: at least 1"):
        record_project(write(tmp_path, {**MINIMAL, "__main__.py": main}))


def test_a_program_with_a_syntax_error_raises_it(tmp_path: Path) -> None:
    with pytest.raises(SyntaxError):
        record_project(write(tmp_path, {**MINIMAL, "__main__.py": "import\n"}))


def test_a_program_that_exits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"sys.exit\(1\)"):
        record_project(write(tmp_path, {**MINIMAL, "__main__.py": "import sys\nsys.exit(1)\n"}))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no Pulumi.yaml"),
        ({"Pulumi.yaml": "runtime: python\n"}, "Pulumi.yaml:1: a project needs a name"),
        ({"Pulumi.yaml": "name: ''\nruntime: python\n"}, "Pulumi.yaml:1: a project needs a name"),
        ({"Pulumi.yaml": "name: shop\nruntime: nodejs\n"}, "Pulumi.yaml:2: only `runtime: python`.*'nodejs'"),
        ({"Pulumi.yaml": "name: shop\nruntime: {name: go}\n"}, "Pulumi.yaml:2: only `runtime: python`.*'go'"),
        ({"Pulumi.yaml": "name: shop\n"}, "only `runtime: python`.*nothing"),
        ({"Pulumi.yaml": PROJECT + "main: nowhere\n"}, r"Pulumi.yaml:3: the program .*nowhere does not exist"),
        ({"Pulumi.yaml": PROJECT + "main: [a]\n"}, "Pulumi.yaml:3: main is .*, not a list"),
        ({"Pulumi.yaml": PROJECT}, "has no __main__.py"),
        ({"Pulumi.yaml": PROJECT + "stackConfigDir: 3\n", "__main__.py": ""}, "stackConfigDir is a folder"),
        ({"Pulumi.yaml": "- a\n"}, "Pulumi.yaml:1: the file must hold a mapping"),
        ({"Pulumi.yaml": "name: shop\nname: x\n"}, "Pulumi.yaml:2: the key 'name' is there twice, first in line 1"),
        ({"Pulumi.yaml": "name: [\n"}, r"Pulumi.yaml:\d: "),
    ],
)
def test_a_broken_project_is_refused_with_its_place(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        record_project(write(tmp_path, files), stack="dev")


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no Pulumi.yaml"):
        record_project(tmp_path / "nowhere")


def test_a_project_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not a text file"):
        record_project(tmp_path)


def test_a_recording_of_a_callable_may_overlap_a_program(tmp_path: Path) -> None:
    import pulumi

    from fastapi_on_aws.recording import record

    write(tmp_path, {**MINIMAL, "__main__.py": "import time, pulumi\ntime.sleep(0.05)\npulumi.export('ran', f'{1}')\n"})
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(record_project(tmp_path).outputs))
    thread.start()
    while thread.is_alive():
        record(lambda: pulumi.export("x", 1))
    thread.join()
    assert results == [{"ran": "1"}]
    assert "PULUMI_ERROR_OUTPUT_STRING" not in os.environ
