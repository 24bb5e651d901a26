"""Stack files and declared config, read and checked as the engine reads and checks them."""

from pathlib import Path

import pytest

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.recording import UNKNOWN, Graph, RecordingError, Secret, plain, record_project
from tests.recording.projects import EXPORTS_CONFIG, PROJECT, write


def project(folder: Path, declared: str = "", stack: str = "", main: str = EXPORTS_CONFIG) -> Path:
    declared = "".join(f"  {line}\n" for line in declared.splitlines())
    files = {
        "Pulumi.yaml": PROJECT + (f"config:\n{declared}" if declared else ""),
        "Pulumi.dev.yaml": stack,
        "__main__.py": main,
    }
    return write(folder, files)


def outputs(folder: Path, declared: str = "", stack: str = "", **arguments: object) -> dict[str, object]:
    graph: Graph = record_project(project(folder, declared, stack), **arguments)  # type: ignore[arg-type]  # passed on
    return dict(graph.outputs)


def test_values_of_the_stack_file_win_over_defaults_of_the_project(tmp_path: Path) -> None:
    declared = "size: {type: integer, default: 1}\nname: {default: a}\n'on': true\naws:region: eu-west-1\n"
    found = outputs(tmp_path, declared, "config:\n  shop:size: 5\n")
    assert found == {"size": "5", "name": "a", "on": "true", "region": "eu-west-1"}


def test_overrides_win_over_the_stack_file(tmp_path: Path) -> None:
    stack = "config:\n  size: 5\n  name: b\n"
    assert outputs(tmp_path, "", stack, config={"shop:size": 7}) == {"size": "7", "name": "b"}


def test_values_become_the_texts_that_the_engine_makes(tmp_path: Path) -> None:
    stack = """config:
  shop:size: 3
  shop:on: yes
  shop:time: 12:30
  shop:name: 10.0.0.0/16
  shop:list: [1, a, true]
  shop:map: {b: 1, a: {c: null}}
"""
    assert outputs(tmp_path, "", stack) == {
        "size": "3",
        "on": "yes",
        "time": "12:30",
        "name": "10.0.0.0/16",
        "list": '[1,"a",true]',
        "map": '{"a":{"c":null},"b":1}',
    }


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("3", "3"),
        ("03", "3"),
        ("0x10", "16"),
        ("1_000", "1000"),
        ("2.50", "2.5"),
        ("1e3", "1000"),
        ("true", "true"),
        ("012345678901", "12345678901"),
        ("'012345678901'", "012345678901"),
        ("'3'", "3"),
        ("~", ""),
        ("", ""),
        ("2012-10-17", "2012-10-17 00:00:00 +0000 UTC"),
        ("2012-10-17T08:30:00.5+02:00", "2012-10-17 08:30:00.5 +0200 +0200"),
        ("2012-10-17 08:30:00", "2012-10-17 08:30:00 +0000 UTC"),
        ("'2012-10-17'", "2012-10-17"),
        ("2012-02-31", "2012-02-31"),
        ("{1: a, true: b}", '{"1":"a","true":"b"}'),
        ("1.2.3", "1.2.3"),
    ],
)
def test_scalars_are_read_as_the_engine_reads_them(tmp_path: Path, written: str, seen: str) -> None:
    assert outputs(tmp_path, "", f"config:\n  shop:size: {written}\n") == {"size": seen}


def test_values_of_other_namespaces_have_a_value(tmp_path: Path) -> None:
    assert outputs(tmp_path, "aws:region: {value: eu-west-1}\n")["region"] == "eu-west-1"
    assert outputs(tmp_path, "aws:region: {value: eu-west-1}\n", "config:\n  aws:region: x\n")["region"] == "x"


def test_the_old_spelling_of_a_key_is_understood(tmp_path: Path) -> None:
    assert outputs(tmp_path, "", "config:\n  aws:config:region: eu-west-1\n")["region"] == "eu-west-1"


def test_stack_files_are_looked_for_in_the_stack_config_folder(tmp_path: Path) -> None:
    files = {
        "Pulumi.yaml": PROJECT + "stackConfigDir: stacks\n",
        "stacks/Pulumi.prod.yaml": "config:\n  shop:size: 9\n",
        "__main__.py": EXPORTS_CONFIG,
    }
    graph = record_project(write(tmp_path, files))
    assert graph.stack == "prod", "the only stack is the one to record"
    assert graph.outputs == {"size": "9"}
    assert record_project(tmp_path, stack="acme/prod").stack == "prod"


