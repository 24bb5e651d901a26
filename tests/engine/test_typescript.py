"""The components in TypeScript: the SDK that Pulumi generates, the compiler, and a program on the real engine."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.engine import command
from tests.engine.packages import FROM_THE_CHECKOUT, IN_PYTHON, generated_sdk, project
from tests.engine.rig import Rig
from tests.engine.stack import Stack
from tests.engine.toolchain import ROOT, TYPESCRIPT, Toolchain, node_modules
from tests.support.recorded import DISTRIBUTION, IMAGE_URI, SERVICE


@pytest.fixture(scope="module")
def shared_rig(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path) -> Rig:
    rig = Rig(tmp_path_factory.mktemp("typescript") / "rig", toolchain, sdk_cache)
    rig.env["PATH"] = os.pathsep.join([str(toolchain.cli.parent), rig.env["PATH"]])  # where the Automation API looks
    return rig


@pytest.fixture(scope="module")
def stack(shared_rig: Rig) -> Stack:
    """A project in TypeScript, and its stack with nothing in it yet."""
    files = {path.name: path.read_text() for path in TYPESCRIPT.iterdir() if path.name != "package-lock.json"}
    files["documented.ts"] = _documented()
    stack = project(shared_rig, "typescript", files, runtime="nodejs", **FROM_THE_CHECKOUT)
    folder = stack.project.folder
    shutil.copytree(generated_sdk(shared_rig, "nodejs"), folder / "sdk")
    (folder / "node_modules").symlink_to(node_modules())
    return stack


@pytest.fixture(scope="module")
def compiled(shared_rig: Rig, stack: Stack) -> str:
    """What the compiler says of all programs."""
    return _node(shared_rig, stack, "node_modules/.bin/tsc", "--project", ".").stdout


def _documented() -> str:
    """The program of the docs."""
    (program,) = re.findall(r"```typescript\n(.*?)```", (ROOT / "docs/other-languages.md").read_text(), re.DOTALL)
    text = str(program).replace('"@pulumi/fastapi-on-aws"', '"./sdk"')
    assert text != program, "the docs import the SDK under another name"
    return text


def _node(rig: Rig, stack: Stack, *words: str) -> command.Finished:
    return command.run(["node", *words], stack.project.folder, rig.env)


def test_the_compiler_finds_every_mistake_and_no_other(compiled: str) -> None:
    found = re.findall(r"^(\w+\.ts)\((\d+),\d+\): error (TS\d+)", compiled, re.MULTILINE)
    lines = (TYPESCRIPT / "wrong.ts").read_text().splitlines()
    marked = [re.search(r"// (TS\d+)$", line) for line in lines]
    expected = [("wrong.ts", str(number), mark.group(1)) for number, mark in enumerate(marked, 1) if mark]
    assert len(expected) > 5
    assert found == expected, compiled


def test_a_program_in_typescript_makes_what_one_in_python_makes(shared_rig: Rig, stack: Stack, compiled: str) -> None:
    finished = _node(shared_rig, stack, "program.js", "shop", stack.name, IMAGE_URI)
    assert not finished.code, finished.text
    assert stack.outputs()["url"].startswith("https://d")
    made = [resource for resource in stack.registered().values() if resource.custom]
    assert {SERVICE, DISTRIBUTION} <= {resource.type for resource in made}

    (stack.project.folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (stack.project.folder / "__main__.py").write_text(IN_PYTHON)
    planned = stack.preview()
    assert set(planned.changes) == {"same"}, "the same program in Python should find nothing to change"
