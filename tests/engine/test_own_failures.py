"""An update that fails half-way, wherever it does: the next one finishes, makes nothing twice and loses nothing."""

from typing import Final

import pytest

from tests.engine.own import Op, Own, refused
from tests.engine.rig import Rig
from tests.engine.standin.faults import Fault
from tests.support.recorded import BUILT_IMAGE, LOAD_BALANCER, LOG_GROUP, SERVICE, VPC

_OTHERS_END: Final = 0.5
"""Seconds in which calls that run beside the one that fails come back: a provider that dies takes them along."""
_FAILURES: Final = {
    "the image does not build": (Fault(match=BUILT_IMAGE, message="exit code: 1"), "exit code: 1"),
    "the load balancer is refused": (Fault(match=LOAD_BALANCER, message="OperationNotPermitted"), "NotPermitted"),
    "the service is refused": (Fault(match=SERVICE, message="ServiceUnavailable"), "ServiceUnavailable"),
    "the provider dies early": (Fault(match=VPC, delay=_OTHERS_END, exit=True), "exited prematurely"),
    "the provider dies late": (Fault(match=SERVICE, delay=_OTHERS_END, exit=True), "exited prematurely"),
}


@pytest.mark.parametrize(("fault", "told"), _FAILURES.values(), ids=_FAILURES.keys())
def test_a_first_up_that_fails_is_finished_by_the_next(rig: Rig, fault: Fault, told: str) -> None:
    own = Own(rig, "dev")
    rig.fail(fault)
    assert told in refused(own.stack.up)
    before = own.done()
    assert not own.unaccounted(), "the state knows all that was made until then"

    rig.fail()
    _, after = own.up()
    assert not {*before} & {*after}, "what exists is not made again"
    assert {op.verb for op in after} == {"create"}, "and nothing of it is touched"
    assert any(op.type == SERVICE for op in after)
    assert not own.unaccounted()


def test_a_service_that_did_not_become_steady_is_kept_and_updated(rig: Rig) -> None:
    own = Own(rig, "dev")
    rig.fail(Fault(match=SERVICE, partial=True, message="waiting for the service to become steady: timeout"))
    assert "become steady: timeout" in refused(own.stack.up)
    half_made = own.exists(SERVICE, "app-web")
    own.done()

    rig.fail()
    _, ops = own.up()
    assert Op("update", SERVICE, "app-web") in ops, "an update waits once more for it to be steady"
    assert own.exists(SERVICE, "app-web").id == half_made.id, "a second service would serve beside the first"
    assert not own.unaccounted()


def test_what_aws_made_and_nobody_heard_of_is_imported(rig: Rig) -> None:
    """The provider died before it could tell. What has a name of ours then stands in the way of the next update."""
    own = Own(rig, "dev")
    rig.fail(Fault(match=f"{LOG_GROUP}::app-web", partial=True, delay=_OTHERS_END, exit=True))
    refused(own.stack.up)
    orphan = own.exists(LOG_GROUP, "app-web")
    rig.fail()
    assert f"AlreadyExists: {LOG_GROUP} with name '{orphan.id}'" in refused(own.stack.up)

    own.done()
    _import(own, orphan.urn, orphan.id)
    _, ops = own.up()
    assert Op("create", LOG_GROUP, "app-web") not in ops
    assert not [op for op in ops if op.verb == "delete"], "nor are there logs to lose"
    assert not own.unaccounted()


def _import(own: Own, urn: str, id: str) -> None:
    """What a user types, with the URNs that `pulumi stack --show-urns` prints."""
    *_, type_, name = urn.split("::")
    known = own.stack.registered()
    (parent,) = [one for one in known if one.endswith(f"EcsService::{name}")]
    (provider,) = [one for one in known if one.endswith("pulumi:providers:aws::aws")]
    options = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false"]
    places = ["--parent", f"service={parent}", "--provider", f"aws={provider}"]
    own.stack.command("import", type_.rpartition("$")[2], name, id, *places, *options)


def test_a_destroy_that_fails_is_finished_by_the_next(rig: Rig) -> None:
    own = Own(rig, "dev")
    own.up()
    rig.fail(Fault(op="delete", match=LOAD_BALANCER, delay=_OTHERS_END, exit=True))
    assert "exited prematurely" in refused(own.stack.destroy)
    assert SERVICE not in {one.type for one in rig.cloud.all()}
    assert not own.unaccounted(), "the state no longer holds what is gone"

    rig.fail()
    own.stack.destroy()
    assert not list(rig.cloud.all())
    assert not own.stack.registered()
