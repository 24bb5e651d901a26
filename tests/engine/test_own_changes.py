"""What changes when a stack of ours changes, and what an update says that goes wrong."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.engine.own import Op, Own, refused
from tests.engine.rig import Rig
from tests.engine.stack import Result
from tests.engine.standin.faults import Fault
from tests.engine.standin.invokes import PUSH_TOKEN
from tests.engine.toolchain import Toolchain
from tests.support.recorded import (
    BUILT_IMAGE,
    LISTENER,
    LISTENER_RULE,
    LOAD_BALANCER,
    NAT_GATEWAY,
    ROUTE,
    ROUTE_TABLE,
    SERVICE,
    SUBNET,
    TARGET_GROUP,
    TASK_DEFINITION,
    VPC,
)


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path) -> Own:
    """The staging stack after its first update; each test leaves it steady."""
    own = Own(Rig(tmp_path_factory.mktemp("changes") / "rig", toolchain, sdk_cache), "staging")
    own.up()
    return own


def _new_image(own: Own, text: str) -> None:
    """Only the digest changes: what a rebuilt app, or a rebuilt base image, looks like."""
    own.rig.new_image_content(text)


def test_a_new_image_moves_the_task_definition_and_the_service_alone(staging: Own) -> None:
    before = _running(staging)
    _new_image(staging, "v2")
    made, ops = staging.up()
    assert ops == [
        Op("update", BUILT_IMAGE, "app-build"),
        Op("create", TASK_DEFINITION, "app-web"),  # a new revision
        Op("update", SERVICE, "app-web"),
        Op("delete", TASK_DEFINITION, "app-web"),  # the old one, once nothing asks for it
    ]
    assert (made.changes["replace"], made.changes["update"]) == (1, 2)
    after = _running(staging)
    assert after["arn"] == _service(staging)["taskDefinition"] != before["arn"]
    assert after["containerDefinitions"] != before["containerDefinitions"], "the image is named by its digest"
    assert not staging.rig.leaks(PUSH_TOKEN), "an update of the image must not write the token either"


def _service(own: Own) -> dict[str, Any]:
    """What ECS knows of the service."""
    (service,) = own.rig.cloud.all(SERVICE)
    return service.state


def _running(own: Own) -> dict[str, Any]:
    (definition,) = own.rig.cloud.all(TASK_DEFINITION)
    return definition.state


_ROLLED_BACK: Final = Fault(op="invoke", match="ecs/getService", rolled_back=True)


def test_a_rolled_back_deployment_fails_the_update_until_it_is_steady(staging: Own) -> None:
    _new_image(staging, "ill")
    staging.rig.fail(_ROLLED_BACK)
    said = refused(staging.stack.up)
    assert "its new tasks did not become healthy and ECS rolled back" in said
    assert "Traceback" not in said, "the user reads one sentence"
    assert "its new tasks did not become healthy" in refused(staging.stack.up), "nobody has mended anything"
    warnings = [message for severity, message in staging.stack.preview().diagnostics if severity == "warning"]
    assert any("ECS rolled back" in warning for warning in warnings), "a preview warns of it, and still plans"

    staging.rig.fail()
    _, ops = staging.up()
    assert ops == [Op("delete", TASK_DEFINITION, "app-web")], "only the old revision was left to delete"


def test_up_with_refresh_rolls_a_mended_deployment_out_again(staging: Own) -> None:
    """As the sentence advises: what ECS rolled back to is drift."""
    old = _running(staging)["arn"]
    _new_image(staging, "ill for a while")
    staging.rig.fail(_ROLLED_BACK)
    refused(staging.stack.up)
    staging.rig.fail()
    wanted = _service(staging)["taskDefinition"]
    staging.drift(taskDefinition=old)
    _, ops = staging.up("--refresh")
    assert ops == [Op("update", SERVICE, "app-web"), Op("delete", TASK_DEFINITION, "app-web")]
    assert _service(staging)["taskDefinition"] == wanted != old


def test_a_network_grows_without_moving_anything(staging: Own) -> None:
    wanted = {"cidr": "10.1.0.0/16", "nat": "per_zone"}
    result, ops = staging.up(network=wanted)
    assert [op for op in ops if op.type == ROUTE] == [Op("update", ROUTE, "network-private-b-nat")], "the second zone's"
    _assert_grown(result, [op for op in ops if op.type != ROUTE], {NAT_GATEWAY: 1})
    _assert_grown(*staging.up(network={**wanted, "zone_count": 3}), {SUBNET: 2, NAT_GATEWAY: 1, ROUTE: 1})
    _assert_grown(
        *staging.up(network={**wanted, "zone_count": 3, "isolated": True}), {SUBNET: 3, NAT_GATEWAY: 0, ROUTE_TABLE: 1}
    )


def _assert_grown(result: Result, ops: list[Op], made: dict[str, int]) -> None:
    created = [op.type for op in ops if op.verb == "create"]
    assert {type_: created.count(type_) for type_ in made} == made
    assert set(result.changes) <= {"create", "update", "same"}, "nothing is replaced"
    assert not [op for op in ops if op.verb == "delete"]
    changed = {op.type for op in ops if op.verb == "update"}
    assert not changed & {VPC, SUBNET, NAT_GATEWAY, ROUTE, ROUTE_TABLE}, "what was there stays as it is"


def test_the_desired_count_belongs_to_autoscaling_where_there_is_some(staging: Own) -> None:
    staging.up(app={"scaling": {"min": 2, "max": 4}})
    staging.drift(desiredCount=4)
    staging.stack.refresh()
    _, ops = staging.up()
    assert not ops, "an update must not undo what autoscaling did"
    assert _service(staging)["desiredCount"] == 4

    staging.up(app={"scaling": {"min": 2, "max": 2}})
    staging.drift(desiredCount=5)
    staging.stack.refresh()
    _, ops = staging.up()
    assert ops == [Op("update", SERVICE, "app-web")], "without autoscaling it is ours"
    assert _service(staging)["desiredCount"] == 2


def test_another_load_balancer_serves_before_the_old_one_goes(staging: Own) -> None:
    """With it the target groups are replaced, and at each moment a listener leads to tasks."""
    certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
    block = {"access": "internet", "certificate_arn": certificate, "domain_name": "api.example.com"}
    _, ops = staging.up(load_balancer=block, front_door={"enabled": False})
    order = [
        Op("create", LOAD_BALANCER, "app-lb"),
        Op("create", TARGET_GROUP, "app-web"),
        Op("create", LISTENER_RULE, "app-web.attachment"),  # ECS refuses a target group that no listener uses
        Op("update", SERVICE, "app-web"),  # which waits until the new group's checks are passed
        Op("create", LISTENER_RULE, "app-web"),
        Op("delete", LISTENER_RULE, "app-web"),
        Op("delete", TARGET_GROUP, "app-web"),
    ]
    assert [op for op in ops if op in order] == order
    assert Op("delete", LISTENER, "app-lb") in ops
    assert ops.index(Op("create", LISTENER_RULE, "app-web")) < min(ops.index(op) for op in ops if op.verb == "delete")
    assert not staging.unaccounted()


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("pattern", "monolit", "fastapi-on-aws:pattern cannot be 'monolit'; did you mean monolith?"),
        ("ecs", {"assign_public_ip": False}, "fastapi-on-aws:network.nat is none, so tasks in private subnets"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_nothing_is_registered(
    rig: Rig, key: str, value: Any, sentence: str
) -> None:
    own = Own(rig, "dev")
    own.stack.set_config({f"fastapi-on-aws:{key}": value})
    for command in (own.stack.preview, own.stack.up):
        said = refused(command)
        assert f"error: {sentence}" in said
        assert "Traceback" not in said
        assert 'File "' not in said
    assert not [row for row in rig.log() if row["op"] in ("check", "create")], "settings are read before anything else"
