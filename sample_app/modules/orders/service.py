"""What orders does."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog

from sample_app.kit.database import Database
from sample_app.kit.pagination import PageRequest
from sample_app.kit.problems import ProblemError
from sample_app.modules.catalog.public import Reservation
from sample_app.modules.orders import outbox
from sample_app.modules.orders.claims import Claims, OrderInProgressError
from sample_app.modules.orders.clients import REFUSALS, CatalogClient, NotificationsClient
from sample_app.modules.orders.models import OrderLineRow, OrderRow
from sample_app.modules.orders.repository import OrderRepository
from sample_app.modules.orders.schemas import NewOrder, Order, OrderPage

_log = structlog.get_logger(__name__)


class OrderNotFoundError(ProblemError):
    """The path names an order that there is not."""

    status = 404
    kind = "order-not-found"
    title = "Order not found"


class OrderService:
    """Placing orders and looking at them."""

    def __init__(self, database: Database, catalog: CatalogClient, notifications: NotificationsClient) -> None:
        self._database = database
        self._catalog = catalog
        self._claims = Claims(database, catalog)
        self._outbox = outbox.Outbox(database, notifications)

    async def place(self, new: NewOrder, key: str | None) -> tuple[Order, bool]:
        """The order, and whether it was placed before, under the same idempotency key.

        First the attempt is written down, then the products are set aside, then the order is written with the names
        and prices that the catalog answered. No transaction spans two modules.

        Raises what the catalog refuses (`REFUSALS`); `IdempotencyKeyReusedError`; and, when it makes sense to ask
        again with the same key, `OrderInProgressError` and `CatalogUnavailableError`.
        """
        order_id = uuid4()
        fingerprint = hashlib.sha256(new.model_dump_json().encode()).hexdigest()
        row = await self._claims.claim(order_id, key, fingerprint)
        if row is not None:
            return Order.model_validate(row), True
        try:
            reservation = await self._catalog.reserve(order_id, {line.product_id: line.quantity for line in new.lines})
            row = await self._write(order_id, new, reservation)
        except REFUSALS:
            await self._claims.forget(order_id)
            await self._claims.clean_up()  # What is missing may be with the dead: then it is there next time.
            raise
        except Exception as error:
            # A catalog that did not answer may have heard us all the same, and so may a database.
            row = await self._claims.give_up(order_id)
            if row is None:
                raise
            _log.warning("order_placed_all_the_same", order_id=str(order_id), error=str(error))
        await self._outbox.deliver()
        await self._claims.clean_up()
        return Order.model_validate(row), False

    async def order(self, order_id: UUID) -> Order:
        """One order. Raises `OrderNotFoundError`."""
        async with self._database.reading() as session:
            row = await OrderRepository(session).order(order_id)
        if row is None:
            raise OrderNotFoundError(f"There is no order {order_id}.", order_id=str(order_id))
        return Order.model_validate(row)

    async def orders(self, wanted: PageRequest) -> OrderPage:
        """All orders, newest first."""
        async with self._database.reading() as session:
            found = await OrderRepository(session).orders(wanted)
        return OrderPage.model_validate(found)

    async def _write(self, order_id: UUID, new: NewOrder, reservation: Reservation) -> OrderRow:
        items = {item.product_id: item for item in reservation.items}
        lines = [
            OrderLineRow(position=position, **items[line.product_id].model_dump())
            for position, line in enumerate(new.lines)
        ]
        row = OrderRow(id=order_id, placed_at=datetime.now(UTC), lines=lines)
        async with self._database.transaction() as session:
            repository = OrderRepository(session)
            if not await repository.settle(order_id):  # We were given up for dead, and somebody took our place.
                raise OrderInProgressError
            await repository.add(row, outbox.placed(row))
        return row
