"""What AWS takes: names, sizes, time-outs, rules and ranges."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, Final

from fastapi_on_aws.naming import RULES
from fastapi_on_aws.recording import UNKNOWN, Graph, Resource, plain
from fastapi_on_aws.sizing import FARGATE_MEMORY_MIB
from tests.components.eks_services import BUDGET, DEPLOYMENT
from tests.engine.standin.names import fill_in
from tests.engine.standin.rules import ANY, ROWS
from tests.support.invariants.reading import Seen
from tests.support.recorded import (
    CLUSTER,
    LISTENER_RULE,
    LOAD_BALANCER,
    LOG_GROUP,
    ROLE,
    ROLE_POLICY,
    SECURITY_GROUP,
    SERVICE,
    SUBNET,
    TARGET_GROUP,
    TASK_DEFINITION,
    VPC,
)

KINDS: Final = {
    LOAD_BALANCER: "load balancer",
    TARGET_GROUP: "target group",
    ROLE: "IAM role",
    ROLE_POLICY: "IAM role policy",
    SECURITY_GROUP: "security group",
    CLUSTER: "ECS cluster",
    SERVICE: "ECS service",
    LOG_GROUP: "log group",
    "aws:eks/cluster:Cluster": "EKS cluster",
    "aws:ecr/repository:Repository": "ECR repository",
    "aws:cloudfront/function:Function": "CloudFront function",
    "aws:appautoscaling/policy:Policy": "scaling policy",
    "aws:appautoscaling/scheduledAction:ScheduledAction": "scaling policy",
    "aws:lambda/function:Function": "Lambda function",
    "aws:lambda/alias:Alias": "Lambda alias",
    "aws:apigatewayv2/api:Api": "API",
    "aws:apigatewayv2/stage:Stage": "API stage",
    "aws:apigatewayv2/authorizer:Authorizer": "API",
    "aws:apigateway/restApi:RestApi": "API",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm",
}
"""What `naming.RULES` calls the resources that have physical names."""


def every_physical_name_fits(graph: Graph) -> Iterator[Seen]:
    """Also those that the provider makes of the logical name."""
    for resource in graph:
        rule = ROWS.get(resource.type, ANY).name
        if rule is None:
            continue
        named = dict(resource.inputs)
        failures = [failure.reason for failure in fill_in(rule, resource.name, b"", named, {})]
        characters = RULES[KINDS[resource.type]].characters
        odd = not re.fullmatch(f"{characters}+", named.get(rule.property, ""), re.ASCII) and not failures
        yield Seen(resource.urn, "; ".join(failures) or (f"is called {named[rule.property]!r}" if odd else ""))
    for definition in graph.of_type(TASK_DEFINITION):
        family = definition.inputs["family"]
        yield Seen(definition.urn, "" if re.fullmatch(r"[A-Za-z0-9_-]{1,255}", family) else f"is of family {family!r}")


def a_task_leaves_before_it_is_killed(graph: Graph) -> Iterator[Seen]:
    """Draining, then shutting down, then SIGKILL; connections are closed by the load balancer, never by the server."""
    idle = [balancer.inputs["idleTimeout"] for balancer in graph.of_type(LOAD_BALANCER)]
    delays = {group.name: group.inputs["deregistrationDelay"] for group in graph.of_type(TARGET_GROUP)}
    for definition in graph.of_type(TASK_DEFINITION):
        (container,) = _containers(definition)
        if container is UNKNOWN:
            continue
        timeouts = [word for word in container.get("command", []) if re.match(r"--timeout-[a-z-]+=[0-9]+$", word)]
        flags = dict(word.split("=") for word in timeouts)
        stop = container["stopTimeout"]
        graceful = int(flags.get("--timeout-graceful-shutdown", stop - 1))
        keep_alive = int(flags.get("--timeout-keep-alive", max(idle) + 1))
        delay = delays.get(definition.name, 0)
        in_order = delay < graceful < stop <= 120 and delay <= max(idle) < keep_alive
        yield Seen(definition.urn, "" if in_order else f"{delay=} {graceful=} {stop=} {idle=} {keep_alive=}")


def every_size_is_one_of_fargate(graph: Graph) -> Iterator[Seen]:
    """Others are refused by ECS."""
    for definition in graph.of_type(TASK_DEFINITION):
        cpu, memory = int(definition.inputs["cpu"]), int(definition.inputs["memory"])
        yield Seen(definition.urn, "" if memory in FARGATE_MEMORY_MIB.get(cpu, ()) else f"has {cpu=} {memory=}")


def listener_rules_stand_beside_each_other(graph: Graph) -> Iterator[Seen]:
    """One rule for a priority, up to 50000, and at most five values in it."""
    rules = graph.of_type(LISTENER_RULE)
    taken = Counter((str(rule.inputs["listenerArn"]), rule.inputs["priority"]) for rule in rules)
    for rule in rules:
        values = [v for c in rule.inputs["conditions"] for kind in c.values() for v in kind["values"]]
        fits = 1 <= len(values) <= 5 and all(0 < len(value) <= 128 for value in values)
        alone = taken[(str(rule.inputs["listenerArn"]), rule.inputs["priority"])] == 1
        yield Seen(rule.urn, "" if fits and alone and rule.inputs["priority"] <= 50000 else f"is {rule.inputs}")


def subnets_share_no_address(graph: Graph) -> Iterator[Seen]:
    """They lie in the VPC, beside each other, in two zones at least."""
    subnets = graph.of_type(SUBNET)
    for vpc in graph.of_type(VPC):
        whole = ip_network(vpc.inputs["cidrBlock"])
        parts = [ip_network(subnet.inputs["cidrBlock"]) for subnet in subnets]
        apart = not any(a.overlaps(b) for i, a in enumerate(parts) for b in parts[:i])
        zones = {subnet.inputs["availabilityZone"] for subnet in subnets}
        inside = all(part.version == 4 and part.subnet_of(whole) for part in parts if whole.version == 4)
        yield Seen(vpc.urn, "" if apart and inside and len(zones) >= 2 else f"is cut into {parts} in {zones}")


def what_aws_takes_is_no_longer_than_it_takes(graph: Graph) -> Iterator[Seen]:
    """Limits of texts that come from a stack file."""
    for group in graph.of_type(TARGET_GROUP):
        path = group.inputs["healthCheck"]["path"]
        yield Seen(group.urn, "" if re.fullmatch(r"/[!-~]{0,1023}", path) else f"is asked at {path[:80]!r}")
    for definition in graph.of_type(TASK_DEFINITION):
        size = len(json.dumps(plain(definition.inputs), default=str).encode())
        yield Seen(definition.urn, "" if size <= 64 * 1024 else f"takes {size} bytes; ECS takes 64 KiB")


def kubernetes_takes_what_it_is_sent(graph: Graph) -> Iterator[Seen]:
    """Names, labels, and a size that no pod goes beyond."""
    for resource in graph:
        if not resource.type.startswith("kubernetes:"):
            continue
        metadata = resource.inputs.get("metadata", {})
        names = [metadata.get("name"), metadata.get("namespace")]
        known = [name for name in names if name is not None and name is not UNKNOWN]
        odd = [name for name in known if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name)]
        yield Seen(resource.urn, f"is called {odd}" if odd else "")
    for deployment in graph.of_type(DEPLOYMENT):
        pod = deployment.inputs["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        resources, odd = container["resources"], []
        if resources["requests"]["memory"] != resources["limits"]["memory"] or "cpu" in resources["limits"]:
            odd.append(f"has {resources}")
        odd += [f"selects {label}" for label in pod["nodeSelector"].items() if not all(map(_is_label, label))]
        for toleration in pod.get("tolerations", []):
            texts = [toleration[word] for word in ("key", "value") if word in toleration]
            odd += [f"tolerates {texts}"] if not all(map(_is_label, texts)) else []
        yield Seen(deployment.urn, "; ".join(odd))


def a_drain_of_a_node_ends(graph: Graph) -> Iterator[Seen]:
    """And a pod has all the time that its requests may take."""
    for budget in graph.of_type(BUDGET):
        spec = budget.inputs["spec"]
        yield Seen(budget.urn, "" if spec["maxUnavailable"] >= 1 and "minAvailable" not in spec else f"is {spec}")
    delays = {group.name: group.inputs["deregistrationDelay"] for group in graph.of_type(TARGET_GROUP)}
    for deployment in graph.of_type(DEPLOYMENT):
        pod = deployment.inputs["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        if "lifecycle" in container:
            waits = container["lifecycle"]["preStop"]["sleep"]["seconds"]
            grace, delay = pod["terminationGracePeriodSeconds"], delays[deployment.name]
            yield Seen(deployment.urn, "" if waits + delay < grace else f"{waits=} {delay=} {grace=}")


def _is_label(text: str) -> bool:
    return re.fullmatch(r"([a-z0-9.-]+/)?([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?", text) is not None


def _containers(definition: Resource) -> list[Any]:
    text = plain(definition.inputs["containerDefinitions"])
    return [UNKNOWN] if text is UNKNOWN else list(json.loads(text))
