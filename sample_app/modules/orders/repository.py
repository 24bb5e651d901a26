"""The SQL of orders, inside a transaction that the caller holds."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.modules.orders.models import OrderRow


class OrderRepository:
    """Orders, as rows."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: OrderRow) -> None:
        """Write an order and its lines now."""
        self._session.add(row)
        await self._session.flush()

    async def order(self, order_id: UUID) -> OrderRow | None:
        """The order with its lines, if there is one."""
        return await self._session.get(OrderRow, order_id)
