"""The SQL of orders, inside a transaction that the caller holds."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.kit.pagination import Keyset, PageRequest, Slice
from sample_app.kit.schemas import Moment
from sample_app.modules.orders.models import ClaimRow, ClaimStatus, OrderRow, OutboxRow

_NEWEST_FIRST: Final = Keyset[OrderRow](OrderRow.placed_at, OrderRow.id, values=tuple[Moment, UUID], descending=True)


class OrderRepository:
    """Orders, the claims to them, and the events they lead to, as rows."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, *rows: OrderRow | ClaimRow | OutboxRow) -> None:
        """Write rows now, so that a duplicate shows here and not at the commit."""
        self._session.add_all(rows)
        await self._session.flush()

    async def order(self, order_id: UUID) -> OrderRow | None:
        """The order with its lines, if there is one."""
        return await self._session.get(OrderRow, order_id)

    async def orders(self, wanted: PageRequest) -> Slice[OrderRow]:
        """All orders, newest first."""
        return await _NEWEST_FIRST.page(self._session, select(OrderRow), wanted)

    async def claim_under(self, key: str) -> ClaimRow | None:
        """The claim that holds an idempotency key."""
        return await self._session.scalar(select(ClaimRow).where(ClaimRow.idempotency_key == key))

    async def settle(self, order_id: UUID) -> bool:
        """Make a pending claim a placed one; False: somebody else has decided."""
        pending = ClaimRow.status == ClaimStatus.PENDING
        return await self._decide(order_id, pending, status=ClaimStatus.PLACED)

    async def abandon(self, order_id: UUID) -> bool:
        """Make sure that a pending claim is never placed; False: somebody else has decided."""
        pending = ClaimRow.status == ClaimStatus.PENDING
        return await self._decide(order_id, pending, status=ClaimStatus.ABANDONED)

    async def free_key(self, order_id: UUID) -> bool:
        """Take the key from a claim that was not placed, and now never will be; False: somebody else has decided."""
        holds_it = and_(ClaimRow.status != ClaimStatus.PLACED, ClaimRow.idempotency_key.is_not(None))
        return await self._decide(order_id, holds_it, status=ClaimStatus.ABANDONED, idempotency_key=None)

    async def remove_claim(self, order_id: UUID) -> None:
        """Forget a claim, if there is one."""
        await self._session.execute(delete(ClaimRow).where(ClaimRow.order_id == order_id))

    async def abandon_dead(self, before: datetime, now: datetime, limit: int) -> Sequence[UUID]:
        """Take the oldest claims of `before` that were not placed, and now never will be; they count as of `now`."""
        unplaced = ClaimRow.status.in_((ClaimStatus.PENDING, ClaimStatus.ABANDONED))
        dead = select(ClaimRow.order_id).where(unplaced, ClaimRow.claimed_at < before)
        # What somebody else is deciding at this moment is not dead. (SQLite has one writer, and leaves the lock out.)
        dead = dead.order_by(ClaimRow.claimed_at).limit(limit).with_for_update(skip_locked=True)
        query = (
            update(ClaimRow)
            .where(ClaimRow.order_id.in_(dead))
            .values(status=ClaimStatus.ABANDONED, claimed_at=now)
            .returning(ClaimRow.order_id)
            .execution_options(synchronize_session=False)
        )
        return (await self._session.scalars(query)).all()

    async def remove_placed_claims(self, before: datetime) -> None:
        """Forget the claims of `before` that were placed; their orders stay."""
        placed = and_(ClaimRow.status == ClaimStatus.PLACED, ClaimRow.claimed_at < before)
        await self._session.execute(delete(ClaimRow).where(placed))

    async def due_events(self, limit: int) -> Sequence[OutboxRow]:
        """The oldest events; those that failed come later, so that one which always fails holds up no other."""
        query = select(OutboxRow).order_by(OutboxRow.attempts, OutboxRow.created_at).limit(limit)
        return (await self._session.scalars(query)).all()

    async def remove_events(self, event_ids: Collection[UUID]) -> None:
        """Forget events that were delivered."""
        await self._session.execute(delete(OutboxRow).where(OutboxRow.event_id.in_(event_ids)))

    async def count_attempt(self, event_id: UUID) -> None:
        """Remember that an event could not be delivered."""
        attempt = update(OutboxRow).where(OutboxRow.event_id == event_id).values(attempts=OutboxRow.attempts + 1)
        await self._session.execute(attempt)

    async def _decide(self, order_id: UUID, condition: ColumnElement[bool], **after: ClaimStatus | None) -> bool:
        """One statement, so that of several who decide at once one does."""
        query = (
            update(ClaimRow)
            .where(ClaimRow.order_id == order_id, condition)
            .values(**after)
            .returning(ClaimRow.order_id)
            .execution_options(synchronize_session=False)
        )
        return await self._session.scalar(query) is not None