def test_a_stack_file_may_be_anywhere(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    named = write(tmp_path, {"Pulumi.blue.yaml": "config: {shop:size: 1}\n"}) / "Pulumi.blue.yaml"
    free = write(tmp_path, {"example.yaml": "config: {shop:size: 2}\n"}) / "example.yaml"
    assert (record_project(folder, stack_file=named).stack, record_project(folder, stack_file=free).stack) == (
        "blue",
        "example",
    )
    graph = record_project(folder, stack_file=free, stack="green")
    assert (graph.stack, graph.outputs) == ("green", {"size": "2"})


def test_a_project_without_any_stack_file_can_still_be_recorded(tmp_path: Path) -> None:
    folder = write(tmp_path, {"Pulumi.yaml": PROJECT, "__main__.py": EXPORTS_CONFIG})
    assert record_project(folder, stack="new", config={"size": 1}).outputs == {"size": "1"}


def test_without_a_stack_there_must_be_exactly_one(tmp_path: Path) -> None:
    folder = write(tmp_path, {"Pulumi.yaml": PROJECT, "__main__.py": ""})
    with pytest.raises(UsageError, match=r"no single stack to record; name one of its stacks \(none\)"):
        record_project(folder)
    write(tmp_path, {"Pulumi.a.yaml": "", "Pulumi.b.yaml": ""})
    with pytest.raises(UsageError, match=r"\(a, b\)"):
        record_project(folder)


def test_a_stack_without_a_file_beside_others_is_a_misspelling(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no stack file .*Pulumi\.prd\.yaml; stacks of this project: dev"):
        record_project(project(tmp_path), stack="prd")


def test_a_missing_stack_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere.yaml does not exist"):
        record_project(project(tmp_path), stack_file=tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("declared", "value", "expected"),
    [
        ("{type: integer}", "many", "integer, this is a text"),
        ("{type: integer}", "1.5", "integer, this is a number"),
        ("{type: boolean}", "3", "boolean, this is an integer"),
        ("{type: boolean}", "'yes'", "boolean, this is a text"),
        ("{type: string}", "[a]", "string, this is a list"),
        ("{type: object}", "text", "object, this is a text"),
        ("{type: object}", "[a]", "object, this is a list"),
        ("{type: array, items: {type: string}}", "text", "array<string>, this is a text"),
        ("{type: array, items: {type: integer}}", "[1, a]", "array<integer>, this is a list"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_place(
    tmp_path: Path, declared: str, value: str, expected: str
) -> None:
    with pytest.raises(UsageError) as refused:
        outputs(tmp_path, f"size: {declared}\n", f"config:\n  shop:size: {value}\n")
    assert str(refused.value) == f"{tmp_path}/Pulumi.dev.yaml:2: config shop:size must be of type {expected}"


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("{type: integer}", "3"),
        ("{type: integer}", "'-3'"),
        ("{type: boolean}", "false"),
        ("{type: boolean}", "'true'"),
        ("{type: string}", "3"),
        ("{type: string}", "true"),
        ("{type: object}", "{a: 1}"),
        ("{type: array, items: {type: array, items: {type: string}}}", "[[a], []]"),
    ],
)
def test_a_value_of_the_right_type_is_taken(tmp_path: Path, declared: str, value: str) -> None:
    assert "size" in outputs(tmp_path, f"size: {declared}\n", f"config:\n  shop:size: {value}\n")


def test_a_declared_key_without_default_and_without_value_is_an_error(tmp_path: Path) -> None:
    declared = "size: {type: integer}\nname: {type: string, default: null}\n"
    with pytest.raises(UsageError) as refused:
        outputs(tmp_path, declared)
    assert str(refused.value) == (
        f"{tmp_path}/Pulumi.dev.yaml gives no value for size, name, which {tmp_path}/Pulumi.yaml:4 declares without a "
        "default; add it under `config:` as shop:size"
    )


def test_an_environment_that_cannot_be_opened_is_mentioned_when_a_value_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="its `environment` cannot be opened offline"):
        outputs(tmp_path, "size: {type: integer}\n", "environment: [shared]\n")


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("size: {type: number}", "config size has the type 'number'"),
        ("size: {type: array}", "config size is an array and must say of what"),
        ("size: {type: integer, default: many}", "default that is not of its type integer, but a text"),
        ("size: {default: 1, value: 2}", "cannot have both a default and a value"),
        ("size: {defualt: 1}", "has 'defualt'"),
        ("aws:region: {type: string, value: x}", "may have a value, but no type"),
        ("aws:region: {default: x}", "may have a value, but no type or default"),
        ("aws:region: {description: x}", "must have a value"),
        ("size: 1\nshop:size: 2", "config shop:size is declared twice"),
    ],
)
def test_a_wrong_declaration_is_refused_with_its_place(tmp_path: Path, declared: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        outputs(tmp_path, declared)
    line = 4 if "twice" not in message else 5
    assert str(refused.value).startswith(f"{tmp_path}/Pulumi.yaml:{line}: "), str(refused.value)


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        ("config: [a]\n", ":1: config must be a map of keys, not a list"),
        ("config: text\n", ":1: config must be a map of keys, not a text"),
        ("config:\n  shop:size: 1\n  shop:size: 2\n", ":3: the key 'shop:size' is there twice, first in line 2"),
        ("config:\n  size: 1\n  shop:size: 2\n", ":3: the key 'shop:size' is there twice, first in line 2"),
        ("config:\n  a:b:c: 1\n", ":2: 'a:b:c' is no config key"),
        ("config:\n\tshop:size: 1\n", ":2: "),
        ("config:\n  shop:map: {a: 1, a: 2}\n", ":2: the key 'a' is there twice"),
        ("config:\n  shop:map: {? [a] : 1}\n", ":2: a key must be a text"),
        ("config:\n  shop:size: *nobody\n", ":2: "),
        ("config:\n  shop:size: !!python/object/apply:os.getcwd []\n", ":2: "),
        ("[1]\n", ":1: the file must hold a mapping of keys, not a list"),
    ],
)
def test_a_broken_stack_file_is_refused_with_its_line(tmp_path: Path, stack: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        outputs(tmp_path, "", stack)
    assert str(refused.value).startswith(f"{tmp_path}/Pulumi.dev.yaml{message}"), str(refused.value)


def test_anchors_and_merges_work_as_in_yaml(tmp_path: Path) -> None:
    stack = "config:\n  shop:map: &base {a: 1, b: 2}\n  shop:list: [{<<: *base, b: 3}]\n"
    found = outputs(tmp_path, "", stack)
    assert found == {"map": '{"a":1,"b":2}', "list": '[{"a":1,"b":3}]'}


READS_SECRETS = """
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
for kind in ("", "_bool", "_int", "_float", "_object"):
    pulumi.export(f"require{kind}", getattr(config, f"require_secret{kind}")("password"))
    pulumi.export(f"get{kind}", getattr(config, f"get_secret{kind}")("password"))
pulumi.export("object", config.require_secret_object("nested")["user"])
pulumi.export("missing", config.get_secret("missing") is None)
pulumi.export("known", config.require_secret_int("known"))
pulumi.export("is_secret", pulumi.runtime.is_config_secret("shop:password"))
aws.sqs.Queue("queue", name=config.require_secret("password"))
"""
ENCRYPTED = """config:
  shop:password: {secure: v1:abc}
  shop:nested: {user: root, password: {secure: v1:abc}}
  shop:known: 3
"""


@pytest.mark.parametrize("mode", ["preview", "update"])
def test_encrypted_values_are_unknown_secrets(tmp_path: Path, mode: str) -> None:
    graph = record_project(project(tmp_path, "", ENCRYPTED, READS_SECRETS), mode=mode)
    found = dict(graph.outputs)
    assert found.pop("missing") is True
    assert found.pop("known") == Secret(3)
    assert found.pop("is_secret") is True
    assert len(found) == 11
    assert all(isinstance(value, Secret) and value.value is UNKNOWN for value in found.values()), found
    assert plain(graph.one("aws:sqs/queue:Queue").inputs["name"]) is UNKNOWN


@pytest.mark.parametrize(
    "reads", ["get('password')", "require('password')", "get_int('password')", "require_object('nested')"]
)
def test_reading_an_encrypted_value_as_plain_text_is_refused(tmp_path: Path, reads: str) -> None:
    main = f"import pulumi\npulumi.Config().{reads}\n"
    with pytest.raises(RecordingError, match="as plain text, but .*Pulumi.dev.yaml has it encrypted") as refused:
        record_project(project(tmp_path, "", ENCRYPTED, main))
    assert 'Secret("...")' in str(refused.value), "it says how to go on"


def test_a_stand_in_replaces_an_encrypted_value(tmp_path: Path) -> None:
    main = "import pulumi\npulumi.export('it', pulumi.Config().require_secret('password'))\n"
    folder = project(tmp_path, "password: {type: string, secret: true}\n", ENCRYPTED, main)
    assert record_project(folder, config={"password": Secret("x")}).outputs == {"it": Secret("x")}


def test_a_value_that_is_declared_secret_must_be_encrypted(tmp_path: Path) -> None:
    declared = "password: {type: string, secret: true}\n"
    with pytest.raises(
        UsageError, match=r"Pulumi.dev.yaml:2: config shop:password is declared secret and must be encrypted"
    ):
        outputs(tmp_path, declared, "config:\n  password: plain\n")
    record_project(project(tmp_path, declared, "config:\n  password: {secure: v1:abc}\n", ""))


def test_the_config_class_is_the_sdks_own_again_afterwards(tmp_path: Path) -> None:
    import pulumi

    before = {name: getattr(pulumi.Config, name) for name in dir(pulumi.Config)}
    record_project(project(tmp_path, "", ENCRYPTED, READS_SECRETS))
    assert {name: getattr(pulumi.Config, name) for name in dir(pulumi.Config)} == before
