"""The table of notifications. An order's id is no foreign key here: orders may be in another database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from sample_app.kit.database import NAMING, UtcDateTime


class Base(DeclarativeBase):
    """Holds the tables of notifications and no others."""

    metadata = MetaData(naming_convention=NAMING)


class NotificationRow(Base):
    """A notification, with the event it came of."""

    __tablename__ = "notifications_notifications"
    __table_args__ = (Index(None, "notified_at", "event_id"), Index(None, "order_id"))

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    notified_at: Mapped[datetime] = mapped_column(UtcDateTime)
    order_id: Mapped[UUID]
    total_cents: Mapped[int] = mapped_column(BigInteger)
    line_count: Mapped[int]
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
