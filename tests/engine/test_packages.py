"""The components where others use them: from another project, and from other languages by way of Pulumi's host."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pytest
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema

from fastapi_on_aws.__main__ import COMPONENTS
from fastapi_on_aws.component import PACKAGE
from fastapi_on_aws.eks.settling import ACCESS_SECONDS
from tests.components.eks_services import DEPLOYMENT
from tests.engine.command import EngineError
from tests.engine.packages import FROM_THE_CHECKOUT, IN_PYTHON, generated_sdk, project
from tests.engine.rig import Rig
from tests.engine.stack import Result, Stack
from tests.engine.toolchain import ROOT, Toolchain
from tests.support.recorded import IMAGE_URI, SERVICE, SUBNET, TARGET_GROUP, TASK_DEFINITION, VPC

_GIVEN: Final = f"""
import pulumi
import pulumi_fastapi_on_aws as onaws

network = {{
    "vpc_id": "vpc-0123456789abcdef0",
    "cidr": "10.0.0.0/16",
    "private_subnet_ids": ["subnet-0a", "subnet-0b"],
}}
image = {{"uri": "{IMAGE_URI}", "architecture": "arm64"}}
"""
_GENERATED: Final = f"""{_GIVEN}
shop = onaws.Monolith(
    "shop",
    network=network,
    image=image,
    app={{"port": 9000, "scaling": {{"min": 1, "max": 3}}}},
    services={{
        "catalog": {{"prefix": "/catalog"}},
        "mailer": {{"command": ["python", "-m", "mailer"]}},
    }},
)
origin = {{"domain_name": shop.origin_domain_name, "vpc_origin_id": shop.vpc_origin_id}}
door = onaws.FrontDoor("door", origin=origin)
pulumi.export("url", door.url)
"""
"""The same by the SDK that `pulumi package gen-sdk` writes; the components themselves run in a process of their own."""

_ON_EKS: Final = f"""{_GIVEN}
shop = onaws.Microservices(
    "shop",
    network=network,
    image=image,
    services={{"catalog": {{"prefix": "/catalog"}}, "mailer": {{"command": ["python", "-m", "mailer"]}}}},
    eks={{
        "admins": ["arn:aws:iam::123456789012:role/deployer"],
        "endpoint": "private",
        "deletion_protection": False,
        "rollout": {{"kind": "canary", "percent": 20}},
    }},
)
pulumi.export("cluster", shop.cluster_name)
"""


@pytest.fixture(scope="module")
def installed_sdk(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path) -> Path:
    """The generated SDK, where a virtualenv would have it."""
    folder = tmp_path_factory.mktemp("sdk")
    source = generated_sdk(Rig(folder / "rig", toolchain, sdk_cache), "python")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(folder / "site"), str(source)], check=True, timeout=60)
    return folder / "site"


def _with_sdk(rig: Rig, installed_sdk: Path, name: str, program: str = _GENERATED) -> Stack:
    """A project that uses the generated SDK, and the components from the checkout."""
    rig.env["PYTHONPATH"] = os.pathsep.join([str(installed_sdk), rig.env["PYTHONPATH"]])
    return project(rig, name, {"__main__.py": program}, **FROM_THE_CHECKOUT)


def _local(rig: Rig) -> Stack:
    return project(rig, "local", {"__main__.py": IN_PYTHON})


def _served(rig: Rig) -> dict[str, Any]:
    """From elsewhere: in a folder with a PulumiPlugin.yaml and a Pulumi.yaml the CLI cannot tell which to take."""
    finished = rig.run("package", "get-schema", str(ROOT), folder=rig.folder)
    assert not finished.code, finished.text
    schema: dict[str, Any] = json.loads(finished.stdout)
    return schema


def _generated() -> dict[str, Any]:
    """By the code of the SDK that the host uses, in this process."""
    found = Analyzer(PACKAGE).analyze(COMPONENTS)
    definitions = (found["component_definitions"], found["type_definitions"], list(found["dependencies"]))
    made = generate_schema(PACKAGE, version(PACKAGE), "", *definitions)
    schema: dict[str, Any] = json.loads(json.dumps(made.to_json()))
    return schema


_ITEMS: Final = ("items", "additionalProperties")


def _bound(value: Any, key: str = "") -> Any:
    """As the engine gives a schema back: nothing empty, and no descriptions of the items of lists and maps."""
    if isinstance(value, dict):
        inner = {name: _bound(item, name) for name, item in value.items() if item not in ([], {}, "", None)}
        return {name: item for name, item in inner.items() if key not in _ITEMS or name != "description"}
    return [_bound(item) for item in value] if isinstance(value, list) else value


def test_get_schema_serves_every_component_from_the_checkout(rig: Rig) -> None:
    served, generated = _bound(_served(rig)), _bound(_generated())
    assert set(served["resources"]) == {f"{PACKAGE}:index:{component.__name__}" for component in COMPONENTS}
    assert served["resources"] == generated["resources"]
    assert served["types"] == generated["types"]
    assert (served["name"], served["version"]) == (PACKAGE, version(PACKAGE))


@pytest.mark.parametrize("remote", [False, True], ids=["python", "another language"])
def test_another_project_uses_an_existing_network_and_image(rig: Rig, installed_sdk: Path, remote: bool) -> None:
    stack = _with_sdk(rig, installed_sdk, "remote") if remote else _local(rig)
    made = stack.up()
    types = [resource.type for resource in made.registered.values()]
    assert not {VPC, SUBNET, "aws:ecr/repository:Repository"} & set(types), "what exists is not made again"
    assert (types.count(SERVICE), types.count(TARGET_GROUP)) == (2, 1), "the app, and a worker without a target group"
    for definition in rig.cloud.all(TASK_DEFINITION):
        (container,) = json.loads(definition.inputs["containerDefinitions"])
        assert container["image"] == IMAGE_URI
    assert stack.outputs()["url"].startswith("https://d")

    assert set(stack.up().changes) == {"same"}
    stack.destroy()
    assert not list(rig.cloud.all())


def test_another_language_gets_the_same_resources(rig: Rig, installed_sdk: Path) -> None:
    """From dicts with floats as from args classes."""
    remote = _with_sdk(rig, installed_sdk, "remote").preview()
    local = _local(rig).preview()
    assert _inputs(remote, "remote") == _inputs(local, "local")


def _inputs(result: Result, stack: str) -> dict[str, str]:
    """Inputs by type and name, without what a stack and a random name make different."""
    return {
        resource.urn.split("::", 2)[2]: re.sub(
            r"-[0-9a-f]{7}\b", "", json.dumps(resource.inputs, sort_keys=True).replace(stack, "stack")
        )
        for resource in result.registered.values()
        if resource.custom
    }


def test_another_language_runs_services_on_kubernetes(rig: Rig, installed_sdk: Path) -> None:
    stack = _with_sdk(rig, installed_sdk, "pods", _ON_EKS)
    made = stack.up()
    names = [resource.name for resource in made.registered.values() if resource.type == DEPLOYMENT]
    assert sorted(names) == ["shop-catalog", "shop-catalog-canary", "shop-mailer"]
    at = {row["urn"].split("::")[2].rpartition(":")[2]: row["time"] for row in rig.log() if row["op"] == "create"}
    waited = at["ConfigMap"] - at["AccessPolicyAssociation"]
    assert waited >= ACCESS_SECONDS, "the engine asks the components' own process to wait"
    assert set(stack.up().changes) == {"same"}
    stack.destroy()
    assert not list(rig.cloud.all())


def test_another_language_is_told_what_is_wrong_in_the_same_sentence(rig: Rig, installed_sdk: Path) -> None:
    wrong = _GENERATED.replace('"prefix": "/catalog"', '"prefix": "catalog"')
    with pytest.raises(EngineError) as caught:
        _with_sdk(rig, installed_sdk, "wrong", wrong).preview()
    assert "shop.services.catalog.prefix is 'catalog'; it must be a path" in str(caught.value)
    assert 'File "' not in str(caught.value), "whoever writes Go or YAML reads one sentence, too"
