"""What the catalog does. Each method is one transaction."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from sample_app.kit.database import Database
from sample_app.kit.pagination import PageRequest
from sample_app.kit.problems import ProblemError
from sample_app.modules.catalog.models import ProductRow, ProductTagRow, ReservationItemRow, ReservationRow
from sample_app.modules.catalog.repository import CatalogRepository
from sample_app.modules.catalog.schemas import NewProduct, Product, ProductPage, Reservation


class ProductNotFoundError(ProblemError):
    """The path names a product that there is not."""

    status = 404
    kind = "product-not-found"
    title = "Product not found"


class UnknownProductError(ProblemError):
    """The body names a product that there is not."""

    status = 422
    kind = "unknown-product"
    title = "Unknown product"


class OutOfStockError(ProblemError):
    """Fewer are left than were asked for."""

    status = 409
    kind = "out-of-stock"
    title = "Out of stock"


class ReservationConflictError(ProblemError):
    """The id is taken, by a reservation of other things or by one that was released."""

    status = 409
    kind = "reservation-conflict"
    title = "Reservation conflict"


class CatalogService:
    """Products, and reservations of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_product(self, new: NewProduct) -> Product:
        """Put a product on sale."""
        tags = [ProductTagRow(tag=tag) for tag in new.tags]
        row = ProductRow(name=new.name, price_cents=new.price_cents, stock=new.stock, tag_rows=tags)
        async with self._database.transaction() as session:
            await CatalogRepository(session).add(row)
        return Product.model_validate(row)

    async def product(self, product_id: UUID) -> Product:
        """One product. Raises `ProductNotFoundError`."""
        async with self._database.reading() as session:
            row = await CatalogRepository(session).product(product_id)
        if row is None:
            raise ProductNotFoundError(f"There is no product {product_id}.", product_id=str(product_id))
        return Product.model_validate(row)

    async def products(self, tags: Iterable[str], wanted: PageRequest) -> ProductPage:
        """The products that have all of `tags`, by name."""
        async with self._database.reading() as session:
            found = await CatalogRepository(session).products(tags, wanted)
        return ProductPage.model_validate(found)

    async def reserve(self, reservation_id: UUID, quantities: Mapping[UUID, int]) -> Reservation:
        """Set all of it aside, or nothing. Saying it again changes nothing, so a caller in doubt may repeat it.

        Raises `UnknownProductError` or `OutOfStockError`, and `ReservationConflictError` for an id that was released,
        or stands for other things.
        """
        try:
            return await self._find_or_reserve(reservation_id, quantities)
        except IntegrityError:  # The same id came twice at once and we lost: now there is one to be found.
            return await self._find_or_reserve(reservation_id, quantities)

    async def release(self, reservation_id: UUID) -> None:
        """Put back what was set aside; nothing to put back is no mistake. The id cannot be used again.

        That holds for an id that we don't know, too: its reservation may still be on the way, and would stay for ever.
        """
        try:
            await self._release(reservation_id)
        except IntegrityError:  # It came just now: there is something to put back.
            await self._release(reservation_id)

    async def _find_or_reserve(self, reservation_id: UUID, quantities: Mapping[UUID, int]) -> Reservation:
        async with self._database.transaction() as session:
            repository = CatalogRepository(session)
            row = await repository.reservation(reservation_id)
            if row is None:
                # First, so that the same request, come twice at once, meets itself before any stock has moved.
                row = ReservationRow(id=reservation_id, items=[])
                await repository.add(row)
                # Always in the same order, or two baskets with the same products could each wait for the other.
                for product_id in sorted(quantities):
                    row.items.append(await _take(repository, product_id, quantities[product_id]))
        if row.released:
            raise ReservationConflictError(f"Reservation {reservation_id} was released.")
        if {item.product_id: item.quantity for item in row.items} != quantities:
            raise ReservationConflictError(f"Reservation {reservation_id} exists, for other products or quantities.")
        return Reservation.model_validate(row)

    async def _release(self, reservation_id: UUID) -> None:
        async with self._database.transaction() as session:
            repository = CatalogRepository(session)
            row = await repository.reservation(reservation_id)
            if row is None:
                await repository.add(ReservationRow(id=reservation_id, released=True))
                return
            row.released = True
            for item in sorted(await repository.remove_items(reservation_id), key=lambda item: item.product_id):
                await repository.change_stock(item.product_id, by=item.quantity)


async def _take(repository: CatalogRepository, product_id: UUID, quantity: int) -> ReservationItemRow:
    product = await repository.change_stock(product_id, by=-quantity)
    if product is not None:
        return ReservationItemRow(
            product_id=product_id, name=product.name, unit_price_cents=product.price_cents, quantity=quantity
        )
    product = await repository.product(product_id)
    if product is None:
        raise UnknownProductError(f"There is no product {product_id}.", product_id=str(product_id))
    raise OutOfStockError(f"There are fewer than {quantity} left of {product.name}.", product_id=str(product_id))
