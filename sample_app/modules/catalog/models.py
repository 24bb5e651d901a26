"""The catalog's tables. The base is its own, so that its tables can move to a database of their own."""

from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from sample_app.kit.database import NAMING


class Base(DeclarativeBase):
    """Holds the catalog's tables and no others."""

    metadata = MetaData(naming_convention=NAMING)


class ProductRow(Base):
    """A product."""

    __tablename__ = "catalog_products"
    __table_args__ = (CheckConstraint("stock >= 0", name="stock_not_negative"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    price_cents: Mapped[int] = mapped_column(BigInteger)
    stock: Mapped[int]


class ReservationItemRow(Base):
    """One product of a reservation, with its name and price at that moment."""

    __tablename__ = "catalog_reservation_items"

    reservation_id: Mapped[UUID] = mapped_column(ForeignKey("catalog_reservations.id"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("catalog_products.id"), primary_key=True)
    name: Mapped[str]
    unit_price_cents: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]


class ReservationRow(Base):
    """A reservation, under its holder's id."""

    __tablename__ = "catalog_reservations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    items: Mapped[list[ReservationItemRow]] = relationship(
        lazy="selectin", order_by=ReservationItemRow.product_id, cascade="all, delete-orphan"
    )
