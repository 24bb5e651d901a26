from datetime import date

import pytest

from tests.components.eks_clusters import on


@pytest.fixture
def in_september_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    """No version of Kubernetes that the tests say ends soon."""
    on(date(2026, 9, 1), monkeypatch)
