import subprocess
import sys
import time
from pathlib import Path

from tests.cli.projects import environment, run

BARE = "import typer; app = typer.Typer(); app.command()(lambda: None); app(['--help'])"


def test_help_answers_as_soon_as_that_of_a_command_with_nothing_in_it(tmp_path: Path) -> None:
    def seconds(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], cwd=tmp_path, env=environment(), capture_output=True, check=True)
        return time.perf_counter() - start

    rounds = [(seconds("-m", "fastapi_on_aws.cli", "--help"), seconds("-c", BARE)) for _ in range(5)]
    ours, bare = (min(each) for each in zip(*rounds, strict=True))
    assert ours < bare, "help must not wait for imports that it has no use for"


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
