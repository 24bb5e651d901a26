"""A cluster: closed to all but its admins, with nodes of its own, and policies that are enforced from the start."""

import json
from datetime import date
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from fastapi_on_aws import EksArgs, EksCluster, EksClusterArgs, EksEndpoint
from fastapi_on_aws.coerce import coerce
from fastapi_on_aws.recording import Graph, Mode, record
from tests.components.eks_clusters import (
    ACCESS_ENTRY,
    ACCESS_POLICY,
    ADDON,
    ADMIN,
    ATTACHMENT,
    CONFIG_MAP,
    EKS_CLUSTER,
    EXISTING,
    KEY,
    LEAST,
    NODE_CLASS,
    NODE_POOL,
    ON_CALL,
    PROVIDER,
    cluster,
    on,
    waits_for,
)
from tests.support.recorded import (
    INGRESS_RULE,
    LOG_GROUP,
    MODES,
    ROLE,
    ROLE_POLICY,
    SECURITY_GROUP,
    existing_network,
    names,
)

AUTO_MODE = {"computeConfig": {"enabled": True}, "storageConfig": {"blockStorage": {"enabled": True}}}


pytestmark = pytest.mark.usefixtures("in_september_2026")


def requirements(graph: Graph) -> dict[str, list[str]]:
    spec = graph.one(NODE_POOL).inputs["spec"]["template"]["spec"]
    return {row["key"]: row["values"] for row in spec["requirements"]}


