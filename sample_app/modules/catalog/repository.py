"""The catalog's SQL, inside a transaction that the caller holds."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.modules.catalog.models import ProductRow, ReservationItemRow, ReservationRow


class CatalogRepository:
    """Products and reservations, as rows."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: ProductRow | ReservationRow) -> None:
        """Write a row now, so that a duplicate shows here and not at the commit."""
        self._session.add(row)
        await self._session.flush()

    async def product(self, product_id: UUID) -> ProductRow | None:
        """The product, if there is one."""
        return await self._session.get(ProductRow, product_id)

    async def products(self, limit: int) -> Sequence[ProductRow]:
        """The first products by name."""
        query = select(ProductRow).order_by(ProductRow.name, ProductRow.id).limit(limit)
        return (await self._session.scalars(query)).all()

    async def change_stock(self, product_id: UUID, by: int) -> bool:
        """Change the stock in one statement, so that two buyers cannot both take the last one; False: too few left."""
        query = (
            update(ProductRow)
            .where(ProductRow.id == product_id, ProductRow.stock + by >= 0)
            .values(stock=ProductRow.stock + by)
            .returning(ProductRow.id)
            .execution_options(synchronize_session=False)
        )
        return await self._session.scalar(query) is not None

    async def reservation(self, reservation_id: UUID) -> ReservationRow | None:
        """The reservation with its items, if there is one."""
        return await self._session.get(ReservationRow, reservation_id)

    async def remove_reservation(self, reservation_id: UUID) -> Sequence[ReservationItemRow]:
        """Delete a reservation and return its items: to one caller only, however many try at once."""
        query = (
            delete(ReservationItemRow)
            .where(ReservationItemRow.reservation_id == reservation_id)
            .returning(ReservationItemRow)
            .execution_options(synchronize_session=False)
        )
        items = (await self._session.scalars(query)).all()
        await self._session.execute(delete(ReservationRow).where(ReservationRow.id == reservation_id))
        return items
