from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.serverless.functions import Functions, alarm, create_function


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    """A function with three versions, the alias on the first, and an alarm that is well."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        create_function()
        alarm("OK")
        yield Functions()