@pytest.mark.parametrize("mode", MODES)
def test_only_an_admin_and_a_word_on_the_endpoint_give_a_closed_cluster(mode: Mode) -> None:
    graph = cluster(mode, **LEAST)
    inputs = graph.one(EKS_CLUSTER).inputs
    known = {key: value for key, value in inputs.items() if key not in ("roleArn", "vpcConfig", "encryptionConfig")}
    assert known == {
        "name": "shop-dev-eks",
        "version": "1.36",
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        **AUTO_MODE,
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
        "bootstrapSelfManagedAddons": False,
        "enabledClusterLogTypes": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        "upgradePolicy": {"supportType": "STANDARD"},
        "deletionProtection": True,
        "zonalShiftConfig": {"enabled": True},
    }, "Auto Mode is all three parts of it, without node pools that cannot be changed"
    network = inputs["vpcConfig"]
    assert (network["endpointPrivateAccess"], network["endpointPublicAccess"]) == (True, False)
    assert "publicAccessCidrs" not in network
    assert network["subnetIds"] == ["subnet-private-a", "subnet-private-b"]
    assert graph.one(LOG_GROUP, "eks").inputs == {"name": "/aws/eks/shop-dev-eks/cluster", "retentionInDays": 30}
    assert graph.one(KEY).inputs["enableKeyRotation"] is True
    assert {entry.inputs["type"] for entry in graph.of_type(ACCESS_ENTRY)} == {"STANDARD", "EC2"}
    assert requirements(graph) == {
        "kubernetes.io/arch": ["arm64"],
        "karpenter.sh/capacity-type": ["on-demand"],
        "eks.amazonaws.com/instance-category": ["c", "m", "r"],
        "eks.amazonaws.com/instance-generation": ["4"],
    }
    assert graph.one(NODE_POOL).inputs["spec"]["limits"] == {"cpu": "64", "memory": "262144Mi"}
    addons = {addon.inputs["addonName"] for addon in graph.of_type(ADDON)}
    assert addons == {"metrics-server", "aws-secrets-store-csi-driver-provider", "amazon-cloudwatch-observability"}
    assert names(graph.of_type(ROLE_POLICY)) == {"eks-logs"}, "EKS's own policies are enough without tags"
    assert [log.message for log in graph.logs if log.severity != "info"] == []


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    graph = cluster(
        mode,
        admins=[ADMIN, ON_CALL],
        endpoint="public",
        public_access_cidrs=["203.0.113.5/32", "198.51.100.0/24"],
        version="1.35",
        node_pool={
            "architecture": "amd64",
            "spot": True,
            "limits": {"cpu": 16, "memory": "64 GB"},
            "tags": {"team": "shop"},
        },
        addons={
            "metrics-server": {"version": "v0.8.0-eksbuild.3", "configuration": {"replicas": 2}},
            "aws-secrets-store-csi-driver-provider": {"enabled": False},
            "amazon-cloudwatch-observability": {"conflicts": "preserve"},
            "cert-manager": {"conflicts": "none"},
        },
        container_logs=False,
        log_retention_days=365,
        deletion_protection=False,
        zonal_shift=False,
    )
    inputs = graph.one(EKS_CLUSTER).inputs
    assert (inputs["version"], inputs["deletionProtection"]) == ("1.35", False)
    assert inputs["zonalShiftConfig"] == {"enabled": False}
    network = inputs["vpcConfig"]
    assert (network["endpointPrivateAccess"], network["endpointPublicAccess"]) == (True, True), "nodes stay inside"
    assert network["publicAccessCidrs"] == ["203.0.113.5/32", "198.51.100.0/24"]
    assert requirements(graph)["kubernetes.io/arch"] == ["amd64"]
    assert requirements(graph)["karpenter.sh/capacity-type"] == ["spot", "on-demand"]
    assert graph.one(NODE_POOL).inputs["spec"]["limits"] == {"cpu": "16", "memory": "65536Mi"}
    assert graph.one(NODE_CLASS).inputs["spec"]["tags"] == {"team": "shop"}
    assert graph.one(LOG_GROUP).inputs["retentionInDays"] == 365
    addons = {addon.inputs["addonName"]: addon.inputs for addon in graph.of_type(ADDON)}
    assert set(addons) == {"metrics-server", "amazon-cloudwatch-observability", "cert-manager"}
    assert addons["metrics-server"]["addonVersion"] == "v0.8.0-eksbuild.3"
    assert json.loads(addons["metrics-server"]["configurationValues"]) == {"replicas": 2}
    policies = {
        name: (addon["resolveConflictsOnCreate"], addon["resolveConflictsOnUpdate"]) for name, addon in addons.items()
    }
    assert policies == {
        "metrics-server": ("OVERWRITE", "OVERWRITE"),
        "amazon-cloudwatch-observability": ("NONE", "PRESERVE"),
        "cert-manager": ("NONE", "NONE"),
    }
    said = {row["Sid"]: row for row in json.loads(graph.one(ROLE_POLICY).inputs["policy"])["Statement"]}
    for row in said.values():
        assert row["Condition"]["StringEquals"] == {
            "aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}"
        }, "what is not of this cluster is not tagged"


@pytest.mark.parametrize("protected", [True, False])
def test_pulumi_refuses_to_begin_what_aws_would_refuse_to_end(protected: bool) -> None:
    graph = cluster(**LEAST, deletion_protection=protected)
    assert {r.name for r in graph if r.options.protect} == ({"eks"} if protected else set())


def test_each_admin_has_an_entry_by_name_and_so_have_the_nodes() -> None:
    graph = cluster(**{**LEAST, "admins": [ADMIN, ON_CALL]})
    assert names(graph.of_type(ACCESS_ENTRY)) == {
        "eks-123456789012-role/deployer",
        "eks-123456789012-role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_OnCall_0123",
        "eks-nodes",
    }
    granted = {
        (grant.inputs["principalArn"], grant.inputs["policyArn"].rpartition("/")[2])
        for grant in graph.of_type(ACCESS_POLICY)
    }
    nodes = graph.one(ROLE, "eks-nodes").outputs["arn"]
    admin = "AmazonEKSClusterAdminPolicy"
    assert granted == {(ADMIN, admin), (ON_CALL, admin), (nodes, "AmazonEKSAutoNodePolicy")}
    assert {grant.inputs["accessScope"]["type"] for grant in graph.of_type(ACCESS_POLICY)} == {"cluster"}


