"""The tables of orders. A product's id is no foreign key here: the catalog may be in another database."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, MetaData, String
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
    __table_args__ = (Index(None, "placed_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[list[OrderLineRow]] = relationship(lazy="selectin", order_by=OrderLineRow.position)

    @property
    def total_cents(self) -> int:
        """What the order costs."""
        return sum(line.unit_price_cents * line.quantity for line in self.lines)


class ClaimStatus(StrEnum):
    """What became of an attempt to place an order. From `PENDING` it changes once, in one statement."""

    PENDING = "pending"
    PLACED = "placed"
    ABANDONED = "abandoned"


class ClaimRow(Base):
    """An attempt to place an order, written before the catalog is asked, so that it knows what the catalog may hold."""

    __tablename__ = "orders_claims"
    __table_args__ = (Index(None, "status", "claimed_at"),)

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[ClaimStatus] = mapped_column(Enum(ClaimStatus, native_enum=False, length=10, values_callable=list))
    idempotency_key: Mapped[str | None] = mapped_column(String(255), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxRow(Base):
    """An event that is still to be delivered."""

    __tablename__ = "orders_outbox"
    __table_args__ = (Index(None, "attempts", "created_at"),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
