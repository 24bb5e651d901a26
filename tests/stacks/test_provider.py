"""The one AWS provider: what config says under ``aws:`` arrives, and everything is tagged."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from fastapi_on_aws.recording import UNKNOWN, Resource, Secret
from tests.support.recorded import stack_graph


def provider(tmp_path: Path, config: dict[str, Any]) -> Resource:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(yaml.safe_dump({"config": {"aws:region": "eu-west-1", **config}}))
    return stack_graph(path).one("pulumi:providers:aws")


def test_only_a_region_tags_by_project_and_stack(tmp_path: Path) -> None:
    inputs = provider(tmp_path, {}).inputs
    assert inputs["region"] == "eu-west-1"
    tags = {"managed-by": "pulumi", "project": "fastapi-on-aws", "stack": "dev"}
    assert json.loads(inputs["defaultTags"]) == {"tags": tags}


def test_everything_set_under_aws_is_passed_on(tmp_path: Path) -> None:
    roles = [{"roleArn": "arn:aws:iam::123456789012:role/deployer"}]
    inputs = provider(
        tmp_path,
        {
            "aws:profile": "work",
            "aws:allowedAccountIds": ["123456789012"],
            "aws:assumeRoles": roles,
            "aws:maxRetries": 7,
            "aws:skipMetadataApiCheck": True,
            "aws:defaultTags": {"tags": {"owner": "shop"}},
            "fastapi-on-aws:tags": {"cost-center": "42"},
        },
    ).inputs
    assert inputs["profile"] == "work"
    assert json.loads(inputs["allowedAccountIds"]) == ["123456789012"]
    assert json.loads(inputs["assumeRoles"]) == roles
    assert (inputs["maxRetries"], inputs["skipMetadataApiCheck"]) == ("7", "true")
    tags = json.loads(inputs["defaultTags"])["tags"]
    assert {"owner": "shop", "cost-center": "42", "stack": "dev"}.items() <= tags.items()


def test_an_encrypted_credential_stays_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text("config:\n  aws:region: eu-west-1\n  aws:secretKey: { secure: AAABAC }\n")
    value = stack_graph(path).one("pulumi:providers:aws").inputs["secretKey"]
    assert isinstance(value, Secret)
    assert value.value is UNKNOWN


@pytest.mark.parametrize("tags", [{"owner": 5}, ["owner"], "owner"], ids=str)
def test_tags_are_a_map_of_texts(tmp_path: Path, tags: Any) -> None:
    from fastapi_on_aws import UsageError

    with pytest.raises(UsageError, match="fastapi-on-aws:tags"):
        provider(tmp_path, {"fastapi-on-aws:tags": tags})
