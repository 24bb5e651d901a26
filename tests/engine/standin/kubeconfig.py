"""The kubeconfig that a program computes: well-formed, of a cluster that the cloud has, whose admins are let in."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import yaml

from tests.engine.standin.cloud import Cloud, Existing

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_ACCESS: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_ADMIN: Final = "AmazonEKSClusterAdminPolicy"
_EXEC_APIS: Final = {f"client.authentication.k8s.io/{version}" for version in ("v1", "v1beta1")}


class NoWayInError(Exception):
    """With this kubeconfig nobody gets into a cluster; a sentence says why."""


def let_in(text: str, cloud: Cloud) -> None:
    """Return if the AWS CLI would get a token for a cluster that is there, and somebody would be let in with it."""
    cluster, user = _active(_parsed(text))
    options = _options(user.get("exec") or {})
    found = _behind(str(cluster.get("server")), cloud)
    authority = found.state["certificateAuthority"]["data"]
    expected = {
        "certificate-authority-data": (cluster.get("certificate-authority-data"), authority),
        "--cluster-name": (options.get("--cluster-name"), found.id),
        "--region": (options.get("--region"), str(found.state["arn"]).split(":")[3]),
    }
    for word, (given, right) in expected.items():
        if given != right:
            raise NoWayInError(f"kubeconfig: {word} is {given!r}; the cluster at {cluster['server']} has {right!r}")
    _check_authority(authority)
    if not any(_is_admin(each, found) for each in cloud.all(_ACCESS)):
        raise NoWayInError(f"Unauthorized: no access entry of cluster {found.id} has {_ADMIN}")


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise NoWayInError(f"kubeconfig: {error}") from error
    if not isinstance(config, Mapping) or (config.get("apiVersion"), config.get("kind")) != ("v1", "Config"):
        raise NoWayInError("kubeconfig: it is no Config of v1")
    return config


def _active(config: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Cluster and user of the current context."""
    context = _named(config, "contexts", config.get("current-context"))["context"]
    cluster, user = (_named(config, f"{kind}s", context.get(kind))[kind] for kind in ("cluster", "user"))
    return cluster, user


def _named(config: Mapping[str, Any], group: str, name: object) -> Mapping[str, Any]:
    for entry in config.get(group) or []:
        if entry.get("name") == name:
            found: Mapping[str, Any] = entry
            return found
    raise NoWayInError(f"kubeconfig: none of its {group} is called {name!r}")


def _options(command: Mapping[str, Any]) -> dict[str, str]:
    """What ``aws eks get-token`` is told."""
    words: Sequence[str] = command.get("args") or []
    if command.get("command") != "aws" or not re.search(r"\beks get-token\b", " ".join(words)):
        raise NoWayInError(f"kubeconfig: tokens come from {command!r}, not from `aws eks get-token`")
    if command.get("apiVersion") not in _EXEC_APIS:
        raise NoWayInError(f"kubeconfig: no kubectl knows {command.get('apiVersion')!r} of its exec")
    return {word: value for word, value in pairwise(words) if word.startswith("--")}


def _behind(server: str, cloud: Cloud) -> Existing:
    """The cluster of an endpoint, which alone says which one it is."""
    for cluster in cloud.all(_CLUSTER):
        if cluster.state["endpoint"] == server:
            return cluster
    raise NoWayInError(f"kubeconfig: no such host {server}: there is no EKS cluster with this endpoint")


def _check_authority(data: str) -> None:
    try:
        text = base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise NoWayInError(f"kubeconfig: certificate-authority-data: {error}") from error
    if not text.startswith(b"-----BEGIN CERTIFICATE-----"):
        raise NoWayInError("kubeconfig: certificate-authority-data holds no certificate")


def _is_admin(association: Existing, cluster: Existing) -> bool:
    """Whether somebody may do everything in all of the cluster."""
    inputs = association.inputs
    everywhere = inputs.get("accessScope", {}).get("type") == "cluster"
    return everywhere and inputs["clusterName"] == cluster.id and str(inputs["policyArn"]).endswith(f"/{_ADMIN}")
