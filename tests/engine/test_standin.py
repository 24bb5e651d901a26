"""The stand-in's rows and names, without an engine."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.engine.standin import names
from tests.engine.standin.outputs import Inventor, Settings
from tests.engine.standin.rules import ROWS, Name
from tests.engine.standin.sdk import Sdk

_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
_LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"

_REPLACES: Final = re.compile(
    r"new resource|\bforces?\b[^.]*\b(creation|recreation|replacement)|cannot be (changed|modified|updated)", re.I
)
_REPLACES_ELSEWHERE: Final = {
    ("aws:ec2/subnet:Subnet", "ipv6_cidr_block"): "only where new interfaces get an IPv6 address",
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "private_dns_enabled"): "only of endpoints other than interfaces",
    (_LOAD_BALANCER, "secondary_ips_auto_assigned_per_subnet"): "network load balancers alone have it",
    (_LOAD_BALANCER, "security_groups"): "only of network load balancers",
    (_LOAD_BALANCER, "subnets"): "only of network load balancers",
}
"""Inputs that replace a resource in a case that none of our programs is in."""
_NAMED_BY_THE_PROGRAM: Final = {"aws:route53/record:Record"}
"""Types whose name is required, so that nothing is made up; a record's is checked by DNS."""


@pytest.fixture
def sdk(sdk_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Sdk:
    monkeypatch.setenv("STANDIN_CACHE", str(sdk_cache))
    return Sdk("aws")


def test_every_row_speaks_of_properties_that_the_sdk_has(sdk: Sdk) -> None:
    wrong = []
    for token, row in ROWS.items():
        resource = sdk.resource(token)
        assert resource is not None, f"the SDK has no {token}"
        spoken_of = {*row.force_new, *row.unless, *row.unless.values(), *row.unique}
        spoken_of |= {row.name.property} if row.name else set()
        wrong += [f"{token} input {key}" for key in spoken_of - {*resource.inputs}]
        wrong += [f"{token} output {key}" for key in {*row.outputs} - {*resource.outputs}]
        wrong += [f"{token} holder {type_}" for type_ in row.held_by if type_ not in ROWS]
        assert row.source, f"{token}: where do its force-new inputs come from?"
    assert not wrong


def test_what_the_sdk_says_replaces_a_resource_replaces_it_here(sdk: Sdk) -> None:
    said = {
        (token, name)
        for token in ROWS
        for name, text in sdk.documented(token).items()
        if _REPLACES.search(" ".join(text.split()))
    }
    modelled = {(token, _python(name)) for token, row in ROWS.items() for name in row.force_new}
    assert not said - modelled - {*_REPLACES_ELSEWHERE}, "a change that replaces here would be taken for an update"
    assert {*_REPLACES_ELSEWHERE} <= said - modelled, "an exception that the SDK no longer speaks of is one too many"


def _python(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def test_every_type_that_takes_a_name_has_a_limit_for_it(sdk: Sdk) -> None:
    named = {token for token in ROWS for resource in [sdk.resource(token)] if resource and "name" in resource.inputs}
    assert {token for token in named if ROWS[token].name is None} == _NAMED_BY_THE_PROGRAM


@pytest.mark.parametrize("token", ROWS)
def test_a_resource_with_its_required_inputs_alone_gets_an_id_and_all_outputs(sdk: Sdk, token: str) -> None:
    row, resource = ROWS[token], sdk.resource(token)
    assert resource is not None
    inputs = {key: key for key, prop in resource.inputs.items() if prop.required}
    if row.name:
        assert not names.fill_in(row.name, "thing", b"seed", inputs, {})
    extra = {"revision": 1} if token == _DEFINITION else {}
    made = Inventor(Settings("eu-west-1", {"stack": "dev"}), token, f"urn:pulumi:s::p::{token}::thing", "").made(
        row, resource, inputs, extra
    )
    missing = [key for key, prop in resource.outputs.items() if not prop.optional and key not in made.state]
    assert made.id
    assert not missing
    assert made.state.get("tagsAll", {"stack": "dev"}) == {"stack": "dev"}


def test_what_the_cloud_adds_inside_a_block_stands_beside_what_was_given(sdk: Sdk) -> None:
    token = "aws:eks/cluster:Cluster"
    inputs = {"name": "shop", "roleArn": "role", "vpcConfig": {"subnetIds": ["subnet-0a"]}}
    made = Inventor(Settings("eu-west-1", {}), token, f"urn:pulumi:s::p::{token}::shop", "").made(
        ROWS[token], sdk.resource(token), inputs, {}
    )
    assert made.state["vpcConfig"]["subnetIds"] == ["subnet-0a"]
    assert re.fullmatch("sg-[0-9a-f]{17}", made.state["vpcConfig"]["clusterSecurityGroupId"])
    assert made.state["certificateAuthority"]["data"]


@pytest.mark.parametrize(("length", "fits"), [(24, True), (25, False)])
def test_a_logical_name_must_leave_room_for_a_dash_and_seven_digits(length: int, fits: bool) -> None:
    news: dict[str, object] = {}
    failures = names.fill_in(Name(32), "x" * length, b"seed", news, {})
    assert bool(failures) is not fits
    if fits:
        assert len(str(news["name"])) == 32


def test_a_generated_name_is_kept_and_one_that_the_program_gave_is_not() -> None:
    rule = Name(32)
    first: dict[str, object] = {}
    names.fill_in(rule, "web", b"one", first, {})
    again: dict[str, object] = {}
    names.fill_in(rule, "web", b"two", again, first)
    assert again == first
    fresh: dict[str, object] = {}
    names.fill_in(rule, "web", b"two", fresh, {"name": "mine", names.DEFAULTS: []})
    assert str(fresh["name"]).startswith("web-")
