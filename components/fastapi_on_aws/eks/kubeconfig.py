"""How Pulumi reaches a cluster: a kubeconfig as a value, never a file."""

import json
from typing import Final

import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.eks.existing_args import region_in

_EXEC_API: Final = "client.authentication.k8s.io/v1beta1"


def cluster_provider(
    name: str,
    *,
    cluster_name: Input[str],
    endpoint: Input[str],
    certificate_authority: Input[str],
    opts: ResourceOptions,
) -> kubernetes.Provider:
    """The one provider of a cluster. Its endpoint alone says which cluster it is, or another kubeconfig could replace
    the provider, and every object with it."""
    return kubernetes.Provider(
        name,
        kubeconfig=Output.all(cluster_name, endpoint, certificate_authority).apply(
            lambda known: kubeconfig(known[0], known[1], known[2])
        ),
        cluster_identifier=endpoint,
        enable_server_side_apply=True,
        opts=opts,
    )


def kubeconfig(cluster_name: str, endpoint: str, certificate_authority: str) -> str:
    """As ``aws eks update-kubeconfig`` writes it: each call gets a token of its own, which lives for 15 minutes, from
    the AWS CLI. Nothing in it is secret."""
    arguments = ["--region", region_in(endpoint), "eks", "get-token", "--cluster-name", cluster_name]
    user = {
        "exec": {
            "apiVersion": _EXEC_API,
            "command": "aws",
            "args": [*arguments, "--output", "json"],
            "interactiveMode": "Never",
            "provideClusterInfo": False,
        }
    }
    cluster = {"server": endpoint, "certificate-authority-data": certificate_authority}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": cluster_name, "cluster": cluster}],
            "users": [{"name": cluster_name, "user": user}],
            "contexts": [{"name": cluster_name, "context": {"cluster": cluster_name, "user": cluster_name}}],
            "current-context": cluster_name,
        }
    )
