"""The component package of this checkout, as other projects and other languages get it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from fastapi_on_aws.component import PACKAGE
from tests.engine.rig import Rig
from tests.engine.stack import Stack
from tests.engine.toolchain import ROOT
from tests.support.recorded import IMAGE_URI

FROM_THE_CHECKOUT: Final[dict[str, Any]] = {"plugins": {"providers": [{"name": PACKAGE, "path": str(ROOT)}]}}
"""What a Pulumi.yaml says so that the engine runs the components of this checkout."""

IN_PYTHON: Final = f"""
import pulumi
from fastapi_on_aws import (
    AppArgs, Architecture, FrontDoor, FrontDoorArgs, ImageRef, Monolith, MonolithArgs, NetworkRef, ScalingArgs,
    ServiceArgs,
)

shop = Monolith(
    "shop",
    MonolithArgs(
        network=NetworkRef(
            vpc_id="vpc-0123456789abcdef0",
            cidr="10.0.0.0/16",
            private_subnet_ids=["subnet-0a", "subnet-0b"],
        ),
        image=ImageRef(uri="{IMAGE_URI}", architecture=Architecture.ARM64),
        app=AppArgs(port=9000, scaling=ScalingArgs(min=1, max=3)),
        services={{
            "catalog": ServiceArgs(prefix="/catalog"),
            "mailer": ServiceArgs(command=["python", "-m", "mailer"]),
        }},
    ),
)
door = FrontDoor("door", FrontDoorArgs(origin=shop.origin))
pulumi.export("url", door.url)
"""
"""A program that uses the components as classes; in TypeScript it is `typescript/program.ts`."""


def project(rig: Rig, name: str, files: Mapping[str, str], *, runtime: str = "python", **manifest: Any) -> Stack:
    """A stack of somebody's project: ``shop``, in a folder and a stack of the given name."""
    folder = rig.folder / name
    folder.mkdir()
    text = json.dumps({"name": "shop", "runtime": runtime, **manifest})  # which is YAML too
    (folder / "Pulumi.yaml").write_text(text)
    for path, content in files.items():
        (folder / path).write_text(content)
    return rig.stack(folder, name)


def generated_sdk(rig: Rig, language: str) -> Path:
    """The SDK that `pulumi package gen-sdk` writes."""
    arguments = [str(ROOT), "--language", language, "--local", "--out", str(rig.folder / "sdks")]
    finished = rig.run("package", "gen-sdk", *arguments, folder=rig.folder)
    assert not finished.code, finished.text
    return rig.folder / "sdks" / language
