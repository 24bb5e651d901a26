"""What pods write: kept by an add-on of EKS, for as long as is said, or not at all."""

import json

import pytest

from fastapi_on_aws.recording import Mode
from tests.components.eks_clusters import (
    ADDON,
    ATTACHMENT,
    EKS_CLUSTER,
    LEAST,
    cluster,
    waits_for,
)
from tests.support.recorded import (
    LOG_GROUP,
    MODES,
    ROLE,
    ROLE_POLICY,
    names,
)

pytestmark = pytest.mark.usefixtures("in_september_2026")


@pytest.mark.parametrize("mode", MODES)
def test_what_pods_write_is_kept_as_long_as_is_said_and_by_a_role_that_may_do_nothing_else(mode: Mode) -> None:
    graph = cluster(mode, **LEAST, log_retention_days=14)
    groups = {group.inputs["name"]: group for group in graph.of_type(LOG_GROUP)}
    shipped = [f"/aws/containerinsights/shop-dev-eks/{kind}" for kind in ("application", "dataplane", "host")]
    assert set(groups) == {"/aws/eks/shop-dev-eks/cluster", *shipped}
    assert {group.inputs["retentionInDays"] for group in groups.values()} == {14}
    addon = graph.one(ADDON, "eks-amazon-cloudwatch-observability")
    off = {"enabled": False}
    assert json.loads(addon.inputs["configurationValues"]) == {
        "containerLogs": {"enabled": True},
        "containerInsights": off,
        "applicationSignals": off,
    }, "metrics and traces are paid for one by one"
    (association,) = addon.inputs["podIdentityAssociations"]
    assert association["serviceAccount"] == "cloudwatch-agent"
    made_first = {graph.one(ROLE_POLICY, "eks-logs").urn, *(groups[name].urn for name in shipped)}
    assert made_first <= waits_for(graph, addon)
    assert made_first - {graph.one(ROLE_POLICY, "eks-logs").urn} <= waits_for(graph, graph.one(EKS_CLUSTER))
    if mode is Mode.UPDATE:
        role = graph.one(ROLE, "eks-logs")
        assert association["roleArn"] == role.outputs["arn"]
        (trusted,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert trusted["Condition"]["StringEquals"] == {
            "aws:RequestTag/eks-cluster-name": "shop-dev-eks",
            "aws:RequestTag/kubernetes-namespace": "amazon-cloudwatch",
            "aws:RequestTag/kubernetes-service-account": "cloudwatch-agent",
        }
        (row,) = json.loads(graph.one(ROLE_POLICY, "eks-logs").inputs["policy"])["Statement"]
        arns = [groups[name].outputs["arn"] for name in shipped]
        assert sorted(row["Resource"]) == sorted([*arns, *(f"{arn}:*" for arn in arns)])


def test_who_wants_metrics_says_so_to_the_add_on_and_its_role_may_send_them() -> None:
    told = {"configuration": {"containerInsights": {"enabled": True}}, "version": "v6.3.0-eksbuild.1"}
    graph = cluster(**LEAST, addons={"amazon-cloudwatch-observability": told})
    addon = graph.one(ADDON, "eks-amazon-cloudwatch-observability").inputs
    assert addon["addonVersion"] == "v6.3.0-eksbuild.1"
    configured = json.loads(addon["configurationValues"])
    assert configured["containerInsights"] == configured["containerLogs"] == {"enabled": True}
    policies = {attached.inputs["policyArn"] for attached in graph.of_type(ATTACHMENT)}
    assert "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy" in policies
    least = {attached.inputs["policyArn"] for attached in cluster(**LEAST).of_type(ATTACHMENT)}
    assert policies - least == {"arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"}


def test_logs_that_nobody_wants_cost_nothing() -> None:
    graph = cluster(**LEAST, container_logs=False)
    assert names(graph.of_type(LOG_GROUP)) == {"eks"}
    assert "eks-amazon-cloudwatch-observability" not in names(graph.of_type(ADDON))
    assert graph.of_type(ROLE_POLICY) == []
