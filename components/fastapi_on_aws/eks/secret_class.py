"""Secrets and parameters as files in a pod, read by the Secrets Store CSI driver; no copy lies in Kubernetes."""

import json
from collections.abc import Mapping
from typing import Final

import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.eks.names import named_by
from fastapi_on_aws.eks.secret_files import check_secret_files, file_names, provider_parameters
from fastapi_on_aws.environment import check_environment, file_variable

DRIVER: Final = "secrets-store.csi.k8s.io"
FOLDER: Final = "/mnt/secrets"
_VOLUME: Final = "secrets"
_API: Final = "secrets-store.csi.x-k8s.io/v1"


class SecretFiles:
    """A `SecretProviderClass`, and the name of the volume that it fills: other secrets give it another,
    which rolls the pods.

    The class keeps its name. Were it another one too, who takes a change back whose rollout has failed would make the
    old name anew, and Pulumi would then delete it, as it still had to.
    """

    def __init__(
        self, name: str, namespace: str, secrets: Mapping[str, Input[str]], *, pod_identity: bool, opts: ResourceOptions
    ) -> None:
        self._secrets = secrets
        self._known = Output.all(**secrets).apply(lambda arns: _checked(arns, name))
        parameters = self._known.apply(lambda arns: provider_parameters(arns, pod_identity=pod_identity))
        self.volume = parameters.apply(lambda known: named_by(_VOLUME, json.dumps(known)))
        self.provider_class = kubernetes.apiextensions.CustomResource(
            name,
            api_version=_API,
            kind="SecretProviderClass",
            metadata={"name": name, "namespace": namespace},
            spec={"provider": "aws", "parameters": parameters},
            opts=opts,
        )

    @property
    def environment(self) -> dict[str, Input[str]]:
        """`X_FILE` for each secret `X`."""
        return {file_variable(secret): self._path(secret) for secret in self._secrets}

    def _path(self, secret: str) -> Output[str]:
        return self._known.apply(lambda arns: f"{FOLDER}/{file_names(arns)[secret]}")


def _checked(arns: Mapping[str, str], path: str) -> Mapping[str, str]:
    """Once more, for what was not known before."""
    check_environment({}, arns, path, reserved=())
    check_secret_files({}, arns, path)
    return arns