def test_another_admin_moves_no_entry() -> None:
    one, two = cluster(**LEAST), cluster(**{**LEAST, "admins": [ON_CALL, ADMIN]})
    assert {entry.urn for entry in one.of_type(ACCESS_ENTRY)} < {entry.urn for entry in two.of_type(ACCESS_ENTRY)}


def test_roles_have_what_auto_mode_asks_for_and_eks_may_tag_its_sessions() -> None:
    graph = cluster(**LEAST)
    attached: dict[str, set[str]] = {}
    for attachment in graph.of_type(ATTACHMENT):
        role = attachment.inputs["role"].rpartition("-")[0]
        attached.setdefault(role, set()).add(attachment.inputs["policyArn"].rpartition("/")[2])
    assert attached == {
        "eks-cluster": {
            "AmazonEKSClusterPolicy",
            "AmazonEKSComputePolicy",
            "AmazonEKSBlockStoragePolicy",
            "AmazonEKSLoadBalancingPolicy",
            "AmazonEKSNetworkingPolicy",
        },
        "eks-nodes": {"AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"},
    }
    trusted = json.loads(graph.one(ROLE, "eks-cluster").inputs["assumeRolePolicy"])["Statement"][0]
    assert trusted["Action"] == ["sts:AssumeRole", "sts:TagSession"], "or Auto Mode cannot tell its cluster"


def test_the_cluster_waits_for_its_logs_its_roles_and_the_way_to_its_endpoint() -> None:
    graph = cluster(**LEAST)
    waits = waits_for(graph, graph.one(EKS_CLUSTER))
    assert graph.one(LOG_GROUP, "eks").urn in waits, "or EKS makes a log group that never ends"
    assert graph.one(KEY).urn in waits
    roles = [a for a in graph.of_type(ATTACHMENT) if a.name.startswith("eks-cluster-")]
    assert {a.urn for a in roles} <= waits, "or EKS cannot clean up behind it"
    assert graph.one(INGRESS_RULE).urn in waits
    assert graph.one(INGRESS_RULE).inputs["cidrIpv4"] == "10.0.0.0/16", "the network alone reaches the endpoint"
    assert len(graph.of_type(SECURITY_GROUP)) == 1, "EKS makes the other"


def test_pulumi_enters_with_a_token_of_the_moment_once_admins_are_let_in() -> None:
    graph = cluster(**LEAST)
    provider = graph.one(PROVIDER)
    config = json.loads(provider.inputs["kubeconfig"])
    made = graph.one(EKS_CLUSTER).outputs
    assert config["clusters"][0]["cluster"] == {
        "server": made["endpoint"],
        "certificate-authority-data": made["certificateAuthority"]["data"],
    }
    user = config["users"][0]["user"]
    assert set(user) == {"exec"}, "no token lies in the state"
    command = " ".join([user["exec"]["command"], *user["exec"]["args"]])
    assert command == "aws --region eu-west-1 eks get-token --cluster-name shop-dev-eks --output json"
    assert provider.inputs["clusterIdentifier"] == made["endpoint"], "another certificate replaces no object"
    admins = [grant.urn for grant in graph.of_type(ACCESS_POLICY) if "deployer" in grant.name]
    assert set(admins) <= waits_for(graph, provider), "and they are taken away after all that is in the cluster"


def test_one_provider_makes_all_that_is_in_the_cluster() -> None:
    graph = cluster(**LEAST)
    inside = [r for r in graph if r.type.startswith("kubernetes:")]
    assert len(inside) == 3
    assert {r.provider for r in inside} == {graph.one(PROVIDER).urn}


