"""Words that fit each other: what one word means for the others, so that most stack files work."""

from typing import Any, Final

from hypothesis import strategies as st

from fastapi_on_aws.sizing import FARGATE_MEMORY_MIB
from tests.stacks.random_config.eks_fitting import fit_eks, reach_by_endpoints
from tests.stacks.random_config.lambda_fitting import fit_lambda
from tests.stacks.random_config.words import ACCOUNT, Config

FIRST_PATHS: Final = ["/", "/orders", "/catalog", "/a/b", "/a/b/c", "/~x", "/v1.0/items", "/" + "p" * 119]
NEEDED_ENDPOINTS: Final = ["ecr.api", "ecr.dkr", "logs"]


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
    fit_lambda(draw, config)
    fit_eks(draw, config)
    return config


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
    apart = [
        service["prefix"]
        for service in services.values()
        if {"command", "image"} & service.keys() and "prefix" in service
    ]
    for number, service in enumerate(services.values()):
        hidden = any(service.get("prefix", "").startswith(f"{prefix.rstrip('/')}/") for prefix in apart)
        if hidden and not {"command", "image"} & service.keys():
            service["prefix"] = f"/shared-{number}"
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
        certificate = f"arn:aws:acm:{config['aws:region']}:{ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555"
        balancer.update(certificate_arn=certificate, domain_name="api.example.com")
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
            reach_by_endpoints(config, {*NEEDED_ENDPOINTS, "secretsmanager", "ssm"})


def _give_public_subnets(config: Config) -> None:
    existing = config.get("network", {}).get("existing")
    if existing:
        existing["public_subnet_ids"] = ["subnet-0000000a", "subnet-0000000b"]
