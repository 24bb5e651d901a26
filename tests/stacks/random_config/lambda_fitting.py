"""Words of `lambda:` that fit each other and the app."""

from hypothesis import strategies as st

from tests.stacks.random_config.words import ACCOUNT, Config


def fit_lambda(draw: st.DrawFn, config: Config) -> None:
    words = config.get("lambda", {})
    _fit_package(words)
    _fit_rollout(draw, words)
    _fit_copies(draw, words)
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
