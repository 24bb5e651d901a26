"""The rig: a private home, state, cloud and log for one test, around the real Pulumi engine."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.engine import command, project
from tests.engine.command import SECONDS, EngineError, Finished, Interruption
from tests.engine.project import Project
from tests.engine.stack import Stack
from tests.engine.standin import faults
from tests.engine.standin.cloud import Cloud
from tests.engine.standin.faults import Fault
from tests.engine.toolchain import ROOT, Toolchain, install_plugins

REGION: Final = "eu-west-1"
_PASSPHRASE: Final = "only-for-tests"
_NOT_OURS: Final = ("PULUMI_", "AWS_", "STANDIN_")
"""Of the caller's environment nothing goes in that could reach an account or another state."""
_CHANGES: Final = ("create", "update", "delete")


class Rig:
    """All that belongs to one test lies under ``folder``; nothing outlives a command, so there is nothing to stop."""

    def __init__(self, folder: Path, toolchain: Toolchain, cache: Path) -> None:
        self.folder = folder
        self.toolchain = toolchain
        self.backend = folder / "state"
        self.backend.mkdir(parents=True)
        self.cloud = Cloud(folder / "cloud")
        self._log = folder / "provider.log"
        self._faults = folder / "faults.json"
        self._seen = 0
        self._projects: dict[Path, Project] = {}
        self.plugins = install_plugins(folder / "home")
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith(_NOT_OURS)},
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "PYTHONPATH": str(ROOT / "components"),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": self.backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_COMMANDS": "true",  # has the option --event-log
            "PULUMI_PYTHON_CMD": sys.executable,
            "ENGINE_RIG_PYTHON": sys.executable,
            "ENGINE_RIG_ROOT": str(ROOT),
            "STANDIN_LOG": str(self._log),
            "STANDIN_CLOUD": str(self.cloud.folder),
            "STANDIN_FAULTS": str(self._faults),
            "STANDIN_CACHE": str(cache),
        }
        if toolchain.runner:
            self.env["PULUMI_PY_RUNNER"] = str(toolchain.runner)

    def stack(
        self,
        folder: Path,
        name: str = "dev",
        *,
        stack_file: Path | None = None,
        config: Mapping[str, Any] | None = None,
        include: Iterable[str] = (),
    ) -> Stack:
        """A new stack of the project in ``folder``.

        A folder outside the rig's is copied first: Pulumi.yaml, the program's folder, the stack files, and what
        ``include`` names beside them (a build context). Later stacks of the same folder share that copy, and a test
        may edit it (``stack.project.folder``). The stack's file is ``stack_file``, else the project's own
        ``Pulumi.<name>.yaml``, else one with only a region; with ``config`` on top.
        """
        home = self._project(folder, include)
        home.configure(name, stack_file, config or {}, otherwise={"aws:region": REGION})
        finished = self.run("stack", "init", name, folder=home.folder)
        if finished.code:
            raise EngineError(finished.text)
        return Stack(home, name, self.backend, self.folder / f"events-{home.name}-{name}.json", self.run)

    def program(self, text: str) -> Path:
        """A project called `shop` that has this program; its folder."""
        folder = self.folder / "project"
        (folder / "stacks").mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n")
        (folder / "stacks" / "__main__.py").write_text(text)
        return folder

    def run(
        self, *arguments: str, folder: Path, seconds: float = SECONDS, interruption: Interruption | None = None
    ) -> Finished:
        """The CLI in the rig's environment, never asking anything."""
        words = [str(self.toolchain.cli), *arguments, "--non-interactive"]
        return command.run(words, folder, self.env, seconds=seconds, interruption=interruption)

    def ops(self, *kinds: str) -> list[tuple[str, str]]:
        """(operation, resource name) of the provider's calls since the last time, in their order.

        Without ``kinds``: what changed something. Previews and calls that failed are left out.
        """
        rows = self.log()
        fresh, self._seen = rows[self._seen :], len(rows)
        return [
            (row["op"], row["urn"].split("::", 3)[3])
            for row in fresh
            if row["op"] in (kinds or _CHANGES) and not row.get("preview") and "fault" not in row
        ]

    def log(self) -> list[dict[str, Any]]:
        """All calls to the provider so far, inputs in plain text."""
        text = self._log.read_text() if self._log.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def fail(self, *wanted: Fault) -> None:
        """The faults of the commands that follow; none clears them."""
        faults.write(self._faults, wanted)

    def use_cluster(self, kubeconfig: Path) -> None:
        """From now on what is in Kubernetes goes to the real API server of this kubeconfig, whatever EKS's endpoint."""
        self.env["STANDIN_KUBECONFIG"] = str(kubeconfig)

    def new_image_content(self, seed: str) -> None:
        """From now on builds find another content, and so give another digest, though no file changed."""
        self.env["STANDIN_DIGEST_SEED"] = seed

    def leaks(self, text: str) -> list[Path]:
        """The files of the state backend, history and backups included, in which a text lies open."""
        word = text.encode()
        return [path for path in sorted(self.backend.rglob("*")) if path.is_file() and word in path.read_bytes()]

    def _project(self, folder: Path, include: Iterable[str]) -> Project:
        folder = folder.resolve()
        if folder.is_relative_to(self.folder.resolve()):
            return Project(folder)
        if folder not in self._projects:
            place = self.folder / "projects" / f"{len(self._projects)}-{folder.name}"
            self._projects[folder] = project.copy(folder, place, include)
        return self._projects[folder]
