"""What may become of a claim to an order: one thing, whoever asks, in whatever order they ask."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from sample_app.kit.database import Database
from sample_app.kit.migrations import upgrade
from sample_app.modules.orders.models import ClaimRow, ClaimStatus
from sample_app.modules.orders.repository import OrderRepository
from sample_app.registry import MODULES
from tests.sample_app.support import sqlite

pytestmark = pytest.mark.anyio
Decision = Callable[[OrderRepository, UUID], Awaitable[bool]]
settle, abandon, free_key = OrderRepository.settle, OrderRepository.abandon, OrderRepository.free_key
NOW = datetime.now(UTC)


async def bury(repository: OrderRepository, order_id: UUID) -> bool:
    """Abandon whatever has died, in a minute."""
    return order_id in await repository.abandon_dead(NOW + timedelta(minutes=1), NOW + timedelta(minutes=1), 2)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(sqlite(tmp_path / "shop.db").get_secret_value()) as opened:
        await upgrade(opened, [MODULES["orders"]])
        yield opened


@pytest.mark.parametrize(
    ("decisions", "counts", "status", "key"),
    [
        ([settle, settle], [True, False], ClaimStatus.PLACED, "one"),
        ([settle, abandon], [True, False], ClaimStatus.PLACED, "one"),
        ([settle, free_key], [True, False], ClaimStatus.PLACED, "one"),
        ([abandon, settle], [True, False], ClaimStatus.ABANDONED, "one"),
        ([abandon, abandon], [True, False], ClaimStatus.ABANDONED, "one"),
        ([abandon, free_key], [True, True], ClaimStatus.ABANDONED, None),
        ([free_key, settle], [True, False], ClaimStatus.ABANDONED, None),
        ([free_key, abandon], [True, False], ClaimStatus.ABANDONED, None),
        ([free_key, free_key], [True, False], ClaimStatus.ABANDONED, None),
        ([settle, bury], [True, False], ClaimStatus.PLACED, "one"),
        ([bury, settle], [True, False], ClaimStatus.ABANDONED, "one"),
        ([bury, bury], [True, False], ClaimStatus.ABANDONED, "one"),
        ([bury, free_key], [True, True], ClaimStatus.ABANDONED, None),
        ([abandon, bury], [True, True], ClaimStatus.ABANDONED, "one"),
    ],
)
async def test_a_claim_is_decided_once(
    decisions: list[Decision], counts: list[bool], status: ClaimStatus, key: str | None, database: Database
) -> None:
    ours, others = uuid4(), uuid4()
    async with database.transaction() as session:
        await OrderRepository(session).add(_claim(ours, "one", NOW), _claim(others, "other", NOW + timedelta(hours=1)))
    said = []
    for decide in decisions:
        async with database.transaction() as session:
            said.append(await decide(OrderRepository(session), ours))
    assert said == counts, "who comes too late is told so, whatever they read before"
    async with database.reading() as session:
        found = {each: await session.get_one(ClaimRow, each) for each in (ours, others)}
    assert (found[ours].status, found[ours].idempotency_key) == (status, key)
    assert found[others].status is ClaimStatus.PENDING, "it is no business of theirs"
    assert found[others].idempotency_key == "other"


def _claim(order_id: UUID, key: str, claimed_at: datetime) -> ClaimRow:
    return ClaimRow(
        order_id=order_id,
        status=ClaimStatus.PENDING,
        idempotency_key=key,
        fingerprint="",
        claimed_at=claimed_at,
    )
