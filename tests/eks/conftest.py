from collections.abc import Iterator

import pytest

from tests.eks.listener import Listener
from tests.support.rollouts import moto


@pytest.fixture
def new_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """No request comes to it yet; its alarm is well."""
    with moto(monkeypatch):
        yield Listener()


@pytest.fixture
def listener(new_service: Listener) -> Listener:
    """Requests come to the service."""
    new_service.serve()
    return new_service
