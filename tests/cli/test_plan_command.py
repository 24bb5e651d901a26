import json
from pathlib import Path

from jsonschema import Draft202012Validator

from fastapi_on_aws.plan import schema
from tests.cli.projects import run, write_project

SECRETS = """
import pulumi
import pulumi_aws as aws

secret = pulumi.Output.secret("hunter2-do-not-print")
aws.ssm.Parameter("password", type="SecureString", value=secret)
aws.sqs.Queue("jobs", tags={"nested": secret})
pulumi.export("direct", secret)
pulumi.export("nested", {"list": [{"deep": secret}, 1]})
pulumi.export("joined", pulumi.Output.concat("x-", secret))
pulumi.export("json", pulumi.Output.json_dumps({"a": secret}))
"""

COMPONENT = """
import pulumi
import pulumi_aws as aws


class Shop(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("shop:index:Shop", name)
        self.queue = aws.sqs.Queue(f"{name}-jobs", opts=pulumi.ResourceOptions(parent=self, protect=True))
        pulumi.log.info("requests means nothing to a queue", self)
        pulumi.log.warn("no dead-letter queue")
        self.register_outputs({})


config = pulumi.Config()
shop = Shop(config.get("prefix") or "web")
aws.kms.Key.get("shared", "1234")
pulumi.export("pattern", config.get("pattern"))
pulumi.export("region", pulumi.Config("aws").get("region"))
pulumi.export("arn", shop.queue.arn)
"""


def test_an_empty_pattern_is_not_the_default_one(tmp_path: Path) -> None:
    write_project(tmp_path)
    done = run(tmp_path, "plan", "--pattern", "")
    assert (done.returncode, done.stderr) == (
        2,
        "error: --pattern is empty; name one, or leave it out for the stack file's\n",
    ), "a variable of CI may have no value"


def test_a_project_that_has_nothing_to_do_with_ours_is_planned(tmp_path: Path) -> None:
    done = run(write_project(tmp_path), "plan")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "shop/dev   1 resource",
        "",
        "sqs.Queue  jobs  visibilityTimeoutSeconds=60",
        "",
        "Resources",
        "  sqs    1  Queue 1",
        "",
        "Outputs",
        "  url  known after up",
    ]


def test_components_marks_notes_and_warnings_are_shown(tmp_path: Path) -> None:
    stacks = {"dev": "config:\n  aws:region: eu-west-1\n  shop:pattern: monolith\n"}
    done = run(write_project(tmp_path, COMPONENT, stacks=stacks), "plan")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "shop/dev   region eu-west-1   pattern monolith   1 resource in 1 component, 1 read",
        "",
        "shop.Shop  web",
        "└── sqs.Queue  web-jobs  (protected)",
        "kms.Key    shared  (read only)",
        "",
        "Resources",
        "  sqs    1  Queue 1",
        "",
        "Outputs",
        "  arn      known after up",
        "  pattern  monolith",
        "  region   eu-west-1",
        "",
        "Warnings",
        "  - no dead-letter queue",
        "",
        "Notes",
        "  - requests means nothing to a queue (web)",
    ]


def test_the_json_document_is_valid_and_the_same_each_time(tmp_path: Path) -> None:
    write_project(tmp_path, COMPONENT)
    first, second = run(tmp_path, "plan", "--out", "json"), run(tmp_path, "plan", "--out", "json")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout, "plans are compared with diff"
    plan = json.loads(first.stdout)
    Draft202012Validator(schema()).validate(plan)
    names = [item["name"] for item in plan["resources"]]
    assert names[0] == "shop-dev", "the stack comes first"
    assert sorted(names[1:]) == ["shared", "web", "web-jobs"]
    assert plan["outputs"]["arn"] == {"$unknown": True}
    assert str(tmp_path) not in first.stdout, "where a project lies on disk is nobody's business"


