"""What EKS installs into a cluster for its workloads."""

import json
from collections.abc import Mapping
from typing import Final

import pulumi_aws as aws
from pulumi import Input, ResourceOptions

from fastapi_on_aws.eks.addon_args import AddonArgs, AddonConflicts, addons_to_install

_ON_CREATE: Final = {
    AddonConflicts.OVERWRITE: "OVERWRITE",
    AddonConflicts.PRESERVE: "NONE",
    AddonConflicts.NONE: "NONE",
}
"""Nothing can be preserved when an add-on is installed. Source: Amazon EKS API reference, CreateAddon."""


def install_addons(
    name: str, given: Mapping[str, AddonArgs], cluster_name: Input[str], opts: ResourceOptions
) -> dict[str, aws.eks.Addon]:
    """The add-ons of a cluster, by name."""
    return {
        addon: aws.eks.Addon(
            f"{name}-{addon}",
            cluster_name=cluster_name,
            addon_name=addon,
            addon_version=args.version,
            configuration_values=json.dumps(args.configuration) if args.configuration else None,
            resolve_conflicts_on_create=_ON_CREATE[args.conflicts],
            resolve_conflicts_on_update=args.conflicts.value.upper(),
            opts=opts,
        )
        for addon, args in addons_to_install(given).items()
    }
