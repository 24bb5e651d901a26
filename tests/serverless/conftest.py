from collections.abc import Iterator

import pytest

from tests.serverless.functions import Functions, create_function
from tests.support.rollouts import moto


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    """A function with three versions, the alias on the first, and an alarm that is well."""
    with moto(monkeypatch):
        create_function()
        yield Functions()
