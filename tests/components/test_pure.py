"""Sizes, names, time-outs, policies and zones: plain functions."""

import doctest
import importlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_on_aws import UsageError
from fastapi_on_aws.draining import LONGEST_DRAIN_SECONDS, Draining
from fastapi_on_aws.naming import RANDOM_SUFFIX, RULES, logical, physical
from fastapi_on_aws.policy_documents import Statement, policy, trust
from fastapi_on_aws.regions import ZONE_LETTERS, default_zones
from fastapi_on_aws.sizing import FARGATE_MEMORY_MIB, fargate_size


@pytest.mark.parametrize(
    "module",
    [
        "cidr_plan",
        "eks.existing_args",
        "eks.names",
        "eks.sizes",
        "environment",
        "naming",
        "policy_documents",
        "regions",
        "sizing",
        "tags",
    ],
)
def test_examples_in_docstrings_are_true(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"fastapi_on_aws.{module}"))
    assert result.attempted > 0, "a module listed here has examples"
    assert result.failed == 0


@pytest.mark.parametrize(
    ("cpu", "memory", "size"),
    [
        ("0.25 vCPU", "512 MB", (256, 512)),
        ("256", "0.5 GB", (256, 512)),
        ("1vcpu", "2gb", (1024, 2048)),
        ("16 vCPU", "120 GB", (16384, 122880)),
    ],
)
def test_sizes_are_written_as_people_write_them(cpu: str, memory: str, size: tuple[int, int]) -> None:
    assert fargate_size(cpu, memory, "app") == size


@pytest.mark.parametrize(
    ("cpu", "memory", "sentence"),
    [
        ("0.5 vCPU", "8 GB", "app.memory is '8 GB'; with 0.5 vCPU Fargate offers 1 to 4 GB in steps of 1 GB"),
        ("8 vCPU", "17 GB", "Fargate offers 16 to 60 GB in steps of 4 GB"),
        ("0.25 vCPU", "4 GB", "Fargate offers 0.5 GB, 1 GB, 2 GB"),
        ("3 vCPU", "8 GB", "app.cpu is '3 vCPU', which Fargate does not offer; it has 0.25, 0.5, 1, 2, 4, 8, 16 vCPU"),
        ("half", "1 GB", "app.cpu must be a size such as '0.5 vCPU', not 'half'"),
        ("0.5", "1 GB", "app.cpu must be a size such as '0.5 vCPU', not '0.5'; did you mean '0.5 vCPU'?"),
        ("200m", "1 GB", "app.cpu must be a size such as '0.5 vCPU', not '200m'; did you mean '0.2 vCPU'?"),
        ("1 vCPU", "2Gi", "app.memory must be a size such as '1 GB' or '512 MB', not '2Gi'; did you mean '2 GB'?"),
        ("-1 vCPU", "1 GB", "app.cpu must be a size"),
        (
            "0.5 vCPU",
            "1024",
            "app.memory must be a size such as '1 GB' or '512 MB', not '1024'; did you mean '1024 MB'?",
        ),
    ],
)
def test_sizes_that_fargate_lacks_are_refused(cpu: str, memory: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        fargate_size(cpu, memory, "app")


def test_every_pair_in_the_table_is_accepted() -> None:
    for units, sizes in FARGATE_MEMORY_MIB.items():
        for mib in sizes:
            assert fargate_size(str(units), f"{mib} MB", "app") == (units, mib)


@given(st.integers(1, LONGEST_DRAIN_SECONDS))
def test_a_task_can_always_leave_without_failing_a_request(drain_seconds: int) -> None:
    draining = Draining(drain_seconds)
    assert draining.deregistration_delay_seconds < draining.graceful_shutdown_seconds, (
        "the load balancer must let go of a task before its server gives up"
    )
    assert draining.graceful_shutdown_seconds < draining.stop_timeout_seconds <= 120, (
        "the server must exit by itself before SIGKILL, which Fargate sends after 120 s at the latest"
    )
    assert draining.idle_timeout_seconds < draining.keep_alive_seconds, (
        "the load balancer must be the one to close an idle connection"
    )
    assert draining.idle_timeout_seconds >= drain_seconds, "a slow request is silent until it is answered"


@pytest.mark.parametrize("kind", RULES)
def test_a_logical_name_leaves_room_for_the_random_part(kind: str) -> None:
    longest = RULES[kind].longest - RANDOM_SUFFIX
    assert logical(kind, "a" * longest)
    with pytest.raises(UsageError, match=f"is {longest + 1} characters long, and a {kind} here can have {longest}"):
        logical(kind, "a" * (longest + 1))


def test_a_name_with_characters_that_aws_refuses_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot name this ECR repository: AWS allows lower-case"):
        logical("ECR repository", "Shop")
    with pytest.raises(UsageError, match="cannot name this log group"):
        physical("log group", "/shop/häuser")


def test_a_kind_without_a_rule_cannot_be_named() -> None:
    with pytest.raises(KeyError):
        physical("spaceship", "a")


def test_policies_are_scoped_to_the_arns_given() -> None:
    document = json.loads(policy([Statement(sid="Read", actions=["s3:GetObject"], resources=["arn:aws:s3:::b/*"])]))
    assert document["Statement"] == [
        {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}
    ]


def test_a_role_is_assumed_by_one_service() -> None:
    (statement,) = json.loads(trust("ecs-tasks.amazonaws.com"))["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}


def test_regions_without_zone_b_or_c_have_their_own_letters() -> None:
    assert default_zones("us-west-1", 2, "zones") == ["us-west-1a", "us-west-1c"]
    with pytest.raises(UsageError, match="network.zone_count is 3, and us-west-1 has 2 zones here: a, c"):
        default_zones("us-west-1", 3, "network.zone_count")


def test_every_commercial_region_that_the_provider_knows_is_in_the_table() -> None:
    import pulumi_aws as aws

    others = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")
    known = {region.value for region in aws.Region if not region.value.startswith(others)}
    assert known - ZONE_LETTERS.keys() == set()


def test_every_region_offers_two_zones_at_least() -> None:
    assert all(len(set(letters)) == len(letters) >= 2 for letters in ZONE_LETTERS.values())
