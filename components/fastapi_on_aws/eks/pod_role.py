"""The role of a service's pods: of this service account alone, and for what it is told to read."""

from collections.abc import Sequence
from typing import Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, Resource, ResourceOptions

from fastapi_on_aws.eks.cluster_ref import EksClusterRef
from fastapi_on_aws.eks.existing_args import PodIdentityKind
from fastapi_on_aws.eks.settling import IDENTITY_SECONDS, settles
from fastapi_on_aws.naming import logical
from fastapi_on_aws.policy_documents import policy, trust_document
from fastapi_on_aws.secret_access import read_secrets

_IRSA_ANNOTATION = "eks.amazonaws.com/role-arn"


class PodRole:
    """A role, and what gives it to a service account."""

    def __init__(
        self,
        name: str,
        *,
        cluster: EksClusterRef,
        namespace: str,
        service_account: str,
        secret_arns: Sequence[Input[str]],
        opts: ResourceOptions,
    ) -> None:
        self.role = aws.iam.Role(
            logical("IAM role", name), assume_role_policy=_trust(cluster, namespace, service_account), opts=opts
        )
        self.policy: Optional[aws.iam.RolePolicy] = None
        if secret_arns:
            self.policy = aws.iam.RolePolicy(
                logical("IAM role policy", name),
                role=self.role.name,
                policy=Output.all(*secret_arns).apply(secrets_policy),
                opts=opts,
            )
        self.association: Optional[aws.eks.PodIdentityAssociation] = None
        if cluster.identity is PodIdentityKind.POD_IDENTITY:
            self.association = aws.eks.PodIdentityAssociation(
                name,
                cluster_name=cluster.name,
                namespace=namespace,
                service_account=service_account,
                role_arn=self.role.arn,
                opts=ResourceOptions.merge(opts, settles(f"{name}-identity", IDENTITY_SECONDS)),
            )

    @property
    def ready(self) -> list[Resource]:
        """What a pod waits for: it gets its credentials when it is made, and reads its secrets with them."""
        return [resource for resource in (self.policy, self.association) if resource is not None]

    @property
    def annotations(self) -> Optional[dict[str, Input[str]]]:
        """Of the service account, which says its role where no association does."""
        return {_IRSA_ANNOTATION: self.role.arn} if self.association is None else None


def secrets_policy(secret_arns: Sequence[str]) -> str:
    """Read these secrets and parameters, and see whether they have changed since."""
    return policy(read_secrets(secret_arns, parameters="ssm:GetParameters", sees_changes=True))


def pod_identity_trust(cluster: str, namespace: str, service_account: str) -> str:
    """For this service account of this cluster; another may have one of the same name. Source: Amazon EKS user guide,
    "Configure a Kubernetes service account to assume an IAM role with EKS Pod Identity"."""
    of_pod = {
        "aws:RequestTag/eks-cluster-name": cluster,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": service_account,
    }
    actions = ["sts:AssumeRole", "sts:TagSession"]
    return trust_document({"Service": "pods.eks.amazonaws.com"}, actions, {"StringEquals": of_pod})


def irsa_trust(oidc_provider_arn: str, namespace: str, service_account: str) -> str:
    """Source: Amazon EKS user guide, "Assign IAM roles to Kubernetes service accounts"."""
    issuer = oidc_provider_arn.partition(":oidc-provider/")[2]
    of_pod = {
        f"{issuer}:aud": "sts.amazonaws.com",
        f"{issuer}:sub": f"system:serviceaccount:{namespace}:{service_account}",
    }
    principal = {"Federated": oidc_provider_arn}
    return trust_document(principal, ["sts:AssumeRoleWithWebIdentity"], {"StringEquals": of_pod})


def _trust(cluster: EksClusterRef, namespace: str, service_account: str) -> pulumi.Input[str]:
    if cluster.identity is PodIdentityKind.POD_IDENTITY:
        return Output.from_input(cluster.name).apply(lambda name: pod_identity_trust(name, namespace, service_account))
    return Output.all(cluster.oidc_provider_arn).apply(
        lambda known: irsa_trust(str(known[0]), namespace, service_account)
    )
