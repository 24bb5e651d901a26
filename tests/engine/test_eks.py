"""A cluster over several updates, on the real engine: what comes first, and what goes last."""

from collections.abc import Callable
from typing import Final

import pytest

from fastapi_on_aws.eks.settling import ACCESS_SECONDS
from tests.engine.command import EngineError
from tests.engine.rig import Rig
from tests.engine.stack import Stack

_PROGRAM: Final = """
import pulumi
from fastapi_on_aws import EksArgs, EksCluster, EksClusterArgs, EksEndpoint, NetworkRef

config = pulumi.Config()
admins = [f"arn:aws:iam::123456789012:role/{name}" for name in config.require("admins").split()]
network = NetworkRef(vpc_id="vpc-0a", cidr="10.0.0.0/16", private_subnet_ids=["subnet-0a", "subnet-0b"])
settings = EksArgs(
    admins=admins,
    endpoint=EksEndpoint.PRIVATE,
    version=config.require("version"),
    deletion_protection=config.require_bool("protected"),
)
cluster = EksCluster("eks", EksClusterArgs(network=network, settings=settings))
pulumi.export("name", cluster.cluster_name)
"""


_IN_THE_CLUSTER: Final = ("ConfigMap", "NodeClass", "NodePool")


@pytest.fixture
def stack(rig: Rig) -> Stack:
    """A cluster that is not there yet."""
    return rig.stack(rig.program(_PROGRAM))


def _say(stack: Stack, admins: str = "deployer", version: str = "1.98", protected: str = "true") -> None:
    """Versions that are newer than any calendar, which would refuse them one day."""
    stack.set_config({"shop:admins": admins, "shop:version": version, "shop:protected": protected})


def _done(rig: Rig, stack: Stack, verb: Callable[[], object]) -> list[str]:
    """What a command did, in its order: operation and type, without what did not change."""
    before = len(rig.log())
    verb()
    rows = [row for row in rig.log()[before:] if row["op"] in ("create", "update", "delete") and not row.get("preview")]
    return [f"{row['op']} {row['urn'].split('::')[2].rpartition(':')[2]}" for row in rows]


def test_it_is_made_once_and_changes_in_place(rig: Rig, stack: Stack) -> None:
    _say(stack)
    made = _done(rig, stack, stack.up)
    assert made.index("create LogGroup") < made.index("create Cluster") < made.index("create AccessPolicyAssociation")
    assert [row for row in made if row.endswith((*_IN_THE_CLUSTER, "Addon"))] == [
        "create ConfigMap",
        "create NodeClass",
        "create NodePool",
        "create Addon",
        "create Addon",
        "create Addon",
    ], "policies are enforced before there are nodes, and add-ons come to nodes"
    at = {row["urn"].split("::")[2].rpartition(":")[2]: row["time"] for row in rig.log() if row["op"] == "create"}
    assert at["ConfigMap"] - at["AccessPolicyAssociation"] >= ACCESS_SECONDS, "the API server knows its admins by then"
    assert stack.outputs()["name"] == "shop-dev-eks"
    assert _done(rig, stack, stack.up) == [], "nothing changed"
    _say(stack, version="1.99")
    assert _done(rig, stack, stack.up) == ["update Cluster"], "and all that is in it stays"
    _say(stack, admins="oncall deployer", version="1.99")
    assert _done(rig, stack, stack.up) == ["create AccessEntry", "create AccessPolicyAssociation"]
    _say(stack, admins="oncall", version="1.99")
    assert _done(rig, stack, stack.up) == ["delete AccessPolicyAssociation", "delete AccessEntry"]


def test_it_goes_once_it_may_and_admins_are_let_in_until_it_is_empty(rig: Rig, stack: Stack) -> None:
    _say(stack)
    stack.up()
    with pytest.raises(EngineError, match="protect"):
        stack.command("destroy", "--yes")
    assert len([e for e in rig.cloud.all() if e.type.startswith("kubernetes:")]) == 3, "nothing in it is gone"
    _say(stack, protected="false")
    assert _done(rig, stack, stack.up) == ["update Cluster"]
    gone = _done(rig, stack, lambda: stack.command("destroy", "--yes"))
    assert not list(rig.cloud.all())
    last_inside = max(gone.index(f"delete {kind}") for kind in _IN_THE_CLUSTER)
    order = ["delete NodePool", "delete NodeClass", "delete ConfigMap", "delete AccessPolicyAssociation"]
    assert [gone.index(row) for row in order] == sorted(gone.index(row) for row in order)
    assert last_inside < gone.index("delete AccessPolicyAssociation") < gone.index("delete Cluster")
    after = gone[gone.index("delete Cluster") :]
    assert after.count("delete Role") == 2, "its own and its nodes' outlive it; that of what ships logs names it"
    for kept in ("LogGroup", "Key", "RolePolicyAttachment", "SecurityGroupIngressRule"):
        assert gone.count(f"delete {kept}") == after.count(f"delete {kept}"), f"its {kept} outlives it"
