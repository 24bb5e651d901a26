"""What a build that cannot be says."""

from pathlib import Path

import pytest

from tests.engine.toolchain.build import BuildError
from tests.kubernetes_api.cluster import Cluster
from tests.kubernetes_api.toolchain import COMMANDS, programs, version


def test_all_programs_are_of_the_version_that_is_pinned(cluster: Cluster) -> None:
    told = cluster.kubectl("version")
    assert told.stdout.count(f"v{version()}") == 2, f"client and server:\n{told.stdout}{told.stderr}"
    assert {path.name for path in programs().iterdir()} > set(COMMANDS)


def test_a_machine_without_go_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(BuildError, match="Kubernetes' control plane: `go` is not on PATH; install Go 1.26 or newer"):
        programs()
