"""The catalog's SQL, inside a transaction that the caller holds."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.kit.pagination import Keyset, PageRequest, Slice
from sample_app.modules.catalog.models import ProductRow, ProductTagRow, ReservationItemRow, ReservationRow
from sample_app.modules.catalog.schemas import Name

_BY_NAME: Final = Keyset[ProductRow](ProductRow.name, ProductRow.id, values=tuple[Name, UUID])


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

    async def products(self, tags: Iterable[str], wanted: PageRequest) -> Slice[ProductRow]:
        """The products that have all of `tags`, by name."""
        tagged = (select(ProductTagRow.product_id).where(ProductTagRow.tag == tag) for tag in tags)
        query = select(ProductRow).where(*(ProductRow.id.in_(ids) for ids in tagged))
        return await _BY_NAME.page(self._session, query, wanted)

    async def change_stock(self, product_id: UUID, by: int) -> ProductRow | None:
        """The product, its stock changed in one statement, so that two cannot both take the last; None: too few."""
        query = (
            update(ProductRow)
            .where(ProductRow.id == product_id, ProductRow.stock + by >= 0)
            .values(stock=ProductRow.stock + by)
            .returning(ProductRow)
            .execution_options(synchronize_session=False)
        )
        return await self._session.scalar(query)

    async def reservation(self, reservation_id: UUID) -> ReservationRow | None:
        """The reservation with its items, if there is one."""
        return await self._session.get(ReservationRow, reservation_id)

    async def remove_items(self, reservation_id: UUID) -> Sequence[ReservationItemRow]:
        """Delete the items of a reservation and return them: to one caller only, however many try at once."""
        query = (
            delete(ReservationItemRow)
            .where(ReservationItemRow.reservation_id == reservation_id)
            .returning(ReservationItemRow)
            .execution_options(synchronize_session=False)
        )
        return (await self._session.scalars(query)).all()