def test_no_secret_is_printed_in_any_form(tmp_path: Path) -> None:
    write_project(tmp_path, SECRETS)
    for form in ("table", "json"):
        done = run(tmp_path, "plan", "--out", form)
        assert done.returncode == 0, done.stderr
        assert "hunter2" not in done.stdout + done.stderr
    outputs = json.loads(done.stdout)["outputs"]
    assert outputs["direct"] == outputs["joined"] == outputs["json"] == {"$secret": True}


def test_pattern_and_config_go_before_the_stack_file(tmp_path: Path) -> None:
    stacks = {"dev": "config:\n  aws:region: eu-west-1\n  shop:pattern: monolith\n"}
    write_project(tmp_path, COMPONENT, stacks=stacks)
    options = ("--pattern", "serverless", "--config", "aws:region=eu-north-1", "-c", "prefix=api")
    done = run(tmp_path, "plan", *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("shop/dev   region eu-north-1   pattern serverless   ")
    assert "  pattern  serverless\n" in done.stdout
    assert "sqs.Queue  api-jobs" in done.stdout


def test_a_stack_file_from_elsewhere_is_used(tmp_path: Path) -> None:
    write_project(tmp_path / "project", COMPONENT, stacks={"dev": "config:\n  aws:region: eu-west-1\n"})
    other = tmp_path / "Pulumi.trial.yaml"
    other.write_text("config:\n  aws:region: ap-south-1\n")
    done = run(tmp_path / "project", "plan", "--stack-file", "../Pulumi.trial.yaml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("shop/trial   region ap-south-1   ")


def test_another_folder_can_be_planned_from_here(tmp_path: Path) -> None:
    write_project(tmp_path / "there")
    assert run(tmp_path, "plan", "-C", "there").stdout.startswith("shop/dev   1 resource\n")


def test_what_the_program_prints_is_not_in_the_plan(tmp_path: Path) -> None:
    program = "import subprocess, sys\nprint('hello')\nsubprocess.run(['echo', 'from a child'], check=True)\n"
    done = run(write_project(tmp_path, program), "plan", "--out", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["resources"] == 0
    assert "hello" in done.stderr
    assert "from a child" in done.stderr


def test_a_pipe_gets_whole_lines_without_colour(tmp_path: Path) -> None:
    program = "import pulumi_aws as aws\naws.sqs.Queue('q' * 150, visibility_timeout_seconds=60)\n"
    done = run(write_project(tmp_path, program), "plan", TERM="xterm-256color")
    assert f"sqs.Queue  {'q' * 150}  visibilityTimeoutSeconds=60\n" in done.stdout
    assert "\x1b" not in done.stdout


def test_colour_can_be_forced_into_a_pipe_and_forbidden_again(tmp_path: Path) -> None:
    write_project(tmp_path)
    assert "\x1b[1mjobs\x1b[0m" in run(tmp_path, "plan", FORCE_COLOR="1").stdout
    assert "\x1b" not in run(tmp_path, "plan", FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b" not in run(tmp_path, "plan", "--out", "json", FORCE_COLOR="1").stdout, "JSON has no colour"


def test_columns_makes_a_pipe_narrow(tmp_path: Path) -> None:
    done = run(write_project(tmp_path, COMPONENT), "plan", COLUMNS="40")
    assert all(len(line) <= 40 for line in done.stdout.splitlines())
    assert "web-jobs" in done.stdout


def test_a_plain_encoding_gets_plain_text_and_valid_json(tmp_path: Path) -> None:
    program = "import pulumi\n" + COMPONENT + "\npulumi.export('name', 'naïve')\n"
    write_project(tmp_path, program)
    table = run(tmp_path, "plan", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert table.returncode == 0, table.stderr
    assert table.stdout.isascii()
    assert "`-- sqs.Queue  web-jobs" in table.stdout
    document = run(tmp_path, "plan", "--out", "json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert document.stdout.isascii()
    assert json.loads(document.stdout)["outputs"]["name"] == "naïve"
