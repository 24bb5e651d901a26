"""A user renames a component and says so by an alias: what runs goes on running, under its new name in the state."""

from pathlib import Path
from typing import Final

import pytest

from tests.engine.packages import project
from tests.engine.rig import Rig
from tests.engine.toolchain import Toolchain

_PROGRAM: Final = """
import pulumi
from fastapi_on_aws import (
    AppArgs, FrontDoor, FrontDoorArgs, Image, ImageArgs, Monolith, MonolithArgs, Nat, Network, NetworkArgs,
    ScalingArgs, ServiceArgs,
)

def named(old):
    return pulumi.ResourceOptions(aliases=[pulumi.Alias(name=old)]) if PREFIX else None

network = Network(PREFIX + "net", NetworkArgs(region="eu-west-1", nat=Nat.SINGLE), named("net"))
image = Image(PREFIX + "shop", ImageArgs(dockerfile="Dockerfile"), named("shop"))
services = {
    "catalog": ServiceArgs(prefix="/catalog"),
    "orders": ServiceArgs(prefix="/orders", calls=["catalog"], command=["orders"]),
    "mailer": ServiceArgs(command=["mailer"]),
}
app = AppArgs(scaling=ScalingArgs(min=1, max=3))
args = MonolithArgs(network=network.ref, image=image.ref, app=app, services=services)
shop = Monolith(PREFIX + "web", args, named("web"))
FrontDoor(PREFIX + "door", FrontDoorArgs(origin=shop.origin), named("door"))
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path) -> dict[str, set[str]]:
    """Type -> what a rename of every component would do to resources of that type."""
    rig = Rig(tmp_path_factory.mktemp("renamed") / "rig", toolchain, sdk_cache)
    stack = project(rig, "dev", {"__main__.py": f'PREFIX = ""\n{_PROGRAM}', "Dockerfile": "FROM scratch\n"})
    stack.up()
    (stack.project.folder / "__main__.py").write_text(f'PREFIX = "new-"\n{_PROGRAM}')
    verbs: dict[str, set[str]] = {}
    for event in stack.preview().events:
        if step := event.get("resourcePreEvent", {}).get("metadata"):
            verbs.setdefault(step["type"], set()).add(step["op"])
    return verbs


def test_a_rename_moves_nothing(planned: dict[str, set[str]]) -> None:
    moved = {type_: verbs for type_, verbs in planned.items() if verbs - {"same", "update"}}
    assert len(planned) > 25, "the program should have most of what there is"
    assert not moved, "another network, load balancer, service or URL is an outage, other log groups lose their lines"
