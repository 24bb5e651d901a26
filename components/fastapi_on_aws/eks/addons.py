"""What EKS installs into a cluster for its workloads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, Optional

import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from fastapi_on_aws.eks.addon_args import OBSERVABILITY, AddonArgs, AddonConflicts, addons_to_install
from fastapi_on_aws.eks.container_logs import (
    SERVICE_ACCOUNT,
    ContainerLogs,
    logs_configuration,
    with_container_logs,
)

_ON_CREATE: Final = {
    AddonConflicts.OVERWRITE: "OVERWRITE",
    AddonConflicts.PRESERVE: "NONE",
    AddonConflicts.NONE: "NONE",
}
"""Nothing can be preserved when an add-on is installed. Source: Amazon EKS API reference, CreateAddon."""


def install_addons(
    name: str,
    given: Mapping[str, AddonArgs],
    cluster_name: Output[str],
    logs: Optional[ContainerLogs],
    opts: ResourceOptions,
) -> dict[str, aws.eks.Addon]:
    """The add-ons of a cluster, by name."""
    wanted = with_container_logs(given, wanted=logs is not None)
    return {
        addon: aws.eks.Addon(
            f"{name}-{addon}",
            cluster_name=cluster_name,
            addon_name=addon,
            addon_version=args.version,
            configuration_values=_configuration(addon, args, logs),
            pod_identity_associations=(
                [{"service_account": SERVICE_ACCOUNT, "role_arn": logs.create_role(cluster_name, args)}]
                if logs and addon == OBSERVABILITY
                else None
            ),
            resolve_conflicts_on_create=_ON_CREATE[args.conflicts],
            resolve_conflicts_on_update=args.conflicts.value.upper(),
            opts=opts,
        )
        for addon, args in addons_to_install(wanted).items()
    }


def _configuration(addon: str, args: AddonArgs, logs: Optional[ContainerLogs]) -> Optional[str]:
    told = dict(args.configuration)
    if addon == OBSERVABILITY and logs:
        told = logs_configuration(told)
    return json.dumps(told) if told else None
