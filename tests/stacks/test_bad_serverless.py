"""A stack file that Lambda cannot run: the same sentences, with the stack file's own paths, before anything is made."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from fastapi_on_aws import UsageError
from tests.components.test_lambda_fit import REFUSED
from tests.support.recorded import IMAGE_URI, stack_graph

REGION = {"aws:region": "eu-west-1"}
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1-2-3"
ACCESS_POINT = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0a1b2c3d"
OF_THE_COMPONENT = ("shop.network is missing", "shop.zip is missing", "leaves 51 for it")
"""A stack has a network and builds a zip, and its component has a shorter name."""
IN_A_STACK = [
    row for row in REFUSED if not row[1].startswith(OF_THE_COMPONENT[:2]) and OF_THE_COMPONENT[2] not in row[1]
]
MORE: list[tuple[dict[str, Any], str]] = [
    (
        {
            "front_door": {"enabled": False},
            "lambda": {"api": {"domain": {"name": "api.example.com", "certificate_arn": CERTIFICATE}}},
        },
        "api.domain.certificate_arn is of us-east-1, and the functions are in eu-west-1; name one of eu-west-1",
    ),
    (
        {"lambda": {"alarms": {"topics": ["arn:aws:sns:us-east-1:123456789012:oncall"]}}},
        r"fastapi-on-aws:lambda.alarms.topics\[0\] is of us-east-1, and the functions are in eu-west-1",
    ),
    (
        {"lambda": {"efs": {"access_point_arn": ACCESS_POINT}}},
        "fastapi-on-aws:lambda.efs.access_point_arn is of us-east-1, and",
    ),
    (
        {"lambda": {"package": "zip", "layers": ["arn:aws:lambda:us-east-1:123456789012:layer:tools:3"]}},
        r"fastapi-on-aws:lambda.layers\[0\] is of us-east-1, and",
    ),
    ({"lambda": {"package": "zip", "zip": {"python": "3.9"}}}, "fastapi-on-aws:lambda.zip.python cannot be '3.9'"),
    (
        {
            "lambda": {
                "package": "zip",
                "zip": {"handler": "sample_app.none.handler", "requirements": "requirements/lambda.txt"},
            }
        },
        "fastapi-on-aws:lambda.zip.handler is sample_app.none.handler, and sample_app/none.py is not in the package",
    ),
    (
        {"lambda": {"package": "zip"}, "app": {"asgi": "shop.main:app"}},
        "fastapi-on-aws:lambda.zip.handler is missing: name the function of your app",
    ),
    ({"lambda": {"package": "zip", "zip": {"requirements": "no.txt"}}}, "zip.requirements is no.txt, and there is no"),
    ({"app": {"image": {"build": False}}}, "fastapi-on-aws:app.image.build is false, and its image is what runs; take"),
    (
        {"app": {"image": {"dockerfile": "none/Dockerfile"}}},
        "fastapi-on-aws:app.image.dockerfile is none/Dockerfile, and there is no such file beside Pulumi.yaml",
    ),
    (
        {"services": {"a": {"prefix": "/a", "image": {"context": "none"}}}},
        "fastapi-on-aws:services.a.image.context is none, and there is no such folder beside Pulumi.yaml",
    ),
    (
        {"app": {"image": {"uri": "docker.io/me/shop:1", "architecture": "arm64"}}},
        "app.image.uri is 'docker.io/me/shop:1', and Lambda runs images of private ECR repositories alone; copy it",
    ),
    (
        {"app": {"image": {"uri": IMAGE_URI.replace("eu-west-1", "us-east-1"), "architecture": "arm64"}}},
        "fastapi-on-aws:app.image.uri is of us-east-1, and the functions are in eu-west-1; replicate the repository",
    ),
    ({"lambda_": {}}, "fastapi-on-aws:lambda_ is not a setting; did you mean lambda?"),
    ({"lamda": {}}, "fastapi-on-aws:lamda is not a setting; did you mean lambda?"),
    (
        {"pattern": "monolith", "lambda": {"timeout_seconds": 0}},
        "fastapi-on-aws:lambda.timeout_seconds is 0; it must be",
    ),
]


@pytest.mark.parametrize(("words", "sentence"), [*IN_A_STACK, *MORE], ids=[row[1][:70] for row in [*IN_A_STACK, *MORE]])
def test_what_lambda_cannot_run_is_one_sentence(tmp_path: Path, words: dict[str, Any], sentence: str) -> None:
    said = {"pattern": "serverless", **words}
    config = {**REGION, **{f"fastapi-on-aws:{key}": value for key, value in said.items()}}
    path = tmp_path / "Pulumi.bad.yaml"
    path.write_text(yaml.safe_dump({"config": config}))
    with pytest.raises(UsageError, match=sentence.replace("shop.", "fastapi-on-aws:")) as caught:
        stack_graph(path)
    assert "\n" not in str(caught.value)
