"""Who places an order, under an idempotency key or none, and what is left behind when that goes wrong.

Each attempt has an order id of its own, and the catalog's reservation is under it. So an attempt that others gave up
for dead can at worst undo itself: nothing it does or undoes concerns the attempt that took its place.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError

from sample_app.kit.database import Database
from sample_app.kit.problems import ProblemError
from sample_app.modules.orders.clients import CatalogClient
from sample_app.modules.orders.models import ClaimRow, ClaimStatus, OrderRow
from sample_app.modules.orders.repository import OrderRepository

_log = structlog.get_logger(__name__)
# Longer than any request takes. An attempt that is older has died with its process.
LEASE: Final = timedelta(seconds=60)
# How long a key is remembered, at least.
KEY_LIFE: Final = timedelta(hours=24)
# What an order cleans up after others: more than one, so that it becomes less, and few, as a buyer is waiting.
_MOST_DEAD: Final = 2


class IdempotencyKeyReusedError(ProblemError):
    """The key came with another request before."""

    status = 422
    kind = "idempotency-key-reused"
    title = "Idempotency key reused"


class OrderInProgressError(ProblemError):
    """A request with the same key has not ended yet, or just now."""

    status = 409
    kind = "order-in-progress"
    title = "Order in progress"

    def __init__(self) -> None:
        detail = "This order is being placed; with the same idempotency key, ask again for what became of it."
        super().__init__(detail, headers={"Retry-After": "1"})


class Claims:
    """Attempts to place orders."""

    def __init__(self, database: Database, catalog: CatalogClient) -> None:
        self._database = database
        self._catalog = catalog

    async def claim(self, order_id: UUID, key: str | None, fingerprint: str) -> OrderRow | None:
        """Begin an attempt, before anything else is done for it; or return the order that `key` has placed before.

        Raises `IdempotencyKeyReusedError` when that was another order, `OrderInProgressError` when it is not there yet.
        """
        try:
            async with self._database.transaction() as session:
                await OrderRepository(session).add(_new(order_id, key, fingerprint))
        except IntegrityError:
            if key is None:
                raise
            return await self._replay_or_take_over(order_id, key, fingerprint)
        return None

    async def forget(self, order_id: UUID) -> None:
        """End an attempt that has set nothing aside; its key may be used again."""
        async with self._database.transaction() as session:
            await OrderRepository(session).remove_claim(order_id)

    async def give_up(self, order_id: UUID) -> OrderRow | None:
        """End an attempt that went wrong, nobody knows where; or return its order, if it was placed all the same.

        Raises `OrderInProgressError` when another attempt has taken its place.
        """
        async with self._database.transaction() as session:
            repository = OrderRepository(session)
            # Only what can no more be placed may be released.
            was_ours = await repository.abandon(order_id)
            if not was_ours and (order := await repository.order(order_id)):
                return order
        await self._release(order_id)
        if not was_ours:
            raise OrderInProgressError
        return None

    async def clean_up(self) -> None:
        """Put back what attempts that died have set aside, and forget old keys. What fails is for a later call."""
        now = datetime.now(UTC)
        try:
            async with self._database.transaction() as session:
                repository = OrderRepository(session)
                await repository.remove_placed_claims(now - KEY_LIFE)
                dead = await repository.abandon_dead(now - LEASE, now, _MOST_DEAD)
        except Exception:
            _log.warning("claims_not_cleaned_up", exc_info=True)
            return
        for order_id in dead:
            await self._release(order_id)

    async def _replay_or_take_over(self, order_id: UUID, key: str, fingerprint: str) -> OrderRow | None:
        async with self._database.transaction() as session:
            repository = OrderRepository(session)
            known = await repository.claim_under(key)
            if known is None:  # It was there a moment ago, and has been forgotten.
                raise OrderInProgressError
            if known.fingerprint != fingerprint:
                raise IdempotencyKeyReusedError("The idempotency key was used before, with another request.")
            if known.status is ClaimStatus.PLACED:
                return await repository.order(known.order_id)
            is_alive = known.status is ClaimStatus.PENDING and datetime.now(UTC) < known.claimed_at + LEASE
            if is_alive or not await repository.free_key(known.order_id):
                raise OrderInProgressError
            await repository.add(_new(order_id, key, fingerprint))
        await self._release(known.order_id)
        return None

    async def _release(self, order_id: UUID) -> None:
        """Let go of what the catalog may hold; when that fails, the claim stays as a memory of it."""
        try:
            await self._catalog.release(order_id)
            await self.forget(order_id)
        except Exception:
            _log.exception("release_failed", order_id=str(order_id), reason="the catalog may hold its reservation")


def _new(order_id: UUID, key: str | None, fingerprint: str) -> ClaimRow:
    return ClaimRow(
        order_id=order_id,
        status=ClaimStatus.PENDING,
        idempotency_key=key,
        fingerprint=fingerprint,
        claimed_at=datetime.now(UTC),
    )
