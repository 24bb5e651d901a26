"""The recorder beside the real engine: one program, both modes, the same resources."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fastapi_on_aws.recording import UNKNOWN, Mode, Resource, Secret, record_project
from tests.engine.registered import SECRET_MARK, UNKNOWN_MARK, Registered
from tests.engine.rig import Rig
from tests.engine.toolchain import ensure
from tests.recording.projects import write

pytestmark = pytest.mark.real_tools

PROJECT = """
name: shop
runtime: python
main: app
config:
  size: {type: integer, default: 3}
  list: {type: array, items: {type: string}, default: [b, a]}
  flag: true
  aws:region: {value: eu-west-1}
"""
STACK = """
config:
  aws:region: eu-west-1
  shop:map: {z: 1, a: {c: null, f: 1.5}, n: 08, 1: x, true: y}
  shop:time: 12:30
  shop:date: 2012-10-17
  shop:moment: 2012-10-17T08:30:00.5+02:00
  shop:on: on
  shop:octal: 012
  shop:account: 012345678901
  shop:nothing: ~
  shop:ratio: 2.50
  shop:power: 1e3
"""
PROGRAM = """
import json, os
import pulumi
import pulumi_aws as aws

Options = pulumi.ResourceOptions
config = pulumi.Config()
KEYS = "size list flag map time date moment on octal account nothing ratio power missing".split()


class Inner(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("lib:x:Inner", name, {"given": pulumi.Output.secret("s"), "size": 3}, opts)
        group = aws.cloudwatch.LogGroup(
            f"{name}-log", retention_in_days=5, opts=Options(parent=self, ignore_changes=["retention_in_days"])
        )
        self.register_outputs({"known": 1, "none": None})


class Outer(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("lib:x:Outer", name, None, opts)
        Inner(f"{name}-inner", Options(parent=self))
        self.register_outputs({})


def tag(args):
    if args.type_ == "aws:iam/role:Role":
        return pulumi.ResourceTransformResult({**args.props, "tags": {"by": "stack"}}, args.opts)


west = aws.Provider("west", region="us-west-2", default_tags={"tags": {"team": "x"}})
plain = Outer("plain")
Outer("west", Options(provider=west, protect=True))
role = aws.iam.Role("role", assume_role_policy="{}", opts=Options(depends_on=[plain]))
aws.iam.RolePolicy("policy", role=role.id, policy=role.arn.apply(lambda arn: json.dumps({"of": len(arn)})))
aws.secretsmanager.Secret(
    "secret", policy=pulumi.Output.secret("p"), opts=Options(deleted_with=role, retain_on_delete=True)
)
pulumi.runtime.register_resource_transform(tag)
aws.iam.Role("late", assume_role_policy="{}", opts=Options(parent=plain))
pulumi.export("config", json.dumps({key: config.get(key) for key in KEYS}))
pulumi.export("cwd", os.path.basename(os.getcwd()))
pulumi.export("hidden", pulumi.Output.secret("s"))
"""
ADDED_BY_THE_ENGINE = {"version"}
"""Inputs of explicit providers."""


def marked(value: Any) -> Any:
    """A recorded value with the marks that the rig uses."""
    if isinstance(value, Secret):
        return SECRET_MARK
    if value is UNKNOWN:
        return UNKNOWN_MARK
    if isinstance(value, Mapping):
        return {key: marked(item) for key, item in value.items()}
    return [marked(item) for item in value] if isinstance(value, list) else value


def of_engine(real: Registered) -> dict[str, object]:
    provider = real.provider or ""
    return {
        "parent": real.parent,
        "custom": real.custom,
        "inputs": {key for key in real.inputs if key not in ADDED_BY_THE_ENGINE},
        "dependencies": tuple(sorted(real.dependencies)),
        "property_dependencies": {key: tuple(sorted(urns)) for key, urns in real.property_dependencies.items()},
        "provider": None if "::default_" in provider else real.provider,
        "protect": real.protect,
        "retain_on_delete": real.retain_on_delete,
        "deleted_with": real.deleted_with,
    }


def of_recorder(mine: Resource) -> dict[str, object]:
    return {
        "parent": mine.parent,
        "custom": mine.custom,
        "inputs": set(mine.inputs),
        "dependencies": mine.dependencies,
        "property_dependencies": dict(mine.property_dependencies),
        "provider": mine.provider,
        "protect": mine.options.protect,
        "retain_on_delete": mine.options.retain_on_delete,
        "deleted_with": mine.options.deleted_with,
    }


def test_the_recorder_and_the_engine_see_the_same_program(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    source = write(tmp_path / "shop", {"Pulumi.yaml": PROJECT, "app/__main__.py": PROGRAM, "Pulumi.dev.yaml": ""})
    stack = Rig(tmp_path / "rig", ensure(), tmp_path / "cache").stack(source, "dev")
    salt = [line for line in stack.config_file.read_text().splitlines() if line.startswith("encryptionsalt")]
    stack.config_file.write_text("\n".join(salt) + STACK, encoding="utf-8")
    for mode in Mode:
        result = stack.preview() if mode is Mode.PREVIEW else stack.up()
        graph = record_project(stack.project.folder, stack="dev", mode=mode)
        real = {urn: row for urn, row in result.registered.items() if "::default_" not in urn}
        assert set(graph.resources) == set(real), mode
        for urn, row in real.items():
            assert of_recorder(graph.resources[urn]) == of_engine(row), f"{urn} in a {mode}"
            if mode is Mode.PREVIEW:
                given = {key: value for key, value in row.inputs.items() if key not in ADDED_BY_THE_ENGINE}
                assert marked(graph.resources[urn].inputs) == given, urn
            elif not row.custom and row.type.startswith("lib:"):
                assert marked(graph.resources[urn].outputs) == row.outputs, urn
    outputs = stack.outputs()
    assert json.loads(graph.outputs["config"]) == json.loads(outputs["config"])
    assert graph.outputs["cwd"] == outputs["cwd"]
