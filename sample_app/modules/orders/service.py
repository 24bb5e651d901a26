"""What orders does."""

import logging
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sample_app.kit.database import Database
from sample_app.kit.problems import ProblemError
from sample_app.modules.catalog.public import Reservation
from sample_app.modules.orders.clients import REFUSALS, CatalogClient
from sample_app.modules.orders.models import OrderLineRow, OrderRow
from sample_app.modules.orders.repository import OrderRepository
from sample_app.modules.orders.schemas import NewOrder, Order

_log = logging.getLogger(__name__)


class OrderNotFoundError(ProblemError):
    """The path names an order that there is not."""

    status = 404
    kind = "order-not-found"
    title = "Order not found"


class OrderService:
    """Placing orders and looking at them."""

    def __init__(self, database: Database, catalog: CatalogClient) -> None:
        self._database = database
        self._catalog = catalog

    async def place(self, new: NewOrder) -> Order:
        """Set the products aside, then write the order with the names and prices that the catalog answered."""
        order_id = uuid4()
        try:
            reservation = await self._catalog.reserve(order_id, {line.product_id: line.quantity for line in new.lines})
            return await self._write(order_id, new, reservation)
        except REFUSALS:
            raise
        except Exception:
            # No transaction spans two modules. A catalog that did not answer may have heard us all the same.
            await self._undo(order_id)
            raise

    async def order(self, order_id: UUID) -> Order:
        """One order."""
        async with self._database.transaction() as session:
            row = await OrderRepository(session).order(order_id)
        if row is None:
            raise OrderNotFoundError(f"There is no order {order_id}.", order_id=str(order_id))
        return Order.model_validate(row)

    async def _write(self, order_id: UUID, new: NewOrder, reservation: Reservation) -> Order:
        items = {item.product_id: item for item in reservation.items}
        lines = [
            OrderLineRow(position=position, **items[line.product_id].model_dump())
            for position, line in enumerate(new.lines)
        ]
        row = OrderRow(id=order_id, placed_at=datetime.now(UTC), lines=lines)
        async with self._database.transaction() as session:
            await OrderRepository(session).add(row)
        return Order.model_validate(row)

    async def _undo(self, order_id: UUID) -> None:
        try:
            await self._catalog.release(order_id)
        except Exception:
            _log.exception("Order %s failed and so did its release; the catalog may hold its reservation.", order_id)
