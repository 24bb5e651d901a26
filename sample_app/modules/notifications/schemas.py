"""What notifications says and is told, over HTTP and in process alike."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sample_app.kit.pagination import Page
from sample_app.kit.schemas import Moment, RequestModel, ResponseModel

# The most that an order's lines can be, and what they can cost.
LineCount = Annotated[int, Field(strict=True, ge=1, le=50)]
TotalCents = Annotated[int, Field(strict=True, ge=0, le=5_000_000_000_000)]


class OrderPlaced(RequestModel):
    """The event that an order was placed. Its id is in the path, and with it a repetition changes nothing."""

    type: Literal["order.placed"] = "order.placed"
    order_id: UUID
    total_cents: Annotated[TotalCents, Field(examples=[4699])]
    line_count: Annotated[LineCount, Field(examples=[2])]
    placed_at: Annotated[Moment, Field(examples=["2026-11-24T15:00:00Z"])]


class Notification(ResponseModel):
    """What somebody was told, and why."""

    event_id: UUID
    channel: str
    notified_at: datetime
    order_id: UUID
    total_cents: int
    line_count: int
    placed_at: datetime


class NotificationPage(Page[Notification]):
    """Some notifications, newest first."""
