from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.eks.listener import Listener
from tests.serverless.functions import alarm


@pytest.fixture
def new_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """No request comes to it yet; its alarm is well."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        alarm("OK")
        yield Listener()


@pytest.fixture
def listener(new_service: Listener) -> Listener:
    """Requests come to the service."""
    new_service.serve()
    return new_service
