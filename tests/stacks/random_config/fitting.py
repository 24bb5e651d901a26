"""Words that fit each other: what one word means for the others, so that most stack files work."""

from typing import Any, Final

from hypothesis import strategies as st

from fastapi_on_aws.eks.addon_args import OBSERVABILITY
from fastapi_on_aws.sizing import FARGATE_MEMORY_MIB
from tests.stacks.random_config.words import ACCOUNT, Config

CERTIFICATE: Final = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555"
FIRST_PATHS: Final = ["/", "/orders", "/catalog", "/a/b", "/a/b/c", "/~x", "/v1.0/items", "/" + "p" * 119]
NEEDED_ENDPOINTS: Final = ["ecr.api", "ecr.dkr", "logs"]
NEEDED_BY_NODES: Final = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "sts"]
IN_AUTO_MODE: Final = "coredns"
OF_A_CANARY: Final = ("percent", "interval_seconds", "errors_percent", "slowest_seconds")
OF_SERVICES: Final = ("existing", "rollout", "egress_ports")


def fitted(draw: st.DrawFn, config: Config) -> Config:
    """Change what cannot go together; mostly one of two words goes."""
    app, services = config.setdefault("app", {}), config.get("services", {})
    runs_zip = config.get("pattern") == "serverless" and config.get("lambda", {}).get("package") == "zip"
    for service in services.values() if runs_zip else ():
        service.pop("image", None)
        service.pop("command", None)
    for block in (app, *services.values()):
        _fit_size(draw, block)
        _fit_image(draw, block, runs_zip=runs_zip)
        _fit_scaling(block.get("scaling", {}))
    if "asgi" in app:
        app.pop("command", None)
    _fit_services(draw, services)
    _fit_network(draw, config)
    _fit_ways_in(draw, config)
    _fit_ways_out(draw, config)
    _fit_lambda(draw, config)
    _fit_eks(draw, config)
    return config


def _fit_eks(draw: st.DrawFn, config: Config) -> None:
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
    port = config["app"].get("port", 8000)
    words["egress_ports"] = [each for each in words.get("egress_ports", [443]) if each != port]
    _fit_nodes(draw, config, words)
    for block in (config["app"], *config.get("services", {}).values()):
        if block.get("scaling"):
            block["scaling"]["min"] = max(1, min(block["scaling"]["min"], 6))
            block["scaling"]["max"] = max(1, min(block["scaling"]["max"], 6))
        if "secrets" in block:  # a pod's volume reads from one region
            block["secrets"] = {name: arn.replace("us-east-1", "eu-west-1") for name, arn in block["secrets"].items()}


def _fit_cluster(draw: st.DrawFn, config: Config, words: Config, *, runs: bool) -> None:
    """One of our own, or one that is there."""
    if "existing" in words and draw(st.sampled_from([True, True, True, False])):
        for word in [word for word in words if word not in OF_SERVICES]:
            del words[word]
        _fit_existing(config["aws:region"], words["existing"])
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
        network["interface_endpoints"] = sorted({*network.get("interface_endpoints", []), *NEEDED_BY_NODES})
    if "existing" in words:
        return
    pool = words.setdefault("node_pool", {})
    pool["limits"] = {"cpu": 10_000, "memory": "99999 GB"}  # of Fargate's largest sizes, at their most copies
    processor = pool.get("architecture", "arm64")
    for holder in (config["app"], *config.get("services", {}).values()):
        if "image" in holder or (holder is config["app"] and processor != "arm64"):
            holder["image"] = {**holder.get("image", {}), "architecture": processor}


def _fit_lambda(draw: st.DrawFn, config: Config) -> None:
    words = config.get("lambda", {})
    _fit_package(words)
    _fit_rollout(draw, words)
    _fit_copies(draw, words)
    if not (words.get("vpc") or "efs" in words):
        words.pop("egress_ports", None)
    if words.get("alarms", {}).get("enabled") is False:
        words["alarms"] = {"enabled": False}
    if config.get("pattern") == "serverless":
        config["lambda"] = words
        _fit_regions(config["aws:region"], words)
        for block in (config["app"], *config.get("services", {}).values()):
            if "env" in block:  # Lambda wants a letter first
                block["env"] = {f"X{name}" if name[0] == "_" else name: text for name, text in block["env"].items()}
        _fit_app(config["app"], words)
        _fit_api(draw, config, words)


