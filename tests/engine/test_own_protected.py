"""What production protects is neither deleted nor replaced, and whoever tries reads why."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.own import Own, refused
from tests.engine.rig import Rig
from tests.engine.toolchain import Toolchain


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path) -> Own:
    """The prod stack after its first update."""
    own = Own(Rig(tmp_path_factory.mktemp("protected") / "rig", toolchain, sdk_cache), "prod")
    own.up()
    own.done()
    return own


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("network", {"cidr": "10.9.0.0/16", "zone_count": 3, "nat": "per_zone"}, "replace resource"),
        ("front_door", {"enabled": False}, "cannot be deleted"),
    ],
    ids=["replace the network", "take the front door away"],
)
def test_an_update_that_would_take_it_away_is_refused_as_a_whole(prod: Own, key: str, value: Any, told: str) -> None:
    before = prod.stack.config_file.read_text()
    prod.stack.set_config({f"fastapi-on-aws:{key}": value})
    said = refused(lambda: prod.stack.command("up", "--yes"))
    prod.stack.config_file.write_text(before)
    assert told in said
    assert "protect" in said
    assert not prod.done(), "what is not protected stays as it is, too"
    assert not prod.unaccounted()
