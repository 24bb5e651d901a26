"""The load balancer: who can reach it, and CloudFront's private way to it."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from fastapi_on_aws import Access, LoadBalancer, LoadBalancerArgs, UsageError
from fastapi_on_aws.recording import UNKNOWN, Answers, Graph, Mode, record
from tests.support.recorded import (
    EGRESS_RULE,
    INGRESS_RULE,
    LISTENER,
    LOAD_BALANCER,
    MODES,
    SECURITY_GROUP,
    VPC_ORIGIN,
    existing_network,
)

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"

ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app"

HTTPS: Mapping[str, Any] = {"certificate_arn": CERTIFICATE, "domain_name": "api.example.com"}


def load_balancer(mode: Mode = Mode.UPDATE, answers: Answers | None = None, **args: Any) -> Graph:
    return record(
        lambda: LoadBalancer("lb", LoadBalancerArgs(network=existing_network(), **args)),
        mode=mode,
        config={"aws:region": "eu-west-1"},
        answers=answers,
    )


def without(inputs: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if key not in keys}


@pytest.mark.parametrize("mode", MODES)
def test_only_a_network_gives_one_that_cloudfront_alone_can_reach(mode: Mode) -> None:
    graph = load_balancer(mode)
    balancer = graph.one(LOAD_BALANCER)
    assert balancer.inputs["internal"] is True
    assert balancer.inputs["subnets"] == ["subnet-private-a", "subnet-private-b"]
    (rule,) = graph.of_type(INGRESS_RULE)
    if mode is Mode.PREVIEW:
        assert rule.inputs["prefixListId"] is UNKNOWN, "an invented id would be looked for in the console"
    else:
        assert rule.inputs["prefixListId"].startswith("pl-"), "CloudFront's addresses, kept up to date by AWS"
    assert "cidrIpv4" not in rule.inputs


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_gives_https_for_the_internet(mode: Mode) -> None:
    graph = load_balancer(mode, access=Access.INTERNET, **HTTPS, idle_timeout_seconds=90)
    balancer = graph.one(LOAD_BALANCER)
    assert balancer.inputs["internal"] is False
    assert balancer.inputs["subnets"] == ["subnet-public-a", "subnet-public-b"]
    assert balancer.inputs["idleTimeout"] == 90
    https = graph.one(LISTENER, "lb").inputs
    assert (https["port"], https["protocol"], https["certificateArn"]) == (443, "HTTPS", CERTIFICATE)
    assert "TLS13" in https["sslPolicy"]
    redirect = {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}
    assert without(graph.one(LISTENER, "lb-redirect").inputs, "loadBalancerArn") == {
        "port": 80,
        "protocol": "HTTP",
        "defaultActions": [{"type": "redirect", "redirect": redirect}],
    }, "who types the name alone comes over HTTP first"
    open_to_all = {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp"}
    rules = [without(rule.inputs, "description", "securityGroupId") for rule in graph.of_type(INGRESS_RULE)]
    assert sorted(rules, key=lambda rule: int(rule["fromPort"])) == [
        {**open_to_all, "fromPort": 80, "toPort": 80},
        {**open_to_all, "fromPort": 443, "toPort": 443},
    ]
    assert graph.one("fastapi-on-aws:index:LoadBalancer").outputs["url"] == "https://api.example.com", (
        "the certificate is for that name, not for the load balancer's"
    )
    assert graph.of_type(VPC_ORIGIN) == []


def test_the_group_that_lets_cloudfront_in_holds_that_one_rule() -> None:
    graph = load_balancer()
    group = graph.one("aws:ec2/securityGroup:SecurityGroup", "lb")
    rules = [rule for rule in graph.of_type(INGRESS_RULE) if rule.inputs["securityGroupId"] == group.id]
    assert len(rules) == 1, "the prefix list weighs 55 of the 60 rules of a group"


def test_access_from_the_vpc_is_its_range_alone() -> None:
    graph = load_balancer(access=Access.VPC)
    assert [rule.inputs["cidrIpv4"] for rule in graph.of_type(INGRESS_RULE)] == ["10.0.0.0/16"]
    assert graph.one(LOAD_BALANCER).inputs["internal"] is True


def test_what_no_service_asked_for_is_not_found() -> None:
    graph = load_balancer()
    answer = {"contentType": "text/plain", "statusCode": "404", "messageBody": "Not Found"}
    assert graph.one(LISTENER).inputs == {
        "loadBalancerArn": graph.one(LOAD_BALANCER).outputs["arn"],
        "port": 80,
        "protocol": "HTTP",
        "defaultActions": [{"type": "fixed-response", "fixedResponse": answer}],
    }


@pytest.mark.parametrize(("args", "port"), [({}, 80), ({"access": Access.VPC, **HTTPS}, 443)], ids=["http", "https"])
def test_services_call_each_other_through_a_group_of_their_own(args: dict[str, Any], port: int) -> None:
    def program() -> None:
        balancer = LoadBalancer("lb", LoadBalancerArgs(network=existing_network(), **args))
        balancer.allow_caller("orders", "sg-orders", pulumi.ResourceOptions())

    graph = record(program, mode=Mode.UPDATE)
    outside, callers = (graph.one(SECURITY_GROUP, name).id for name in ("lb", "lb-callers"))
    assert graph.one(LOAD_BALANCER).inputs["securityGroups"] == [outside, callers], "both are let in"
    rule = {"description": "Calls between services", "ipProtocol": "tcp", "fromPort": port, "toPort": port}
    assert graph.one(INGRESS_RULE, "orders-calls-in").inputs == {
        **rule,
        "securityGroupId": callers,  # CloudFront's group is full
        "referencedSecurityGroupId": "sg-orders",
    }
    assert graph.one(EGRESS_RULE, "orders-calls-out").inputs == {
        **rule,
        "securityGroupId": "sg-orders",
        "referencedSecurityGroupId": callers,
    }


def test_malformed_requests_stop_here() -> None:
    balancer = load_balancer().one(LOAD_BALANCER).inputs
    assert balancer["dropInvalidHeaderFields"] is True
    assert balancer["desyncMitigationMode"] == "defensive"


def test_a_change_architecture_can_remove_it() -> None:
    assert load_balancer().one(LOAD_BALANCER).inputs["enableDeletionProtection"] is False


def test_a_vpc_origin_is_replaced_under_a_new_name_never_updated() -> None:
    origin = load_balancer().one(VPC_ORIGIN)
    assert "vpcOriginEndpointConfig" in origin.options.replace_on_changes, "CloudFront refuses to update one in use"
    assert {"tags", "tagsAll"} <= set(origin.options.ignore_changes), "not even its tags"
    assert load_balancer().one(LISTENER).urn in origin.dependencies, "it must lead somewhere from the first second"

    def endpoint(number: int) -> dict[str, Any]:
        answers = Answers(outputs={LOAD_BALANCER: {"arn": f"{ARN}/lb-{number}/{number}", "name": f"lb-{number}"}})
        found = load_balancer(answers=answers).one(VPC_ORIGIN).inputs["vpcOriginEndpointConfig"]
        assert isinstance(found, dict)
        return found

    old, new = endpoint(1), endpoint(2)
    assert (old["name"], new["name"]) == ("lb-1", "lb-2"), "both exist for a while, and CloudFront refuses a name twice"
    assert without(new, "name") == {
        "arn": f"{ARN}/lb-2/2",
        "httpPort": 80,
        "httpsPort": 443,
        "originProtocolPolicy": "http-only",
        "originSslProtocols": {"items": ["TLSv1.2"], "quantity": 1},
    }


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"access": "internet"}, "lb.certificate_arn is missing: access from the internet is HTTPS only"),
        (HTTPS, "lb.certificate_arn does not apply to access from cloudfront"),
        ({"access": "vpc", "certificate_arn": CERTIFICATE}, "lb needs certificate_arn and domain_name together"),
        ({"access": "public"}, "lb.access cannot be 'public'"),
        ({"idle_timeout_seconds": 0}, "lb.idle_timeout_seconds is 0; it must be 1 to 4000"),
    ],
)
def test_access_that_cannot_work_is_refused(args: Any, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        load_balancer(**args)


def test_internet_access_needs_public_subnets() -> None:
    network = {"vpc_id": "vpc-1", "cidr": "10.0.0.0/16", "private_subnet_ids": ["subnet-a", "subnet-b"]}
    args: Any = {"network": network, "access": "internet", **HTTPS}
    with pytest.raises(UsageError, match="the network has no public subnets to stand in"):
        record(lambda: LoadBalancer("lb", args))


def test_a_name_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(UsageError, match="a load balancer here can have 24"):
        record(lambda: LoadBalancer("b" * 25, LoadBalancerArgs(network=existing_network())))
