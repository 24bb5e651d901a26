"""An update that is stopped from outside, and what its user types then."""

import signal
import time
from typing import Final

from tests.engine.own import Own, refused
from tests.engine.rig import Rig
from tests.engine.standin.faults import Fault
from tests.support.recorded import LISTENER_RULE, SERVICE

_UNHEARD: Final = 60
"""Seconds that no command of these tests waits: the CLI is gone long before."""
_QUIET: Final = 0.3
"""Seconds since the state was written last. A CLI that is killed while it writes a local state can break it."""


def test_ctrl_c_ends_in_order_and_the_next_up_finishes(rig: Rig) -> None:
    own = Own(rig, "dev")
    rig.fail(Fault(match=SERVICE, delay=1.5))
    stopped = own.stack.interrupted_up(signal.SIGINT, lambda: _only_creates(own, SERVICE))
    before = own.done()
    assert stopped.code, "an update that did not finish is no success"
    assert "update canceled" in stopped.text
    assert SERVICE in {op.type for op in before}, "what was under way is waited for"
    assert ("create", LISTENER_RULE, "app-web") not in before, "and nothing new is begun"
    assert not own.stack.pending()
    assert not own.unaccounted()

    rig.fail()
    _, after = own.up()
    assert ("create", LISTENER_RULE, "app-web") in after
    assert not {*before} & {*after}, "what exists is not made again"
    assert not own.unaccounted()


def test_a_killed_up_is_taken_up_again(rig: Rig) -> None:
    """`kill -9`, or a CI job that ran out of time; AWS had not made what was asked for last."""
    own = Own(rig, "dev")
    rig.fail(Fault(match=SERVICE, delay=_UNHEARD))
    own.stack.interrupted_up(signal.SIGKILL, lambda: _only_creates(own, SERVICE))
    before = own.done()
    rig.fail()
    assert "the stack is currently locked by 1 lock(s)" in refused(own.stack.up)

    own.stack.command("cancel", "--yes")
    own.stack.refresh("--clear-pending-creates")
    again, after = own.up()
    assert "warning" not in {severity for severity, _ in again.diagnostics}, "nothing is pending any more"
    assert not {*before} & {*after}, "what exists is not made again"
    assert ("create", SERVICE, "app-web") in after
    assert not own.unaccounted()


def _only_creates(own: Own, type_: str) -> bool:
    """Whether all that is left to wait for is one resource of this type."""
    still = time.time() - own.stack.state_file().stat().st_mtime > _QUIET
    return still and [urn.rpartition("::")[0].endswith(type_) for urn in own.stack.pending()] == [True]
