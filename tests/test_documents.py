"""README and docs do what they say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pulumi
import pytest
import yaml

from fastapi_on_aws.recording import Mode, record, record_project
from tests.cli.projects import run
from tests.components.eks_services import DEPLOYMENT
from tests.support.process import free_port
from tests.support.recorded import ROOT, names, stack_graph

README = (ROOT / "README.md").read_text()
ON_EKS = (ROOT / "docs/microservices.md").read_text()
SAMPLE_APP = ROOT / "sample_app" / "README.md"
PAGES = [ROOT / "README.md", SAMPLE_APP, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_program_in_the_readme_runs() -> None:
    (program, _) = blocks("python")
    for mode in Mode:
        graph = record(lambda: exec(program, {}), mode=mode)
        assert "url" in graph.outputs


def test_the_pytest_example_in_the_readme_passes_and_is_short(tmp_path: Path) -> None:
    (_, example) = blocks("python")
    assert len([line for line in example.splitlines() if line]) <= 15
    test_file = tmp_path / "test_shop.py"
    test_file.write_text(example)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test_file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_stack_file_in_the_readme_is_a_valid_one(tmp_path: Path) -> None:
    (text,) = blocks("yaml")
    for name in ("Pulumi.yaml", "stacks"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/Dockerfile").touch()
    path = tmp_path / "Pulumi.readme.yaml"
    path.write_text(text)
    graph = record_project(tmp_path, stack="readme", stack_file=path, mode=Mode.UPDATE)
    assert set(graph.outputs["service_urls"]) == {"catalog", "orders"}


def test_the_first_stack_file_of_the_page_on_lambda_is_a_valid_one(tmp_path: Path) -> None:
    first, _ = blocks("yaml", (ROOT / "docs/serverless.md").read_text())
    path = tmp_path / "Pulumi.page.yaml"
    path.write_text(first)
    assert stack_graph(path).one("aws:lambda/function:Function").name == "app-web"


def test_the_program_on_the_page_on_lambda_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (program,) = blocks("python", (ROOT / "docs/serverless.md").read_text())
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/lambda_handler.py").write_text("def handler(event, context): ...\n")
    (tmp_path / "requirements.txt").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    graph = record(lambda: exec(program, {}), mode=Mode.UPDATE)
    assert graph.one("aws:lambda/function:Function", "shop-web").inputs["runtime"] == "python3.13"
    assert str(graph.outputs["url"]).endswith(".cloudfront.net")


def test_the_page_on_lambda_speaks_of_words_that_there_are() -> None:
    page = (ROOT / "docs/serverless.md").read_text()
    reference = (ROOT / "docs/stack-file.md").read_text()
    words = set(re.findall(r"`(lambda\.[a-z_.]+)`", page))
    assert words
    assert [word for word in words if f":{word}`" not in reference] == []


@pytest.mark.parametrize("fragment", blocks("yaml", ON_EKS)[1:], ids=lambda fragment: fragment.split()[0])
def test_each_stack_file_of_the_page_on_eks_is_a_valid_one(tmp_path: Path, fragment: str) -> None:
    first = yaml.safe_load(blocks("yaml", ON_EKS)[0])["config"]
    for number, said in enumerate((first, yaml.safe_load(fragment))):
        eks = {**first["fastapi-on-aws:eks"], **said.get("fastapi-on-aws:eks", {})}
        config = {**first, **said, "fastapi-on-aws:eks": {"existing": eks["existing"]} if "existing" in eks else eks}
        path = tmp_path / f"Pulumi.page{number}.yaml"
        path.write_text(yaml.safe_dump({"config": config}))
        deployments = {name.removesuffix("-canary") for name in names(stack_graph(path).of_type(DEPLOYMENT))}
        assert deployments == {"app-catalog", "app-orders", "app-notifications"}


def test_the_plan_on_the_page_on_eks_is_a_real_one() -> None:
    (session,) = [block for block in blocks("console", ON_EKS) if "resources in" in block]
    command, *shown = session.splitlines()
    done = run(ROOT, *command.removeprefix("$ fastapi-on-aws ").split())
    printed = done.stdout.splitlines()
    assert [line for line in printed if line in shown] == [line for line in shown if line != "..."], "in this order"


@pytest.mark.parametrize("mode", Mode)
def test_the_program_on_the_page_on_eks_runs(mode: Mode) -> None:
    (_, program) = blocks("python", ON_EKS)
    attributes = re.findall(r"`(shop\.[^`]+)`", ON_EKS)
    assert len(attributes) == 3, "the page names what can be reached"

    def run_program() -> None:
        made: dict[str, object] = {}
        exec(program, made)
        for attribute in attributes:
            assert isinstance(eval(attribute, made), pulumi.Resource), attribute

    graph = record(run_program, mode=mode)
    assert names(graph.of_type(DEPLOYMENT)) == {"mailer", "shop-catalog", "shop-orders"}
    assert "url" in graph.outputs


def test_an_app_reads_its_secret_as_the_page_on_eks_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (reader, _) = blocks("python", ON_EKS)
    (tmp_path / "DATABASE_URL").write_text("postgresql://shop")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "DATABASE_URL"))
    found: dict[str, str] = {}
    exec(reader, found)
    assert found["database_url"] == "postgresql://shop"


def test_the_page_on_eks_speaks_of_words_that_there_are() -> None:
    reference = (ROOT / "docs/stack-file.md").read_text()
    words = set(re.findall(r"`(eks\.[a-z_.]+)`", ON_EKS))
    assert words
    assert [word for word in words if f":{word}`" not in reference] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_into_a_page_find_their_heading(page: Path) -> None:
    for target, heading in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text()):
        text = (page.parent / target if target else page).read_text()
        headings = {re.sub(r"[^a-z0-9 -]", "", line.lower()) for line in re.findall(r"^#+ (.*)", text, re.MULTILINE)}
        assert heading in {each.replace(" ", "-") for each in headings}, f"{target}#{heading}"


def test_the_commands_in_the_readme_print_what_it_says() -> None:
    (session,) = [block for block in blocks("console") if "error:" in block]
    command, said = session.splitlines()
    done = run(ROOT, *command.removeprefix("$ fastapi-on-aws ").split())
    assert done.stderr.strip() == said


def test_the_readme_has_two_set_up_commands_and_make_knows_every_target_it_names() -> None:
    assert blocks("console")[0].count("$ make") == 2
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", README)) <= targets


def test_the_plan_in_the_readme_is_a_real_one() -> None:
    (shown,) = [block for block in blocks("text") if "resources in" in block]
    done = run(ROOT, "plan", "--stack", "dev")
    printed = {" ".join(line.split()) for line in done.stdout.splitlines()}
    missing = [line for line in shown.splitlines() if line.strip(". ") and " ".join(line.split()) not in printed]
    assert missing == []


@pytest.mark.parametrize("program", blocks("python", (ROOT / "docs" / "recording.md").read_text()))
def test_every_example_on_the_recording_page_runs(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(program, {})


@pytest.mark.real_tools
def test_the_session_with_the_sample_app_works_again_and_again(tmp_path: Path) -> None:
    (session,) = [block for block in blocks("console", SAMPLE_APP.read_text()) if "make run" in block]
    for _ in range(2):
        commands = session.replace("$ ", "", 1).replace("\n$ ", "\n").replace("8000", str(free_port()))
        done = shell(commands, ROOT, tmp_path / "shop.db")
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count('"total_cents":1350') > 1, f"no order and its notification in {done.stdout}"


@pytest.mark.real_tools
def test_the_sample_app_lives_under_another_name(tmp_path: Path) -> None:
    (session,) = [block for block in blocks("console", SAMPLE_APP.read_text()) if "git mv" in block]
    rename = "".join(line.removeprefix("$ ") for line in session.splitlines(keepends=True) if "make" not in line)
    copy = "git ls-files -z --cached --others --exclude-standard | tar c --null --ignore-failed-read -T - | tar x -C"
    for commands, folder in [
        (f"{copy} {tmp_path}", ROOT),
        ("git init --quiet && git add --all", tmp_path),
        (rename, tmp_path),
        ("! git grep sample_app", tmp_path),
        (f"{sys.executable} -m shop.entrypoints.migrate upgrade", tmp_path),
    ]:
        done = shell(commands, folder, tmp_path / "shop.db")
        assert done.returncode == 0, f"{commands}: {done.stdout}{done.stderr}"


def shell(commands: str, folder: Path, database: Path) -> "subprocess.CompletedProcess[str]":
    """Run `commands` as a reader would, up to the first that fails; the app's data is in `database`."""
    # To make, all is ready: it runs this interpreter as it is, and installs nothing.
    ready = database.with_name("ready")
    ready.touch()
    make = f"READY={ready} BIN={Path(sys.executable).parent}"
    told = {**os.environ, "MAKEFLAGS": make, "DATABASE_URL": f"sqlite+aiosqlite:///{database}"}
    # Job control, so that what is killed is killed with its children; when they end, so does their output, and this.
    command = ["bash", "-c", f"set -em\ntrap 'kill -- -$(jobs -p) 2> /dev/null || true' EXIT\n{commands}"]
    return subprocess.run(command, cwd=folder, env=told, capture_output=True, text=True, check=False, timeout=400)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_yaml_on_every_page_is_yaml(page: Path) -> None:
    for text in blocks("yaml", page.read_text()):
        yaml.safe_load(text)
