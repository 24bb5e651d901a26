"""The tables of orders. A product's id is no foreign key here: the catalog may be in another database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from sample_app.kit.database import NAMING, UtcDateTime


class Base(DeclarativeBase):
    """Holds the tables of orders and no others."""

    metadata = MetaData(naming_convention=NAMING)


class OrderLineRow(Base):
    """One line, in its place."""

    __tablename__ = "orders_lines"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders_orders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[UUID]
    name: Mapped[str]
    unit_price_cents: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]


class OrderRow(Base):
    """An order."""

    __tablename__ = "orders_orders"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[list[OrderLineRow]] = relationship(lazy="selectin", order_by=OrderLineRow.position)

    @property
    def total_cents(self) -> int:
        """What the order costs."""
        return sum(line.unit_price_cents * line.quantity for line in self.lines)
