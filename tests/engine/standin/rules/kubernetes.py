"""EKS: the cluster, who may enter it, its add-ons and its key."""

from typing import Final

from tests.engine.standin.rules.row import Name, Row, inputs

ROWS: Final = {
    "aws:eks/cluster:Cluster": Row(
        source=(
            "aws_eks_cluster schema: ForceNew; encryption_config by its CustomizeDiff only where it is taken out. "
            "What is nested (bootstrap_cluster_creator_admin_permissions, ip_family, service_ipv4_cidr) is not modelled"
        ),
        force_new=inputs("name roleArn bootstrapSelfManagedAddons outpostConfig remoteNetworkConfig"),
        id="{name}",
        arn="arn:aws:eks:{region}:{account}:cluster/{name}",
        name=Name(100),
        outputs={"endpoint": "https://{upper13}.gr7.{region}.eks.amazonaws.com", "platformVersion": "eks.1"},
        within={
            "certificateAuthority": {"data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="},
            "vpcConfig": {"clusterSecurityGroupId": "sg-{hex17}"},
        },
        unique=("name",),
    ),
    "aws:eks/accessEntry:AccessEntry": Row(
        source="aws_eks_access_entry schema: ForceNew",
        force_new=inputs("clusterName principalArn type"),
        id="{clusterName}:{principalArn}",
        outputs={"accessEntryArn": "arn:aws:eks:{region}:{account}:access-entry/{clusterName}/{uuid}"},
        unique=("clusterName", "principalArn"),
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Row(
        source="aws_eks_access_policy_association schema: everything is ForceNew",
        force_new=inputs("accessScope clusterName policyArn principalArn"),
        id="{clusterName}#{principalArn}#{policyArn}",
        unique=("clusterName", "principalArn", "policyArn"),
    ),
    "aws:eks/addon:Addon": Row(
        source="aws_eks_addon schema: ForceNew",
        force_new=inputs("addonName clusterName namespaceConfig"),
        id="{clusterName}:{addonName}",
        arn="arn:aws:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}",
        unique=("clusterName", "addonName"),
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Row(
        source="aws_eks_pod_identity_association schema: RequiresReplace",
        force_new=inputs("clusterName namespace serviceAccount"),
        id="a-{hex17}",
        outputs={
            "associationId": "{id}",
            "associationArn": "arn:aws:eks:{region}:{account}:podidentityassociation/{clusterName}/{id}",
        },
        unique=("clusterName", "namespace", "serviceAccount"),
    ),
    "aws:kms/key:Key": Row(
        source="aws_kms_key schema: ForceNew",
        force_new=inputs("customKeyStoreId customerMasterKeySpec keyUsage multiRegion xksKeyId"),
        id="{uuid}",
        arn="arn:aws:kms:{region}:{account}:key/{uuid}",
        outputs={"keyId": "{uuid}"},
    ),
}
