from pathlib import Path

import pytest

from fastapi_on_aws.cli.project import choose_stack, configured, find_project
from fastapi_on_aws.errors import UsageError
from tests.cli.projects import write_project


def test_the_project_is_found_from_a_folder_beneath_it(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find_project(tmp_path / "a" / "b").folder == tmp_path


def test_without_a_project_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no Pulumi\.yaml in .* or above it; .* --project"):
        find_project(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name: [", "is not valid YAML, line"),
        ("runtime: python", "has no project name"),
        ("just text", "has no project name"),
        ("a: \x00", "is not valid YAML"),
    ],
)
def test_a_broken_manifest_is_one_sentence(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message) as caught:
        find_project(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("stacks", "asked", "chosen"),
    [
        (["prod"], None, "prod"),
        (["dev", "prod"], None, "dev"),
        ([], None, "dev"),
        ([], "any", "any"),
        (["dev", "prod"], "prod", "prod"),
        (["dev", "prod"], "acme/shop/prod", "prod"),
    ],
)
def test_the_stack_is_the_one_asked_for_or_the_only_one_or_dev(
    tmp_path: Path, stacks: list[str], asked: str | None, chosen: str
) -> None:
    project = find_project(write_project(tmp_path, stacks=dict.fromkeys(stacks, "")))
    stack, path = choose_stack(project, asked, None)
    assert stack == chosen
    assert path == (tmp_path / f"Pulumi.{chosen}.yaml" if chosen in stacks else None)


@pytest.mark.parametrize("asked", [None, "qa"])
def test_a_stack_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path, asked: str | None) -> None:
    project = find_project(write_project(tmp_path, stacks={"staging": "", "prod": ""}))
    with pytest.raises(UsageError, match="there are: prod, staging"):
        choose_stack(project, asked, None)


@pytest.mark.parametrize("key", ["stackConfigDir", "config"])
def test_stack_files_are_looked_for_where_the_project_says(tmp_path: Path, key: str) -> None:
    write_project(tmp_path)
    with (tmp_path / "Pulumi.yaml").open("a") as manifest:
        manifest.write(f"{key}: stacks\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.live.yaml").touch()
    assert list(find_project(tmp_path).stack_files) == ["live"]


def test_a_config_value_comes_from_the_command_line_then_the_stack_then_the_project(tmp_path: Path) -> None:
    write_project(tmp_path, stacks={"dev": "config:\n  aws:region: eu-west-1\n  shop:token:\n    secure: abc\n"})
    with (tmp_path / "Pulumi.yaml").open("a") as manifest:
        manifest.write("config:\n  aws:region: us-east-1\n  pattern:\n    default: monolith\n  size: {value: big}\n")
    project = find_project(tmp_path)
    stack_file = project.stack_files["dev"]
    assert configured(project, stack_file, {"aws:region": "eu-north-1"}, "aws:region") == "eu-north-1"
    assert configured(project, stack_file, {}, "aws:region") == "eu-west-1"
    assert configured(project, None, {}, "aws:region") == "us-east-1"
    assert configured(project, stack_file, {}, "shop:pattern") == "monolith", "a project's own keys need no namespace"
    assert configured(project, stack_file, {}, "shop:size") == "big"
    assert configured(project, stack_file, {}, "shop:token") is None, "an encrypted value is not for a heading"
    assert configured(project, stack_file, {}, "shop:absent") is None
