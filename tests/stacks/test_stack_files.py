"""Every stack file that is checked in gives a sound stack."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from fastapi_on_aws.recording import UNKNOWN, Graph, Mode, Secret, plain, record_project
from sample_app.registry import MODULES
from tests.support.invariants import INVARIANTS, Invariant
from tests.support.recorded import (
    DISTRIBUTION,
    FUNCTION,
    IMAGE_URI,
    LOAD_BALANCER,
    MODES,
    NAT_GATEWAY,
    ROOT,
    SERVICE,
    STACK_FILES,
    STACKS,
    SUBNET,
    TASK_DEFINITION,
    container,
    environment,
    names,
    stack_graph,
)

PROGRAM = STACKS / "__main__.py"


@pytest.fixture(scope="module", params=STACK_FILES, ids=lambda path: path.name)
def stack_file(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


@pytest.fixture(scope="module", params=MODES)
def graph(request: pytest.FixtureRequest, stack_file: Path) -> Graph:
    return stack_graph(stack_file, request.param)


def test_there_is_a_file_for_each_environment_and_one_for_all_patterns() -> None:
    assert {"Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml", "Pulumi.any.yaml"} <= {
        path.name for path in STACK_FILES
    }


def test_the_program_is_a_table_of_contents() -> None:
    assert len(PROGRAM.read_text().splitlines()) <= 40


def test_a_stack_has_a_public_url_and_one_for_each_service(graph: Graph) -> None:
    with_cluster = {"cluster_name"} if graph.of_type("aws:eks/cluster:Cluster") else set()
    assert set(graph.outputs) == {"url", "service_urls"} | with_cluster
    if graph.mode is Mode.UPDATE:
        assert graph.outputs["url"].startswith("https://")
        assert graph.outputs["service_urls"]["orders"] == graph.outputs["url"] + "/orders"


def test_both_modes_create_the_same(stack_file: Path) -> None:
    preview, update = (set(stack_graph(stack_file, mode).resources) for mode in MODES)
    assert preview == update, "a plan that leaves out what an update creates is no plan"


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.__name__)
def test_it_is_sound(graph: Graph, invariant: Invariant) -> None:
    assert [seen for seen in invariant(graph) if seen.wrong] == [], invariant.__doc__


def test_the_push_token_is_the_only_secret_and_marked_as_one(graph: Graph) -> None:
    def secrets(value: Any, path: str) -> list[str]:
        if isinstance(value, Secret):
            return [path]
        if isinstance(value, dict):
            return [found for key, item in value.items() for found in secrets(item, f"{path}.{key}")]
        if isinstance(value, list):
            return [found for item in value for found in secrets(item, path)]
        return []

    found = {path for r in graph for path in secrets(dict(r.inputs), r.name)}
    assert {path.rsplit(".", 1)[0] for path in found} <= {"app-build", "app-build.registries"}
    assert found, "the token has to be encrypted in the state"


def test_the_deployed_image_is_known_by_its_digest(graph: Graph) -> None:
    function = graph.of_type(FUNCTION)
    deployments = graph.of_type("kubernetes:apps/v1:Deployment")
    if deployments:
        (image,) = {plain(d.inputs["spec"]["template"]["spec"]["containers"][0]["image"]) for d in deployments}
    else:
        image = plain(function[0].inputs["imageUri"]) if function else _image_of_the_task(graph)
    if graph.mode is Mode.PREVIEW:
        assert image is UNKNOWN, "there is no digest before the first build"
    else:
        assert "@sha256:" in image


def _image_of_the_task(graph: Graph) -> Any:
    definitions = plain(graph.one(TASK_DEFINITION).inputs["containerDefinitions"])
    return UNKNOWN if definitions is UNKNOWN else container(graph)["image"]


def test_dev_saves_by_visible_lines() -> None:
    dev = stack_graph(STACKS / "Pulumi.dev.yaml")
    assert dev.of_type(NAT_GATEWAY) == []
    service = dev.one(SERVICE).inputs
    assert service["networkConfiguration"]["assignPublicIp"] is True
    assert service["desiredCount"] == 1


@pytest.mark.parametrize("saving", ["nat: none", "flow_logs:", "assign_public_ip:", "container_insights:", "scaling:"])
def test_each_saving_of_dev_says_what_it_gives_up(saving: str) -> None:
    (line,) = [line for line in (STACKS / "Pulumi.dev.yaml").read_text().splitlines() if saving in line]
    assert "#" in line


def test_staging_has_one_nat_gateway_and_production_one_in_each_of_three_zones() -> None:
    staging, prod = (stack_graph(STACKS / f"Pulumi.{name}.yaml") for name in ("staging", "prod"))
    assert len(staging.of_type(NAT_GATEWAY)) == 1
    assert len(prod.of_type(NAT_GATEWAY)) == 3
    assert len({subnet.inputs["availabilityZone"] for subnet in prod.of_type(SUBNET)}) == 3


def test_environments_can_be_connected() -> None:
    ranges = [
        stack_graph(STACKS / f"Pulumi.{n}.yaml").one("aws:ec2/vpc:Vpc").inputs["cidrBlock"]
        for n in ("dev", "staging", "prod")
    ]
    assert len(set(ranges)) == 3, "ranges that overlap can never be peered"


def test_production_refuses_to_lose_what_holds_data_or_the_url() -> None:
    prod = stack_graph(STACKS / "Pulumi.prod.yaml")
    protected = {r.type for r in prod if r.options.protect}
    assert {"aws:ec2/vpc:Vpc", "aws:ecr/repository:Repository", DISTRIBUTION} <= protected
    assert {SERVICE, LOAD_BALANCER}.isdisjoint(protected), "a change of architecture has to remove these"


def test_one_file_is_valid_with_every_pattern() -> None:
    from stack_settings import Pattern

    for pattern in Pattern:
        assert stack_graph(STACKS / "Pulumi.any.yaml", pattern=pattern.value).outputs


def test_a_region_is_a_whole_stack_file(tmp_path: Path) -> None:
    bare = tmp_path / "Pulumi.bare.yaml"
    bare.write_text("config:\n  aws:region: eu-north-1\n")
    graph = stack_graph(bare)
    assert names(graph.of_type(SERVICE)) == {"app-web"}
    assert "APP_SERVICES" not in environment(container(graph)), "the app was not split, so it serves all it has"


def test_a_stack_file_that_names_services_names_every_module(stack_file: Path) -> None:
    text = stack_file.read_text()
    services = yaml.safe_load(text)["config"].get("fastapi-on-aws:services", {})
    named = {service["prefix"]: service.get("calls", []) for service in services.values()}
    wanted = {f"/{name}": list(module.calls) for name, module in MODULES.items() if f"# without {name}" not in text}
    assert not services or named == wanted, "`# without <module>` in the file says that it is meant so"


def test_stack_files_say_which_schema_they_follow(stack_file: Path) -> None:
    first = stack_file.read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=./stack.schema.json"


def test_pulumi_yaml_declares_the_defaults_that_the_code_has() -> None:
    import dataclasses

    from stack_settings import StackSettings

    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    defaults = {field.name: field.default for field in dataclasses.fields(StackSettings)}
    assert {key: entry["default"] for key, entry in declared.items()} == {
        name: default for name, default in defaults.items() if isinstance(default, str | int | bool)
    }, "a key that is declared without a default would be required"


def test_a_program_of_another_name_reads_its_own_keys(tmp_path: Path) -> None:
    import shutil

    fork = tmp_path / "fork"
    shutil.copytree(STACKS, fork / "stacks")
    (fork / "sample_app").symlink_to(ROOT / "sample_app")
    manifest = (ROOT / "Pulumi.yaml").read_text().replace("name: fastapi-on-aws", "name: shop")
    (fork / "Pulumi.yaml").write_text(manifest)
    (fork / "stacks" / "Pulumi.dev.yaml").write_text(
        "config: {aws:region: eu-west-1, shop:network: {cidr: 10.9.0.0/16}}\n"
    )
    graph = record_project(fork, stack="dev")
    assert graph.one("aws:ec2/vpc:Vpc").inputs["cidrBlock"] == "10.9.0.0/16"


def test_a_zip_takes_the_place_of_an_image_that_was_built_elsewhere(tmp_path: Path) -> None:
    zip_args = {"handler": "shop.handler", "include": ["shop.py"]}
    config: dict[str, Any] = {
        "pattern": "serverless",
        "lambda": {"package": "zip", "zip": zip_args},
        "app": {"image": {"uri": IMAGE_URI, "architecture": "arm64"}},
    }
    for name in ("Pulumi.yaml", "stacks"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "shop.py").write_text("def handler(event, context): ...\n")
    path = tmp_path / "Pulumi.shop.yaml"
    words = {f"fastapi-on-aws:{key}": value for key, value in config.items()}
    path.write_text(yaml.safe_dump({"config": {"aws:region": "eu-west-1", **words}}))
    graph = record_project(tmp_path, stack="shop", stack_file=path)
    assert graph.one("aws:lambda/function:Function", "app-web").inputs["handler"] == "shop.handler"


def test_a_service_named_like_the_app_can_have_its_own_image() -> None:
    services = {"app": {"prefix": "/", "image": {"dockerfile": "sample_app/Dockerfile"}}}
    graph = stack_graph(STACKS / "Pulumi.any.yaml", services=services)
    assert names(graph.of_type("docker-build:index:Image")) == {"app-app-build"}, "nothing runs the app's own image"
