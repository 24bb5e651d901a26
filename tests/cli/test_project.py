from pathlib import Path

import pytest

from fastapi_on_aws.cli.project import choose_stack, find_project
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
        ("name: [", "Pulumi.yaml"),
        ("runtime: python", "a project needs a name"),
        ("just text", "Pulumi.yaml"),
        ("a: \x00", "Pulumi.yaml"),
    ],
)
def test_a_broken_manifest_is_one_sentence(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message) as caught:
        find_project(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


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
    assert choose_stack(project, asked, None) == chosen


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
    assert find_project(tmp_path).stacks() == ["live"]
