import importlib
import json
from typing import Any

import pytest

from fastapi_on_aws.plan import formats
from fastapi_on_aws.plan.highlights import HIGHLIGHTS, facts_of, marks_of
from fastapi_on_aws.plan.values import Knowledge
from fastapi_on_aws.recording.graph import UNKNOWN, Options, Secret
from tests.plan.graphs import PASSWORD, resource, urn

POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::x/*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::y/*"},
    ]
}
AWS_TYPES = sorted(token for token in HIGHLIGHTS if token.startswith("aws:"))


def words(type_: str, inputs: dict[str, Any], **rest: Any) -> list[str]:
    return [f"{fact.label}={fact.shown.text}" for fact in facts_of(resource(type_, "x", inputs, **rest))]


@pytest.mark.filterwarnings("ignore:.*has been deprecated in favor of:DeprecationWarning")
@pytest.mark.parametrize("token", AWS_TYPES)
def test_every_highlight_names_a_property_that_the_aws_type_has(token: str) -> None:
    _, module, name = token.split(":")
    package = module.partition("/")[0]
    python = importlib.import_module(f"pulumi_aws.{'lambda_' if package == 'lambda' else package}")
    args = vars(getattr(python, f"{name}Args"))
    wire_names = {getattr(item.fget, "_pulumi_name", None) for item in args.values() if isinstance(item, property)}
    for path in (path for highlight in HIGHLIGHTS[token] for path in highlight.paths):
        assert path.partition(".")[0] in wire_names, f"{token} has no property {path}"


def test_a_subnet_shows_its_range_and_zone() -> None:
    assert words("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a"}) == [
        "cidrBlock=10.0.0.0/24",
        "availabilityZone=eu-west-1a",
    ]


def test_properties_that_are_not_set_are_left_out() -> None:
    assert words("aws:ecs/service:Service", {"launchType": "FARGATE"}) == ["launchType=FARGATE"]


def test_a_type_that_is_not_in_the_table_shows_nothing() -> None:
    assert words("aws:budgets/budget:Budget", {"limitAmount": "5"}) == []


def test_a_service_shows_its_capacity_providers_with_their_weights() -> None:
    strategies = [{"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "FARGATE_SPOT"}]
    assert words("aws:ecs/service:Service", {"desiredCount": 2, "capacityProviderStrategies": strategies}) == [
        "desiredCount=2",
        "capacity=FARGATE:1,FARGATE_SPOT",
    ]


def test_a_task_definition_shows_its_size_architecture_and_containers() -> None:
    inputs = {
        "cpu": "512",
        "memory": "1024",
        "runtimePlatform": {"cpuArchitecture": "ARM64"},
        "containerDefinitions": json.dumps([{"name": "app"}, {"name": "otel"}]),
    }
    shown = words("aws:ecs/taskDefinition:TaskDefinition", inputs)
    assert shown == ["cpu=512", "memory=1024", "arch=ARM64", "containers=app,otel"]


def test_a_rule_from_a_security_group_of_the_program_names_that_group() -> None:
    source = urn("aws:ec2/securityGroup:SecurityGroup", "alb")
    inputs = {"ipProtocol": "tcp", "fromPort": 8000, "toPort": 8000, "referencedSecurityGroupId": UNKNOWN}
    shown = words(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        inputs,
        property_dependencies={"referencedSecurityGroupId": (source,)},
    )
    assert shown == ["ports=8000/tcp", "from=alb"], "the id is unknown, but whose it is says more than that"


def test_a_rule_to_everywhere_shows_all_ports_and_the_range() -> None:
    shown = words(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}
    )
    assert shown == ["ports=all", "to=0.0.0.0/0"]


@pytest.mark.parametrize("policy", [POLICY, json.dumps(POLICY)])
def test_a_policy_counts_each_action_once_as_text_or_as_a_map(policy: Any) -> None:
    assert words("aws:iam/rolePolicy:RolePolicy", {"policy": policy}) == ["actions=2"]


def test_a_role_shows_who_may_assume_it() -> None:
    trust = {"Statement": {"Principal": {"Service": ["ecs-tasks.amazonaws.com"], "AWS": "arn:aws:iam::1:root"}}}
    assert formats.principals(json.dumps(trust)) == "ecs-tasks.amazonaws.com,arn:aws:iam::1:root"
    assert formats.principals({"Statement": [{"Principal": "*"}]}) == "*"


def test_a_policy_with_an_unknown_or_secret_part_is_not_computed() -> None:
    unknown = facts_of(resource("aws:iam/rolePolicy:RolePolicy", "x", {"policy": {"Statement": [UNKNOWN]}}))
    assert [fact.shown.knowledge for fact in unknown] == [Knowledge.UNKNOWN]
    secret = facts_of(resource("aws:iam/rolePolicy:RolePolicy", "x", {"policy": Secret(PASSWORD)}))
    assert [fact.shown.text for fact in secret] == ["[secret]"]


@pytest.mark.parametrize("token", sorted(HIGHLIGHTS))
@pytest.mark.parametrize("odd", [None, 7, "not json", [], [1], {}, {"Statement": 3}, {"a": [None]}, "[1]"])
def test_a_property_of_an_unexpected_shape_never_breaks_the_plan(token: str, odd: Any) -> None:
    paths = [path.partition(".")[0] for highlight in HIGHLIGHTS[token] for path in highlight.paths]
    facts_of(resource(token, "x", dict.fromkeys(paths, odd)))


def test_marks_say_what_the_engine_will_do_differently() -> None:
    options = Options(protect=True, retain_on_delete=True, import_id="vpc-1", ignore_changes=("desiredCount", "tags"))
    marked = marks_of(resource("aws:ecs/service:Service", "x", read=True, options=options))
    assert marked == ["read only", "protected", "kept on delete", "imported", "ignores desiredCount, tags"]
    assert marks_of(resource("aws:ecs/service:Service", "x")) == [], "an ordinary resource has no mark"


def test_ranges_and_ports_read_as_people_write_them() -> None:
    assert formats.span(2, 10) == "2-10"
    assert formats.span(0.5, None) == "0.5-"
    assert formats.span(3, 3) == "3"
    assert formats.ports("tcp", 1024, 65535) == "1024-65535/tcp"
    assert formats.last_segment("arn:aws:iam::aws:policy/service-role/AmazonECS") == "AmazonECS"
    assert formats.matched([{"pathPattern": {"values": ["/catalog/*"]}}, {"hostHeader": {"values": ["a.com"]}}]) == (
        "/catalog/*,a.com"
    )