def _fit_regions(region: str, words: Config) -> None:
    for holder, word in ((words, "layers"), (words.get("alarms", {}), "topics")):
        if word in holder:
            holder[word] = [arn.replace("eu-west-1", region) for arn in holder[word]]
    if "efs" in words:
        words["efs"]["access_point_arn"] = words["efs"]["access_point_arn"].replace("eu-west-1", region)


def _fit_package(words: Config) -> None:
    if words.get("package") != "zip":
        for word in ("zip", "layers", "snap_start"):
            words.pop(word, None)
    elif words.get("snap_start"):
        for word in ("provisioned", "efs", "ephemeral_storage_mb"):
            words.pop(word, None)
        words.get("zip", {}).pop("python", None)


def _fit_rollout(draw: st.DrawFn, words: Config) -> None:
    kind = draw(st.sampled_from(["all_at_once", "canary", "linear"]))
    if "rollout" in words:
        checked = {word: path for word, path in words["rollout"].items() if word == "check"}
        steps = {"percent": 25, "interval_seconds": 60, **checked}
        words["rollout"] = {"kind": kind, **({} if kind == "all_at_once" else steps)}
        if kind != "all_at_once":
            words.pop("provisioned", None)
            words.get("alarms", {}).pop("enabled", None)


def _fit_copies(draw: st.DrawFn, words: Config) -> None:
    provisioned = words.get("provisioned")
    if provisioned:
        provisioned["max"] = max(provisioned["min"], provisioned.get("max", 1))
        for schedule in provisioned.get("schedule", {}).values():
            schedule["min"] = min(schedule["min"], schedule["max"])
            if draw(st.booleans()):
                schedule["timezone"] = "Europe/Berlin"
        words.pop("reserved_concurrency", None)


def _fit_app(app: Config, words: Config) -> None:
    app.pop("websockets", None)
    if words.get("package") == "zip":
        app.pop("streaming", None)
        words.setdefault("zip", {})["handler"] = "shop.aws.handler"
    app["memory"] = "1 GB"  # some sizes of Fargate are more than Lambda has
    app.pop("cpu", None)


def _fit_api(draw: st.DrawFn, config: Config, words: Config) -> None:
    words["timeout_seconds"] = min(words.get("timeout_seconds", 29), 29)
    api = words.get("api", {})
    kind = draw(st.sampled_from(["http", "rest", "function_url"]))
    services = config.get("services", {}).values()
    if kind == "function_url" and (words.get("functions") or any({"command", "image"} & s.keys() for s in services)):
        kind = "http"
    for service in services:  # a worker is refused
        if "prefix" not in service:
            service["prefix"] = f"/worker-{len(str(service))}-{draw(st.integers(0, 10**6))}"
        service.pop("memory", None)
        service.pop("cpu", None)
    if config["app"].get("streaming") and kind == "http":
        kind = "rest"
    only = {
        "http": ["throttling", "cors", "jwt", "access_logs", "domain"],
        "rest": ["throttling", "access_logs", "stage", "domain"],
    }
    api = {word: api[word] for word in only.get(kind, ["cors"]) if word in api}
    if config.get("front_door", {}).get("enabled", True):
        api.pop("domain", None)
    if "domain" in api:
        api["domain"]["certificate_arn"] = f"arn:aws:acm:{config['aws:region']}:{ACCOUNT}:certificate/1-2-3"
    if "cors" in api and "origins" not in api["cors"]:  # all of them then
        api["cors"].pop("credentials", None)
    words["api"] = {"kind": kind, **api, **({"auth": "none"} if kind == "function_url" else {})}


