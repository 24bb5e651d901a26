import subprocess
import sys
import time
from pathlib import Path

from tests.cli.projects import environment, run


def test_help_answers_at_once(tmp_path: Path) -> None:
    def seconds() -> float:
        start = time.perf_counter()
        assert run(tmp_path, "--help").returncode == 0
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.3, "help must not wait for imports that it has no use for"


def test_help_loads_neither_pulumi_nor_rich(tmp_path: Path) -> None:
    probe = (
        "import sys, fastapi_on_aws.cli as cli\n"
        "cli.main(['plan', '--help']); cli.main(['--version'])\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'pulumi', 'rich', 'yaml', 'grpc'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_names_the_command_and_its_options(tmp_path: Path) -> None:
    assert "plan" in run(tmp_path, "--help").stdout
    shown = run(tmp_path, "plan", "--help").stdout
    for option in ("--stack", "--stack-file", "--pattern", "--config", "--out", "--project", "--traceback"):
        assert option in shown


def test_without_a_command_it_shows_its_help(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run(tmp_path, "--help").stdout


def test_the_version_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert done.returncode == 0
    assert done.stdout.startswith("fastapi-on-aws")
    assert done.stdout.count("\n") == 1
