"""Who is let in, what is allowed, and what can be read."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi_on_aws.environment import looks_like_secret
from fastapi_on_aws.recording import Graph
from tests.support.invariants.reading import Seen, as_list, block_of, readable, texts
from tests.support.invariants.structure import PROVIDER
from tests.support.recorded import EGRESS_RULE, INGRESS_RULE, LOAD_BALANCER, SECURITY_GROUP

WITHOUT_RESOURCES: Final = {
    "ecr:GetAuthorizationToken": "a login is to the whole registry (Service Authorization Reference, Amazon ECR)",
    "elasticloadbalancing:DescribeRules": "the action knows no resources (the same, Elastic Load Balancing V2)",
    "elasticloadbalancing:DescribeTargetHealth": "the action knows no resources (the same, Elastic Load Balancing V2)",
    "xray:PutTraceSegments": "the action knows no resources (Service Authorization Reference, AWS X-Ray)",
    "xray:PutTelemetryRecords": "the action knows no resources (Service Authorization Reference, AWS X-Ray)",
}
"""The only actions that may be allowed on everything, since AWS knows no resource for them."""

OF_OUR_CLUSTER: Final = "aws:RequestTag/eks:eks-cluster-name"
"""What EKS Auto Mode makes for a cluster has no name yet; a condition on this tag, which EKS sets, keeps others out."""


def only_internet_access_lets_the_world_in(graph: Graph) -> Iterator[Seen]:
    """And then to the load balancer alone, for HTTPS and the redirect to it."""
    public = block_of(graph, "load_balancer").get("access") == "internet"
    for balancer in graph.of_type(LOAD_BALANCER):
        yield Seen(balancer.urn, "" if balancer.inputs["internal"] is not public else "stands where it should not")
    front = {group.id for group in graph.of_type(SECURITY_GROUP) if group.name.endswith("-lb")}
    for rule in graph.of_type(INGRESS_RULE):
        world = "/0" in f"{rule.inputs.get('cidrIpv4')} {rule.inputs.get('cidrIpv6')}"
        port = rule.inputs["fromPort"] if rule.inputs["fromPort"] == rule.inputs["toPort"] else None
        allowed = public and port in (80, 443) and rule.inputs["securityGroupId"] in front
        yield Seen(rule.urn, "is open to the world" if world and not allowed else "")
    for group in (*graph.of_type(SECURITY_GROUP), *graph.of_type("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")):
        inline = [*(group.inputs.get("ingress") or []), *(group.inputs.get("egress") or [])]
        yield Seen(group.urn, "has rules of its own" if inline else "")


def every_rule_names_one_source(graph: Graph) -> Iterator[Seen]:
    """A rule without a source is refused by AWS, and so is one with two."""
    sources = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    for rule in (*graph.of_type(INGRESS_RULE), *graph.of_type(EGRESS_RULE)):
        named = [source for source in sources if source in rule.inputs]
        yield Seen(rule.urn, "" if len(named) == 1 else f"names {named}")


def policies_name_what_they_allow(graph: Graph) -> Iterator[Seen]:
    """Least privilege: no wildcard in actions, principals or resources, but where AWS knows nothing narrower."""
    for resource in graph:
        for document in (resource.inputs.get("policy"), resource.inputs.get("assumeRolePolicy")):
            statements = json.loads(document).get("Statement", []) if isinstance(document, str) else []
            for statement in statements:
                yield Seen(f"{resource.urn} {statement}", _too_wide(statement))


def _too_wide(statement: Mapping[str, Any]) -> str:
    if statement["Effect"] == "Deny":
        return ""
    actions, resources = as_list(statement["Action"]), as_list(statement.get("Resource", []))
    if any("*" in action for action in actions):
        return "allows actions by a wildcard"
    if "*" in json.dumps(statement.get("Principal", {})):
        return "lets anybody in"
    ours = OF_OUR_CLUSTER in statement.get("Condition", {}).get("StringEquals", {})
    if "*" in resources and not (ours or set(actions) <= WITHOUT_RESOURCES.keys()):
        return "allows this on everything"
    if any(re.search(r"(?<!:)\*", arn) for arn in resources if arn != "*") and "Condition" not in statement:
        return "allows this on many things, under no condition"
    return ""


def no_secret_is_in_plain_text(graph: Graph) -> Iterator[Seen]:
    """Not in what is sent to AWS, which its console shows and the state keeps."""
    for resource in graph:
        if resource.type == PROVIDER:
            continue
        for path, text in texts(resource.urn, readable(resource)):
            yield Seen(path, "looks like a secret" if looks_like_secret(path.rpartition(".")[2], text) else "")
