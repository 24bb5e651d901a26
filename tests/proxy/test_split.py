"""What `make run-split` says when it cannot begin."""

import pytest

from tests.proxy import split


def test_a_port_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "abc")
    with pytest.raises(SystemExit, match="^error: PORT: Input should be a valid integer"):
        split.main()
