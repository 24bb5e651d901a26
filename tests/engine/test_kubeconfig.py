"""What the stand-in makes of a kubeconfig, without an engine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from fastapi_on_aws.eks.kubeconfig import kubeconfig
from tests.engine.standin.cloud import Cloud, Existing
from tests.engine.standin.kubeconfig import NoWayInError, let_in

NAME: Final = "shop-dev-eks"
ENDPOINT: Final = "https://0A1B2C3D.gr7.eu-west-1.eks.amazonaws.com"
AUTHORITY: Final = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="
RIGHT: Final = kubeconfig(NAME, ENDPOINT, AUTHORITY)
CLUSTER: Final = Existing(
    type="aws:eks/cluster:Cluster",
    id=NAME,
    urn="urn:eks",
    inputs={},
    state={
        "arn": f"arn:aws:eks:eu-west-1:123456789012:cluster/{NAME}",
        "endpoint": ENDPOINT,
        "certificateAuthority": {"data": AUTHORITY},
    },
)
ACCESS: Final = Existing(
    type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    id="access",
    urn="urn:access",
    inputs={
        "clusterName": NAME,
        "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        "accessScope": {"type": "cluster"},
    },
    state={},
)


def _args(config: dict[str, Any]) -> list[str]:
    args: list[str] = config["users"][0]["user"]["exec"]["args"]
    return args


def _replace(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    return lambda config: _args(config).__setitem__(_args(config).index(old), new)


WRONG: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "none of its contexts is called 'other'": lambda config: config.update({"current-context": "other"}),
    "none of its users is called None": lambda config: config["contexts"][0]["context"].pop("user"),
    "it is no Config of v1": lambda config: config.pop("kind"),
    "--cluster-name is 'other'": _replace(NAME, "other"),
    "--region is 'eu-central-1'": _replace("eu-west-1", "eu-central-1"),
    "not from `aws eks get-token`": _replace("get-token", "list-clusters"),
    "no kubectl knows 'client.authentication.k8s.io/v1alpha1'": lambda config: config["users"][0]["user"][
        "exec"
    ].update(apiVersion="client.authentication.k8s.io/v1alpha1"),
    "there is no EKS cluster with this endpoint": lambda config: config["clusters"][0]["cluster"].update(
        server="https://FFFF.gr7.eu-west-1.eks.amazonaws.com"
    ),
    "certificate-authority-data is 'LS0t'": lambda config: config["clusters"][0]["cluster"].update(
        {"certificate-authority-data": "LS0t"}
    ),
}


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """With a cluster, into which an admin is let."""
    cloud = Cloud(tmp_path)
    cloud.put(CLUSTER)
    cloud.put(ACCESS)
    return cloud


def test_what_the_component_computes_leads_in(cloud: Cloud) -> None:
    let_in(RIGHT, cloud)


@pytest.mark.parametrize("words", WRONG)
def test_what_would_lead_nowhere_is_refused_with_the_reason(cloud: Cloud, words: str) -> None:
    config = json.loads(RIGHT)
    WRONG[words](config)
    with pytest.raises(NoWayInError, match=words):
        let_in(json.dumps(config), cloud)


def test_nobody_is_let_in_before_there_is_an_admin(cloud: Cloud) -> None:
    cloud.remove(ACCESS)
    with pytest.raises(NoWayInError, match=f"Unauthorized: no access entry of cluster {NAME} has"):
        let_in(RIGHT, cloud)
