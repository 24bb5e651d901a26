"""The catalog's tables. The base is its own, so that its tables can move to a database of their own."""

from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, MetaData, String, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from sample_app.kit.database import NAMING


class Base(DeclarativeBase):
    """Holds the catalog's tables and no others."""

    metadata = MetaData(naming_convention=NAMING)


class ProductTagRow(Base):
    """One tag of a product."""

    __tablename__ = "catalog_product_tags"
    __table_args__ = (Index(None, "tag", "product_id"),)

    product_id: Mapped[UUID] = mapped_column(ForeignKey("catalog_products.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(50), primary_key=True)


class ProductRow(Base):
    """A product."""

    __tablename__ = "catalog_products"
    __table_args__ = (CheckConstraint("stock >= 0", name="stock_not_negative"), Index(None, "name", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    price_cents: Mapped[int] = mapped_column(BigInteger)
    stock: Mapped[int]
    tag_rows: Mapped[list[ProductTagRow]] = relationship(lazy="selectin")

    @property
    def tags(self) -> list[str]:
        """Sorted here, because each database has an alphabet of its own."""
        return sorted(row.tag for row in self.tag_rows)


class ReservationItemRow(Base):
    """One product of a reservation, with its name and price at that moment."""

    __tablename__ = "catalog_reservation_items"

    reservation_id: Mapped[UUID] = mapped_column(ForeignKey("catalog_reservations.id"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("catalog_products.id"), primary_key=True)
    name: Mapped[str]
    unit_price_cents: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]


class ReservationRow(Base):
    """A reservation, under its holder's id. It stays when it is released, so that it cannot come back."""

    __tablename__ = "catalog_reservations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    released: Mapped[bool] = mapped_column(default=False, server_default=false())
    items: Mapped[list[ReservationItemRow]] = relationship(lazy="selectin", order_by=ReservationItemRow.product_id)
