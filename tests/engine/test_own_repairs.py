"""A stack in the middle of its life: what others changed, and what went wrong, is put right by the next update."""

from pathlib import Path
from typing import Final

import pytest

from tests.engine.own import Op, Own, refused
from tests.engine.rig import Rig
from tests.engine.standin.faults import Fault
from tests.engine.toolchain import Toolchain
from tests.support.recorded import BUILT_IMAGE, INGRESS_RULE, LOG_GROUP, SERVICE, TASK_DEFINITION

SCALABLE_TARGET: Final = "aws:appautoscaling/target:Target"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path) -> Own:
    """The dev stack after its first update; each test leaves it steady."""
    own = Own(Rig(tmp_path_factory.mktemp("repairs") / "rig", toolchain, sdk_cache), "dev")
    own.up()
    return own


def test_what_others_changed_is_found_by_refresh_and_put_right(dev: Own) -> None:
    dev.drift(deploymentMinimumHealthyPercent=0)
    dev.lose(LOG_GROUP, "app-web")
    dev.lose(INGRESS_RULE, "app-web-requests-in")
    _, blind = dev.up()
    assert not blind, "without a refresh nobody looks"

    planned = dev.stack.preview("--refresh")
    assert {("create", "app-web"), ("create", "app-web-requests-in"), ("update", "app-web")} <= {*planned.steps}
    assert planned.changes["create"] == 2
    assert not dev.done(), "a preview changes nothing"

    _, ops = dev.up("--refresh")
    assert ops == [
        Op("create", LOG_GROUP, "app-web"),
        Op("create", INGRESS_RULE, "app-web-requests-in"),
        Op("update", SERVICE, "app-web"),
    ]
    assert dev.exists(SERVICE, "app-web").state["deploymentMinimumHealthyPercent"] == 100
    assert not dev.unaccounted()


def test_a_service_that_others_deleted_comes_back(dev: Own) -> None:
    dev.lose(SERVICE, "app-web")
    said = refused(dev.stack.up)
    assert "run `pulumi up --refresh`, which makes it again" in said
    assert "Traceback" not in said, "the user reads one sentence"
    _, ops = dev.up("--refresh")
    assert ops[0] == Op("create", SERVICE, "app-web")
    assert Op("create", SCALABLE_TARGET, "app-web") in ops, "what scaled the old one scales the new one"
    assert not dev.unaccounted()


def test_an_image_that_does_not_build_leaves_what_runs_alone(dev: Own) -> None:
    dev.rig.new_image_content("broken")
    dev.rig.fail(Fault(op="update", match=BUILT_IMAGE, message="exit code: 1"))
    assert "exit code: 1" in refused(dev.stack.up)
    assert not dev.done()

    dev.rig.fail()
    _, ops = dev.up()
    assert Op("update", SERVICE, "app-web") in ops
    assert not dev.unaccounted()


def test_the_old_half_of_a_replacement_goes_with_the_next_up(dev: Own) -> None:
    """An update that stops between the new and the old."""
    dev.rig.new_image_content("next")
    dev.rig.fail(Fault(op="delete", match=TASK_DEFINITION, message="ThrottlingException"))
    assert "ThrottlingException" in refused(dev.stack.up)
    assert dev.done()[-1] == Op("update", SERVICE, "app-web"), "the new revision serves already"
    assert len(list(dev.rig.cloud.all(TASK_DEFINITION))) == 2

    dev.rig.fail()
    _, ops = dev.up()
    assert ops == [Op("delete", TASK_DEFINITION, "app-web")]
    assert not dev.unaccounted()


def test_a_provider_that_dies_in_an_update_is_followed_by_one_that_finishes(dev: Own) -> None:
    dev.rig.new_image_content("after that")
    dev.rig.fail(Fault(op="update", match=SERVICE, exit=True))
    assert "exited prematurely" in refused(dev.stack.up)
    before = dev.done()

    dev.rig.fail()
    _, after = dev.up()
    assert [*before, *after] == [
        Op("update", BUILT_IMAGE, "app-build"),
        Op("create", TASK_DEFINITION, "app-web"),
        Op("update", SERVICE, "app-web"),
        Op("delete", TASK_DEFINITION, "app-web"),
    ], "as if nothing had happened"
    assert not dev.unaccounted()


def test_a_mistake_in_the_stack_file_touches_nothing_that_runs(dev: Own) -> None:
    before = dev.stack.registered()
    dev.stack.set_config({"fastapi-on-aws:app": {"port": "eighty"}})
    assert "fastapi-on-aws:app.port" in refused(dev.stack.up)
    assert not dev.done()
    assert dev.stack.registered() == before
