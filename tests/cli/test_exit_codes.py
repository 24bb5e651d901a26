import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.projects import environment, run, write_project

FAILING = {
    "an exception": ("def deep():\n    raise ValueError('boom')\n\ndeep()\n", "ValueError: boom (at __main__.py:2)"),
    "a syntax error": ("x = (\n", "(at __main__.py:1)"),
    "a missing module": ("\nimport no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module' (at "),
    "an exception in a callback": (
        "import pulumi\n\ndef fail(x):\n    raise KeyError(x)\n\npulumi.Output.from_input('k').apply(fail)\n",
        "KeyError: 'k' (at __main__.py:4)",
    ),
    "an exception in a library": ("import json\n\njson.loads('{')\n", "(at __main__.py:3)"),
    "an exit": ("import sys\nsys.exit(3)\n", "sys.exit(3)"),
    "an error logged": ("import pulumi\npulumi.log.error('this cannot work')\n", "this cannot work"),
}


@pytest.mark.parametrize("kind", FAILING)
def test_a_program_that_fails_is_one_short_message_and_code_1(tmp_path: Path, kind: str) -> None:
    program, message = FAILING[kind]
    done = run(write_project(tmp_path, program), "plan")
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, f"one line, not:\n{done.stderr}"


def test_the_traceback_is_there_when_asked_for(tmp_path: Path) -> None:
    done = run(write_project(tmp_path, "raise ValueError('boom')\n"), "plan", "--traceback")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.rstrip().endswith("ValueError: boom (at __main__.py:1)")


def test_a_library_inside_the_project_s_virtual_environment_is_not_the_place(tmp_path: Path) -> None:
    library = tmp_path / ".venv" / "lib" / "site-packages"
    library.mkdir(parents=True)
    (library / "shoplib.py").write_text("def fail():\n    raise RuntimeError('deep inside')\n")
    program = f"import sys\nsys.path.append({str(library)!r})\nimport shoplib\nshoplib.fail()\n"
    done = run(write_project(tmp_path, program), "plan")
    assert "RuntimeError: deep inside (at __main__.py:4)" in done.stderr


def test_a_module_of_the_project_is_the_place(tmp_path: Path) -> None:
    write_project(tmp_path, "import rules\nrules.check()\n")
    (tmp_path / "rules.py").write_text("def check():\n    raise RuntimeError('no')\n")
    assert "RuntimeError: no (at rules.py:2)" in run(tmp_path, "plan").stderr


def test_a_usage_error_of_a_component_is_bad_input(tmp_path: Path) -> None:
    program = "from fastapi_on_aws.errors import UsageError\nraise UsageError('app.cpu: 0.3 vCPU is not a size')\n"
    done = run(write_project(tmp_path, program), "plan")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: app.cpu: 0.3 vCPU is not a size\n"


def test_two_resources_of_one_name_are_the_program_s_fault(tmp_path: Path) -> None:
    program = "import pulumi_aws as aws\naws.sqs.Queue('jobs')\naws.sqs.Queue('jobs')\n"
    done = run(write_project(tmp_path, program), "plan")
    assert (done.returncode, done.stdout) == (1, "")
    assert "jobs" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan", "--stack", "dev", "--stack-file", "Pulumi.dev.yaml"), "--stack and --stack-file"),
        (("plan", "--stack", "qa"), "there are: prod, staging"),
        (("plan",), "there are: prod, staging"),
        (("plan", "--stack-file", "Pulumi.qa.yaml"), "Pulumi.qa.yaml"),
        (("plan", "-s", "prod", "--config", "novalue"), "expected KEY=VALUE"),
        (("plan", "-s", "prod", "--pattern", "a", "--config", "shop:pattern=b"), "say the same thing"),
        (("plan", "--out", "xml"), "'xml' is not one of 'table', 'json'"),
        (("plan", "--bogus"), "No such option: --bogus"),
        (("plan", "-C", "no-such-folder"), "no-such-folder is not a folder"),
        (("plan", "-C", "/"), "there is no Pulumi.yaml in /"),
        (("paln",), "Did you mean 'plan'?"),
        (("plan", "extra"), "extra"),
    ],
)
def test_bad_input_is_one_sentence_and_code_2(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    write_project(tmp_path, stacks={"prod": "", "staging": ""})
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1, f"one line, not:\n{done.stderr}"


def test_a_broken_stack_file_is_bad_input(tmp_path: Path) -> None:
    done = run(write_project(tmp_path, stacks={"dev": "config: [\n"}), "plan")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Pulumi.dev.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_project_in_another_language_is_bad_input(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: nodejs\n")
    done = run(tmp_path, "plan")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "nodejs" in done.stderr


def test_an_error_is_red_only_where_colour_is_wanted(tmp_path: Path) -> None:
    assert run(tmp_path, "plan", FORCE_COLOR="1").stderr.startswith("\x1b[1;31merror:\x1b[0m ")
    assert "\x1b" not in run(tmp_path, "plan").stderr


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, form: str) -> None:
    write_project(tmp_path)
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "fastapi_on_aws.cli", "plan", "--out", form],
            cwd=tmp_path,
            env=environment(),
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)
    assert done.stderr == "", "no traceback and no complaint"
    assert done.returncode == 141, "what a shell reports for SIGPIPE"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_plan_that_cannot_be_written_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    write_project(tmp_path)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "fastapi_on_aws.cli", "plan"],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1, "the caller must not take half a plan for a whole one"
    assert done.stderr == "error: [Errno 28] No space left on device\n"


@pytest.fixture
def heeds_interrupts() -> Iterator[None]:
    """A shell that runs the tests in the background has them ignore SIGINT, and what they start inherits that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_interrupts")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_quiet_and_code_130_and_leaves_nothing(tmp_path: Path, sent: signal.Signals) -> None:
    program = (
        "import pathlib, tempfile, time\n"
        "with tempfile.TemporaryDirectory(dir='.', prefix='scratch') as scratch:\n"
        "    pathlib.Path('started').touch()\n    time.sleep(60)\n"
    )
    write_project(tmp_path, program)
    with subprocess.Popen(
        [sys.executable, "-m", "fastapi_on_aws.cli", "plan"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "started").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(sent)
        stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout, stderr) == (130, "", "")
    assert not list(tmp_path.glob("scratch*")), "what was half made goes, and what was started is ended"
