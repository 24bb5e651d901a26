"""Words of `eks:` that fit each other and the app."""

from collections.abc import Collection
from typing import Final

from hypothesis import strategies as st

from fastapi_on_aws.eks.addon_args import OBSERVABILITY
from tests.stacks.random_config.words import ACCOUNT, Config

NEEDED_BY_NODES: Final = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "secretsmanager", "ssm", "sts"]
IN_AUTO_MODE: Final = "coredns"
OF_A_CANARY: Final = ("percent", "interval_seconds", "errors_percent", "slowest_seconds")
NETWORK: Final = {
    "vpc_id": "vpc-0000000a",
    "cidr": "10.0.0.0/16",
    "private_subnet_ids": ["subnet-0000000c", "subnet-0000000d"],
    "public_subnet_ids": ["subnet-0000000a", "subnet-0000000b"],
}
OF_SERVICES: Final = ("existing", "rollout")


def fit_eks(draw: st.DrawFn, config: Config) -> None:
    runs = config.get("pattern") == "microservices"
    words = config.setdefault("eks", {}) if runs else config.get("eks", {})
    words.get("scaling", {}).pop("requests", None)
    _fit_cluster(draw, config, words, runs=runs)
    rollout = words.get("rollout", {})
    if rollout.get("max_surge_percent", 25) == rollout.get("max_unavailable_percent", 0) == 0:
        rollout["max_surge_percent"] = 1
    if any(word in rollout for word in OF_A_CANARY) and draw(st.booleans()):
        rollout["kind"] = "canary"
    if rollout.get("kind") != "canary":
        for word in OF_A_CANARY:
            rollout.pop(word, None)
    if not runs:
        return
    config.pop("aws:profile", None)
    rollout["ready_seconds"] = max(300, rollout.get("ready_seconds", 600))  # the longest start
    words["rollout"] = rollout
    for name in ("metrics-server", "aws-secrets-store-csi-driver-provider"):
        words.get("addons", {}).get(name, {}).pop("enabled", None)  # something needs them
    _fit_ports(config["app"])
    _fit_nodes(draw, config, words)
    for block in (config["app"], *config.get("services", {}).values()):
        if block.get("scaling"):
            block["scaling"]["min"] = max(1, min(block["scaling"]["min"], 6))
            block["scaling"]["max"] = max(1, min(block["scaling"]["max"], 6))
        if "secrets" in block:  # a pod's volume reads from one region
            block["secrets"] = {name: arn.replace("us-east-1", "eu-west-1") for name, arn in block["secrets"].items()}


def _fit_ports(app: Config) -> None:
    """On the app's own every service could call every other."""
    if "egress_ports" in app:
        app["egress_ports"] = [each for each in app["egress_ports"] if each != app.get("port", 8000)]


def _fit_cluster(draw: st.DrawFn, config: Config, words: Config, *, runs: bool) -> None:
    """One of our own, or one that is there."""
    if "existing" in words and draw(st.sampled_from([True, True, True, False])):
        for word in [word for word in words if word not in OF_SERVICES]:
            del words[word]
        _fit_existing(config["aws:region"], words["existing"])
        if runs:
            network = {"existing": NETWORK, **config.get("network", {})}
            config["network"] = {word: network[word] for word in ("existing", "region") if word in network}
        return
    words.pop("existing", None)
    if "addons" in words:
        words["addons"].pop(IN_AUTO_MODE, None)
        words["addons"].get(OBSERVABILITY, {}).pop("enabled", None)
    if runs:
        words.setdefault("admins", [f"arn:aws:iam::{ACCOUNT}:role/deployer"])
        words.setdefault("endpoint", draw(st.sampled_from(["private", "public"])))
    if words.get("endpoint") == "public":
        words.setdefault("public_access_cidrs", ["203.0.113.5/32"])
    else:
        words.pop("public_access_cidrs", None)


def _fit_existing(region: str, existing: Config) -> None:
    existing["endpoint"] = existing["endpoint"].replace("eu-west-1", region)
    if existing.get("identity") == "irsa":
        provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.{region}.amazonaws.com/id/0A1B2C3D"
        existing["oidc_provider_arn"] = provider
    else:
        existing.pop("oidc_provider_arn", None)
    for toleration in existing.get("tolerations", []):
        if toleration.get("operator") == "Exists":
            toleration.pop("value", None)
        else:
            toleration.setdefault("key", "team")


def _fit_nodes(draw: st.DrawFn, config: Config, words: Config) -> None:
    """They run the images, hold all pods and can join."""
    network = config.get("network", {})
    if network.get("nat") == "none" and draw(st.booleans()):
        network["nat"] = "single"
    elif network.get("nat") == "none":
        reach_by_endpoints(config, NEEDED_BY_NODES)
    if "existing" in words:
        return
    pool = words.setdefault("node_pool", {})
    pool["limits"] = {"cpu": 10_000, "memory": "99999 GB"}  # of Fargate's largest sizes, at their most copies
    processor = pool.get("architecture", "arm64")
    for holder in (config["app"], *config.get("services", {}).values()):
        if "image" in holder or (holder is config["app"] and processor != "arm64"):
            holder["image"] = {**holder.get("image", {}), "architecture": processor}


def reach_by_endpoints(config: Config, needed: Collection[str]) -> None:
    """There are those that something needs, and what it needs lies where they lead."""
    network, region = config["network"], config["aws:region"]
    network["interface_endpoints"] = sorted({*network.get("interface_endpoints", []), *needed})
    for holder in (config.get("app", {}), *config.get("services", {}).values()):
        if "uri" in holder.get("image", {}):
            holder["image"]["uri"] = f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/team/shop:1"
        for name, arn in holder.get("secrets", {}).items():
            holder["secrets"][name] = ":".join([*arn.split(":")[:3], region, *arn.split(":")[4:]])
