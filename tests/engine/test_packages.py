"""The components where others use them: from another project, and from other languages by way of Pulumi's host."""

import json
import re
from importlib.metadata import version
from typing import Any, Final

import pytest
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema

from fastapi_on_aws.__main__ import COMPONENTS
from fastapi_on_aws.component import PACKAGE
from tests.engine.command import EngineError
from tests.engine.rig import Rig
from tests.engine.stack import Result, Stack
from tests.engine.toolchain import ROOT
from tests.support.recorded import IMAGE_URI, SERVICE, SUBNET, TARGET_GROUP, TASK_DEFINITION, VPC

_IN_PYTHON: Final = f"""
import pulumi
from fastapi_on_aws import (
    AppArgs, Architecture, FrontDoor, FrontDoorArgs, ImageRef, Monolith, MonolithArgs, NetworkRef, ScalingArgs,
    ServiceArgs,
)

shop = Monolith(
    "shop",
    MonolithArgs(
        network=NetworkRef(
            vpc_id="vpc-0123456789abcdef0",
            cidr="10.0.0.0/16",
            private_subnet_ids=["subnet-0a", "subnet-0b"],
        ),
        image=ImageRef(uri="{IMAGE_URI}", architecture=Architecture.ARM64),
        app=AppArgs(port=9000, scaling=ScalingArgs(min=1, max=3)),
        services={{
            "catalog": ServiceArgs(prefix="/catalog"),
            "mailer": ServiceArgs(command=["python", "-m", "mailer"]),
        }},
    ),
)
door = FrontDoor("door", FrontDoorArgs(origin=shop.origin))
pulumi.export("url", door.url)
"""

_REMOTE: Final = f"""
import pulumi


class Remote(pulumi.ComponentResource):
    '''What `pulumi package add` generates, in short: names and types as the schema has them.'''

    def __init__(self, type_, name, inputs, outputs):
        super().__init__("{PACKAGE}:index:" + type_, name, {{**inputs, **dict.fromkeys(outputs)}}, remote=True)


shop = Remote(
    "Monolith",
    "shop",
    {{
        "network": {{
            "vpcId": "vpc-0123456789abcdef0",
            "cidr": "10.0.0.0/16",
            "privateSubnetIds": ["subnet-0a", "subnet-0b"],
        }},
        "image": {{"uri": "{IMAGE_URI}", "architecture": "arm64"}},
        "app": {{"port": 9000, "scaling": {{"min": 1, "max": 3}}}},
        "services": {{
            "catalog": {{"prefix": "/catalog"}},
            "mailer": {{"command": ["python", "-m", "mailer"]}},
        }},
    }},
    ["url", "serviceUrls", "originDomainName", "vpcOriginId"],
)
origin = {{"domainName": shop.originDomainName, "vpcOriginId": shop.vpcOriginId}}
door = Remote("FrontDoor", "door", {{"origin": origin}}, ["url"])
pulumi.export("url", door.url)
"""


def _project(rig: Rig, name: str, program: str, **manifest: Any) -> Stack:
    folder = rig.folder / name
    folder.mkdir()
    text = json.dumps({"name": "shop", "runtime": "python", **manifest})  # which is YAML too
    (folder / "Pulumi.yaml").write_text(text)
    (folder / "__main__.py").write_text(program)
    return rig.stack(folder, name)


def _from_the_checkout() -> dict[str, Any]:
    return {"plugins": {"providers": [{"name": PACKAGE, "path": str(ROOT)}]}}


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
def test_another_project_uses_an_existing_network_and_image(rig: Rig, remote: bool) -> None:
    stack = _project(rig, "remote", _REMOTE, **_from_the_checkout()) if remote else _project(rig, "local", _IN_PYTHON)
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


def test_another_language_gets_the_same_resources(rig: Rig) -> None:
    """From dicts with floats as from args classes."""
    remote = _project(rig, "remote", _REMOTE, **_from_the_checkout()).preview()
    local = _project(rig, "local", _IN_PYTHON).preview()
    assert _inputs(remote, "remote") == _inputs(local, "local")


def _inputs(result: Result, stack: str) -> dict[str, str]:
    """By type and name, without what a stack and a random name make different."""
    resources = [resource for resource in result.registered.values() if resource.custom]
    return {
        resource.urn.split("::", 2)[2]: re.sub(
            r"-[0-9a-f]{7}\b", "", json.dumps(resource.inputs, sort_keys=True).replace(stack, "stack")
        )
        for resource in resources
    }


def test_another_language_is_told_what_is_wrong_in_the_same_sentence(rig: Rig) -> None:
    wrong = _REMOTE.replace('"prefix": "/catalog"', '"prefix": "catalog"')
    with pytest.raises(EngineError) as caught:
        _project(rig, "wrong", wrong, **_from_the_checkout()).preview()
    assert "shop.services.catalog.prefix is 'catalog'; it must be a path" in str(caught.value)
    assert 'File "' not in str(caught.value), "whoever writes Go or YAML reads one sentence, too"
