"""Secrets of pods: files that nothing else holds, and a role that reads them alone."""

import dataclasses
import json
from typing import Any

from fastapi_on_aws.eks.secret_files import file_names, provider_parameters
from tests.components.ecs_services import PARAMETER
from tests.components.eks_services import (
    EVERYTHING,
    SECRET_CLASS,
    WEB,
    container,
    pod,
    service,
)

WHOLE = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-AbCdEf"


def test_secrets_are_files_that_no_state_and_no_kubernetes_secret_holds() -> None:
    graph = service(EVERYTHING)
    spec = graph.one(SECRET_CLASS).inputs["spec"]
    assert spec["provider"] == "aws"
    assert "secretObjects" not in spec, "that would be a Kubernetes Secret"
    told = spec["parameters"]
    assert (told["region"], told["usePodIdentity"]) == ("eu-west-1", "true"), "texts, as the driver takes nothing else"
    assert json.loads(told["objects"]) == [
        {
            "objectName": WHOLE,
            "objectAlias": "DATABASE_PASSWORD.json",
            "jmesPath": [{"path": '"password"', "objectAlias": "DATABASE_PASSWORD"}],
        },
        {"objectName": PARAMETER, "objectAlias": "KEY"},
    ]
    (volume,) = [v for v in pod(graph)["volumes"] if "csi" in v]
    assert volume["csi"]["driver"] == "secrets-store.csi.k8s.io"
    assert (
        volume["csi"]["volumeAttributes"]["secretProviderClass"] == graph.one(SECRET_CLASS).inputs["metadata"]["name"]
    )
    assert {"name": volume["name"], "mountPath": "/mnt/secrets", "readOnly": True} in container(graph)["volumeMounts"]


def test_another_secret_under_the_same_name_rolls_the_pods() -> None:
    def parts(secret: str) -> tuple[Any, Any]:
        graph = service(dataclasses.replace(WEB, secrets={"KEY": secret}))
        return pod(graph), graph.one(SECRET_CLASS).inputs["metadata"]

    assert parts(WHOLE)[0] != parts(PARAMETER)[0]
    assert parts(WHOLE)[0] == parts(WHOLE)[0], "and no other update does"
    assert parts(WHOLE)[1] == parts(PARAMETER)[1], "or Pulumi would delete the class of who takes a change back"


def test_one_secret_may_have_many_names_and_keys() -> None:
    secrets = {
        "A": WHOLE,
        "B": WHOLE,
        "USER": f"{WHOLE}:user-name::",
        "OLD": f"{PARAMETER}/old",
    }
    assert file_names(secrets) == {"A": "A", "B": "A", "USER": "USER", "OLD": "OLD"}
    (whole, parameter) = json.loads(provider_parameters(secrets, pod_identity=False)["objects"])
    assert whole["objectAlias"] == "A", "the provider takes each secret once"
    assert whole["jmesPath"] == [{"path": '"user-name"', "objectAlias": "USER"}], "in quotes, for the hyphen"
    assert parameter["objectAlias"] == "OLD"
    pinned = provider_parameters({"A": f"{WHOLE}::AWSPREVIOUS:"}, pod_identity=True)
    assert json.loads(pinned["objects"])[0]["objectVersionLabel"] == "AWSPREVIOUS"
