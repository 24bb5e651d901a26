"""Telling other modules of an order, reliably: its event is written with it, and goes out once both are there."""

import time
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

import structlog

from sample_app.kit.database import Database
from sample_app.modules.notifications.public import OrderPlaced
from sample_app.modules.orders.clients import NotificationsClient
from sample_app.modules.orders.models import OrderRow, OutboxRow
from sample_app.modules.orders.repository import OrderRepository

_log = structlog.get_logger(__name__)
# Of what could not be delivered before, an order takes some along, for as long as its buyer won't mind.
_MOST_EVENTS: Final = 10
_MOST_SECONDS: Final = 1


def placed(order: OrderRow) -> OutboxRow:
    """The event that `order` was placed; to be written in the same transaction."""
    event = OrderPlaced(
        order_id=order.id, total_cents=order.total_cents, line_count=len(order.lines), placed_at=order.placed_at
    )
    return OutboxRow(event_id=uuid4(), created_at=datetime.now(UTC), payload=event.model_dump(mode="json"))


class Outbox:
    """Delivers events at least once, each from within a request: on some runtimes nothing runs after the answer."""

    def __init__(self, database: Database, notifications: NotificationsClient) -> None:
        self._database = database
        self._notifications = notifications

    async def deliver(self) -> None:
        """Deliver what is due. What fails is logged and stays for a later call: the order is placed, in any case."""
        try:
            await self._deliver_due()
        except Exception:
            _log.warning("outbox_not_read", exc_info=True)

    async def _deliver_due(self) -> None:
        enough = time.monotonic() + _MOST_SECONDS
        async with self._database.reading() as session:
            due = await OrderRepository(session).due_events(_MOST_EVENTS)
        delivered, failed = [], None
        for row in due:
            if not await self._send(row):
                failed = row.event_id
                break  # The next one would most likely fail, too, and take as long.
            delivered.append(row.event_id)
            if time.monotonic() > enough:
                break
        async with self._database.transaction() as session:
            repository = OrderRepository(session)
            await repository.remove_events(delivered)
            if failed:
                await repository.count_attempt(failed)

    async def _send(self, row: OutboxRow) -> bool:
        try:
            await self._notifications.notify(row.event_id, OrderPlaced.model_validate(row.payload))
        except Exception as error:
            _log.warning(
                "outbox_delivery_failed", event_id=str(row.event_id), attempts=row.attempts + 1, error=str(error)
            )
            return False
        return True
