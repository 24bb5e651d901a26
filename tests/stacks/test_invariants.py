"""Each invariant notices what it is there for."""

import dataclasses
import json
from typing import Any

import pytest

from fastapi_on_aws.recording import Graph, Resource
from tests.components.eks_services import BUDGET
from tests.support.invariants import INVARIANTS
from tests.support.recorded import (
    INGRESS_RULE,
    LISTENER_RULE,
    LOAD_BALANCER,
    ROLE,
    ROLE_POLICY,
    SERVICE,
    STACKS,
    SUBNET,
    TARGET_GROUP,
    TASK_DEFINITION,
    stack_graph,
)

ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"


def allowing(action: str, **more: Any) -> str:
    """A policy of one statement."""
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, **more}]})


BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("every_resource_hangs_below_a_component", SERVICE, {"parent": None}),
    ("every_name_is_there_once", SUBNET, {"name": "network-public-b"}),
    ("every_reference_leads_somewhere", SERVICE, {"dependencies": ("urn:pulumi:gone",)}),
    ("the_one_provider_tags_everything", SUBNET, {"provider": None}),
    ("the_one_provider_tags_everything", SUBNET, {"inputs": {"tags": {"stack": "other"}}}),
    ("the_one_provider_tags_everything", "pulumi:providers:aws", {"inputs": {"defaultTags": '{"tags": {}}'}}),
    ("only_internet_access_lets_the_world_in", INGRESS_RULE, {"inputs": {"cidrIpv4": "0.0.0.0/0"}}),
    ("only_internet_access_lets_the_world_in", INGRESS_RULE, {"inputs": {"cidrIpv6": "::/0"}}),
    ("only_internet_access_lets_the_world_in", LOAD_BALANCER, {"inputs": {"internal": False}}),
    ("every_rule_names_one_source", INGRESS_RULE, {"inputs": {"cidrIpv4": "10.0.0.0/8"}}),
    ("nothing_is_unresolved", SERVICE, {"inputs": {"cluster": "arn:aws:ecs:eu-west-1::cluster/"}}),
    ("nothing_is_unresolved", SERVICE, {"inputs": {"cluster": "arn:aws:ecs:None:123456789012:cluster/a"}}),
    ("nothing_is_unresolved", SERVICE, {"inputs": {"cluster": "Calling __str__ on an Output[T] is not supported."}}),
    ("nothing_is_unresolved", SERVICE, {"inputs": {"cluster": "<pulumi.output.Output object at 0x7f0000000000>"}}),
    ("every_physical_name_fits", TARGET_GROUP, {"name": "app-" + "x" * 21}),
    ("every_physical_name_fits", LOAD_BALANCER, {"inputs": {"name": "app_lb"}}),
    ("policies_name_what_they_allow", ROLE_POLICY, {"inputs": {"policy": allowing("s3:*", Resource="arn:aws:s3:::b")}}),
    ("policies_name_what_they_allow", ROLE_POLICY, {"inputs": {"policy": allowing("s3:GetObject", Resource="*")}}),
    (
        "policies_name_what_they_allow",
        ROLE_POLICY,
        {"inputs": {"policy": allowing("kms:Decrypt", Resource=["arn:aws:kms:eu-west-1:123456789012:key/*"])}},
    ),
    (
        "policies_name_what_they_allow",
        ROLE,
        {"inputs": {"assumeRolePolicy": allowing("sts:AssumeRole", Principal={"AWS": "*"})}},
    ),
    ("no_secret_is_in_plain_text", TASK_DEFINITION, {"inputs": {"family": ACCESS_KEY}}),
    ("a_task_leaves_before_it_is_killed", TARGET_GROUP, {"inputs": {"deregistrationDelay": 90}}),
    ("a_task_leaves_before_it_is_killed", LOAD_BALANCER, {"inputs": {"idleTimeout": 90}}),
    ("every_size_is_one_of_fargate", TASK_DEFINITION, {"inputs": {"memory": "513"}}),
    ("listener_rules_stand_beside_each_other", LISTENER_RULE, {"inputs": {"priority": 50001}}),
    ("listener_rules_stand_beside_each_other", LISTENER_RULE, {"inputs": {"conditions": []}}),
    ("subnets_share_no_address", SUBNET, {"inputs": {"cidrBlock": "10.0.0.0/17"}}),
    ("subnets_share_no_address", SUBNET, {"inputs": {"cidrBlock": "10.99.0.0/24"}}),
    ("what_aws_takes_is_no_longer_than_it_takes", TARGET_GROUP, {"inputs": {"healthCheck": {"path": "/" * 1025}}}),
    ("what_aws_takes_is_no_longer_than_it_takes", TASK_DEFINITION, {"inputs": {"volumes": "x" * 65_536}}),
    ("kubernetes_takes_what_it_is_sent", BUDGET, {"inputs": {"metadata": {"name": "Not A Name"}}}),
    ("kubernetes_takes_what_it_is_sent", BUDGET, {"inputs": {"metadata": {"name": "a", "namespace": "b" * 64}}}),
    ("a_drain_of_a_node_ends", BUDGET, {"inputs": {"spec": {"maxUnavailable": 0}}}),
    ("a_drain_of_a_node_ends", BUDGET, {"inputs": {"spec": {"maxUnavailable": 1, "minAvailable": 1}}}),
    ("a_drain_of_a_node_ends", TARGET_GROUP, {"inputs": {"deregistrationDelay": 90}}),
]
"""The invariant, the type of the resource that is changed, and its change."""


ON_EKS = ("kubernetes_takes_what_it_is_sent", "a_drain_of_a_node_ends")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return stack_graph(STACKS / "Pulumi.dev.yaml")


@pytest.fixture(scope="module")
def graph_on_eks() -> Graph:
    return stack_graph(STACKS / "Pulumi.microservices.yaml")


def changed(graph: Graph, type_: str, change: dict[str, Any]) -> Graph:
    """The graph with another first resource of a type; ``inputs`` are put over its own."""
    resource: Resource = graph.of_type(type_)[0]
    inputs = {**resource.inputs, **change.get("inputs", {})}
    other = dataclasses.replace(resource, **{**change, "inputs": inputs})
    return dataclasses.replace(graph, resources={**graph.resources, resource.urn: other})


def wrong(graph: Graph, name: str) -> list[str]:
    """What an invariant finds wrong."""
    (invariant,) = [invariant for invariant in INVARIANTS if invariant.__name__ == name]
    return [f"{what} {wrong}" for what, wrong in invariant(graph) if wrong]


@pytest.mark.parametrize(("name", "type_", "change"), BROKEN, ids=[f"{row[0]}-{row[1]}" for row in BROKEN])
def test_it_notices(graph: Graph, graph_on_eks: Graph, name: str, type_: str, change: dict[str, Any]) -> None:
    graph = graph_on_eks if name in ON_EKS else graph
    assert wrong(graph, name) == [], "nothing is wrong before the change"
    assert len(wrong(changed(graph, type_, change), name)) >= 1


def test_a_stack_without_a_host_in_its_url_is_noticed(graph: Graph) -> None:
    assert wrong(dataclasses.replace(graph, outputs={"url": "https://"}), "the_stack_says_where_it_is")


def test_every_invariant_has_been_seen_to_notice_something() -> None:
    noticed = {name for name, _, _ in BROKEN} | {"the_stack_says_where_it_is"}
    assert noticed == {invariant.__name__ for invariant in INVARIANTS}
