"""A secret that an app is given as it is: encrypted wherever Pulumi writes."""

from typing import Final

from tests.engine.packages import project
from tests.engine.registered import SECRET_MARK
from tests.engine.rig import Rig
from tests.support.recorded import IMAGE_URI, TASK_DEFINITION

_PROGRAM: Final = f"""
import pulumi
from fastapi_on_aws import AppArgs, Architecture, ImageRef, Monolith, MonolithArgs, NetworkRef

config = pulumi.Config()
token = config.require_secret("token")
network = NetworkRef(vpc_id="vpc-0a", cidr="10.0.0.0/16", private_subnet_ids=["subnet-0a", "subnet-0b"])
image = ImageRef(uri="{IMAGE_URI}", architecture=Architecture.ARM64)
app = AppArgs(env={{"TOKEN": token}})
shop = Monolith("shop", MonolithArgs(network=network, image=image, app=app))
pulumi.export("token", token)
pulumi.export("definition", shop.services["web"].task_definition.container_definitions)
"""


def test_secrets_of_the_config_lie_open_nowhere(rig: Rig) -> None:
    stack = project(rig, "secrets", {"__main__.py": _PROGRAM})
    for secret in ("hunter2-first", "hunter2-second"):
        stack.set_secret("token", secret)
        stack.up()
        (definition,) = rig.cloud.all(TASK_DEFINITION)
        assert secret in definition.inputs["containerDefinitions"], "the app should get it"
    assert stack.outputs() == {"token": SECRET_MARK, "definition": SECRET_MARK}
    assert "hunter2" not in stack.command("stack", "export")
    assert "hunter2" not in stack.command("stack", "output", "--json")
    assert "hunter2" not in stack.config_file.read_text()
    kinds = {path.relative_to(rig.backend / ".pulumi").parts[0] for path in rig.leaks("shop-web")}
    assert {"stacks", "backups", "history"} <= kinds, "the search should find what does lie open"
    stack.refresh()
    stack.destroy()
    assert not rig.leaks("hunter2"), "checkpoints, their backups and the history are all searched"
