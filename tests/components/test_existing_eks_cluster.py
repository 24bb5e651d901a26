"""A cluster that is there already: reached, and nothing of it made."""

import json
from typing import Any

import pytest

from fastapi_on_aws import EksCluster, EksClusterArgs
from fastapi_on_aws.recording import Mode, record
from tests.components.eks_clusters import (
    EXISTING,
    PROVIDER,
    cluster,
)
from tests.support.recorded import (
    MODES,
    existing_network,
)

pytestmark = pytest.mark.usefixtures("in_september_2026")


@pytest.mark.parametrize("mode", MODES)
def test_an_existing_cluster_is_reached_and_nothing_else_is_made(mode: Mode) -> None:
    graph = cluster(mode, existing={**EXISTING, "network_policy_engine": True})
    assert {r.type for r in graph if r.type != "pulumi:pulumi:Stack"} == {"fastapi-on-aws:index:EksCluster", PROVIDER}
    provider = graph.one(PROVIDER).inputs
    user = json.loads(provider["kubeconfig"])["users"][0]["user"]
    assert user["exec"]["args"][:2] == ["--region", "eu-central-1"], "its endpoint tells where it is"
    assert len(graph.logs) == 0


def test_an_existing_cluster_differs_in_what_it_says() -> None:
    found: list[EksCluster] = []

    def program() -> None:
        existing = {
            **EXISTING,
            "target_group_binding": "elbv2.k8s.aws/v1beta1",
            "identity": "irsa",
            "oidc_provider_arn": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0A1B",
            "security_group_id": "sg-0a1b2c3d",
            "labels": {"pool": "apps"},
            "tolerations": [{"key": "apps", "operator": "Exists", "effect": "NoSchedule"}],
        }
        settings: Any = {"existing": existing}
        found.append(EksCluster("eks", EksClusterArgs(network=existing_network(), settings=settings)))

    graph = record(program)
    ref = found[0].ref
    assert (ref.target_group_binding, ref.identity) == ("elbv2.k8s.aws/v1beta1", "irsa")
    assert ref.labels == {"pool": "apps"}
    assert [(t.key, t.operator, t.effect) for t in ref.tolerations] == [("apps", "Exists", "NoSchedule")]
    (warning,) = [log.message for log in graph.logs if log.severity == "warning"]
    assert warning == (
        "network policies are without effect in the existing cluster: existing.network_policy_engine is false"
    )