def _fit_size(draw: st.DrawFn, block: Config) -> None:
    if "cpu" in block or "memory" in block:
        units, sizes = draw(st.sampled_from(sorted(FARGATE_MEMORY_MIB.items(), key=lambda pair: pair[0])))
        mib = draw(st.sampled_from(sorted({sizes[0], sizes[-1], sizes[len(sizes) // 2]})))
        block["cpu"] = draw(st.sampled_from([f"{units / 1024:g} vCPU", f"{units / 1024:g}vcpu", str(units)]))
        block["memory"] = draw(st.sampled_from([f"{mib} MB", f"{mib / 1024:g} GB", f"{mib / 1024:g}gib"]))


def _fit_image(draw: st.DrawFn, block: Config, *, runs_zip: bool) -> None:
    image = block.get("image", {})
    if not runs_zip:
        image.pop("build", None)
    if "uri" not in image:
        return
    if len(image) > 1 and draw(st.booleans()):
        del image["uri"]
    else:
        block["image"] = {"uri": image["uri"], "architecture": image.get("architecture", "amd64")}


def _fit_scaling(scaling: Config) -> None:
    if scaling:
        low, high = sorted((scaling.get("min", 2), scaling.get("max", 10)))
        scaling.update({"min": low, "max": max(high, 1)})


def _fit_services(draw: st.DrawFn, services: dict[str, Config]) -> None:
    for word in ("command", "image"):
        services.get("web", {}).pop(word, None)  # "web" is what those share that do not run alone
    all_alone = all({"command", "image"} & service.keys() for service in services.values())
    seen: set[str] = set()
    for service in services.values():
        alone = not all_alone and {"command", "image"} & service.keys()
        taken = {*seen, "/"} if alone else seen
        if service.get("prefix") in taken or ("prefix" not in service and "command" not in service):
            service["prefix"] = draw(st.sampled_from([path for path in FIRST_PATHS if path not in taken]))
        seen.add(service.get("prefix", ""))
    called = [name for name, service in services.items() if "prefix" in service]
    for name, service in services.items():
        others = [other for other in called if other != name]
        if "calls" in service:
            service["calls"] = draw(st.lists(st.sampled_from(others), max_size=2, unique=True)) if others else []


def _fit_network(draw: st.DrawFn, config: Config) -> None:
    network = config.get("network", {})
    existing = network.get("existing")
    if existing and draw(st.booleans()):
        config["network"] = network = {word: network[word] for word in ("existing", "region") if word in network}
    else:
        network.pop("existing", None)
        _fit_zones(draw, config, network)
    if "region" in network:
        network["region"] = config["aws:region"]


def _fit_zones(draw: st.DrawFn, config: Config, network: Config) -> None:
    if "zones" in network:
        if draw(st.booleans()):  # a region that is newer than the table
            config["aws:region"] = "eu-east-7"
        network["zones"] = [config["aws:region"] + letter for letter in network["zones"]]
    elif "zone_count" in network and draw(st.booleans()):
        config["aws:region"], network["zone_count"] = draw(st.sampled_from([("us-west-1", 2), ("us-east-1", 5)]))
    elif "zone_count" in network:
        network["zone_count"] = min(network["zone_count"], 2 if config["aws:region"] == "us-west-1" else 3)


def _fit_ways_in(draw: st.DrawFn, config: Config) -> None:
    balancer, door = config.get("load_balancer", {}), config.get("front_door", {})
    if door.get("enabled", True):
        config["load_balancer"] = {"access": "cloudfront"} if draw(st.booleans()) else {}
        config["app"]["drain_seconds"] = min(config["app"].get("drain_seconds", 20), 60)
        return
    config["front_door"] = {"enabled": False}
    access = draw(st.sampled_from(["vpc", "internet", None]))
    config["load_balancer"] = balancer = {} if access is None else {"access": access}
    if access == "internet" or draw(st.booleans()):
        balancer.update(certificate_arn=CERTIFICATE, domain_name="api.example.com")
    if access == "internet":
        for service in config.get("services", {}).values():
            service.pop("calls", None)
        _give_public_subnets(config)


def _fit_ways_out(draw: st.DrawFn, config: Config) -> None:
    network: dict[str, Any] = config.get("network", {})
    public = config.get("ecs", {}).get("assign_public_ip", False)
    if public:
        _give_public_subnets(config)
    elif network.get("nat") == "none":
        if draw(st.booleans()):
            config.setdefault("ecs", {})["assign_public_ip"] = True
        else:
            network["interface_endpoints"] = sorted({*network.get("interface_endpoints", []), *NEEDED_ENDPOINTS})


def _give_public_subnets(config: Config) -> None:
    existing = config.get("network", {}).get("existing")
    if existing:
        existing["public_subnet_ids"] = ["subnet-0000000a", "subnet-0000000b"]
