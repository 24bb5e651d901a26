"""A stack file that Lambda cannot run: the same sentences, with the stack file's own paths, before anything is made."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from fastapi_on_aws import UsageError
from tests.components.test_lambda_fit import REFUSED
from tests.support.recorded import stack_graph

REGION = {"aws:region": "eu-west-1"}
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1-2-3"
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
        "certificate_arn is of us-east-1, and the API is in eu-west-1; request a certificate for api.example.com in eu",
    ),
    ({"lambda": {"package": "zip", "zip": {"python": "3.9"}}}, "fastapi-on-aws:lambda.zip.python cannot be '3.9'"),
    (
        {"lambda": {"package": "zip", "zip": {"handler": "sample_app.none.handler"}}},
        "fastapi-on-aws:lambda.zip.handler is sample_app.none.handler, and sample_app/none.py is not in the package",
    ),
    (
        {"lambda": {"package": "zip"}, "app": {"asgi": "shop.main:app"}},
        "fastapi-on-aws:lambda.zip.handler is missing: name the function of your app",
    ),
    ({"lambda": {"package": "zip", "zip": {"requirements": "no.txt"}}}, "zip.requirements is no.txt, and there is no"),
    ({"app": {"image": {"build": False}}}, "fastapi-on-aws:app.image.build is false, and its image is what runs; take"),
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