def test_policies_are_enforced_before_the_first_node_and_nodes_are_there_before_add_ons() -> None:
    graph = cluster(**LEAST)
    switch, pool = graph.one(CONFIG_MAP), graph.one(NODE_POOL)
    assert switch.inputs["metadata"] == {"name": "amazon-vpc-cni", "namespace": "kube-system"}
    assert switch.inputs["data"] == {"enable-network-policy-controller": "true"}
    made = graph.one(NODE_CLASS).inputs["spec"]
    assert (made["networkPolicy"], made["networkPolicyEventLogs"]) == ("DefaultAllow", "Enabled")
    waits = waits_for(graph, pool)
    assert {switch.urn, graph.one(NODE_CLASS).urn, graph.one(ACCESS_POLICY, "eks-nodes").urn} <= waits
    for addon in graph.of_type(ADDON):
        assert pool.urn in waits_for(graph, addon), "an add-on without a node never becomes active"


def test_nodes_stand_in_the_private_subnets_with_a_role_and_the_clusters_group() -> None:
    graph = cluster(**LEAST)
    spec = graph.one(NODE_CLASS).inputs["spec"]
    assert spec["role"] == graph.one(ROLE, "eks-nodes").outputs["name"]
    assert spec["subnetSelectorTerms"] == [{"id": "subnet-private-a"}, {"id": "subnet-private-b"}]
    group = graph.one(EKS_CLUSTER).outputs["vpcConfig"]["clusterSecurityGroupId"]
    assert spec["securityGroupSelectorTerms"] == [{"id": group}]
    reference = graph.one(NODE_POOL).inputs["spec"]["template"]["spec"]["nodeClassRef"]
    assert reference == {
        "group": "eks.amazonaws.com",
        "kind": "NodeClass",
        "name": graph.one(NODE_CLASS).inputs["metadata"]["name"],
    }


def test_what_takes_its_name_waits_until_workloads_can_run() -> None:
    def program() -> None:
        made = EksCluster("eks", EksClusterArgs(network=existing_network(), settings=coerce(EksArgs, LEAST, "eks")))
        aws.eks.PodIdentityAssociation(
            "web", cluster_name=made.cluster_name, namespace="web", service_account="web", role_arn=ADMIN
        )

    graph = record(program, project="shop")
    identity = graph.one("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert identity.inputs["clusterName"] == "shop-dev-eks"
    ready = [graph.one(CONFIG_MAP), graph.one(NODE_POOL), *graph.of_type(ADDON)]
    assert {r.urn for r in ready} <= {*identity.dependencies}


def test_the_plan_says_who_has_to_deploy_and_which_version_ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    on(date(2026, 11, 27), monkeypatch)
    logs = {log.severity: log.message for log in cluster(**LEAST, version="1.34").logs}
    assert logs == {
        "info": "what stands in the cluster is made by whoever runs pulumi up, with the AWS CLI: one of " + ADMIN,
        "warning": (
            "Kubernetes 1.34 leaves EKS's standard support on 2026-12-02, when EKS updates the cluster by itself:"
            " raise version before"
        ),
    }


def test_values_that_are_not_known_yet_pass() -> None:
    def program() -> None:
        later = pulumi.Output.from_input("platform").apply(str)
        existing: Any = {**EXISTING, "name": later, "network_policy_engine": True}
        EksCluster("eks", EksClusterArgs(network=existing_network(), settings=EksArgs(existing=existing)))

    graph = record(program, mode=Mode.UPDATE)
    assert json.loads(graph.one(PROVIDER).inputs["kubeconfig"])["current-context"] == "platform"


def test_words_are_the_same_in_python() -> None:
    args = EksArgs(admins=[ADMIN], endpoint=EksEndpoint.PUBLIC, public_access_cidrs=["203.0.113.5/32"])

    def program() -> None:
        EksCluster("eks", EksClusterArgs(network=existing_network(), settings=args))

    assert record(program).one(EKS_CLUSTER).inputs["vpcConfig"]["publicAccessCidrs"] == ["203.0.113.5/32"]
