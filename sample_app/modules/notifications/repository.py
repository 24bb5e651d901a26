"""The SQL of notifications, inside a transaction that the caller holds."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.kit.pagination import Keyset, PageRequest, Slice
from sample_app.kit.schemas import Moment
from sample_app.modules.notifications.models import NotificationRow

_NEWEST_FIRST: Final = Keyset[NotificationRow](
    NotificationRow.notified_at, NotificationRow.event_id, values=tuple[Moment, UUID], descending=True
)


class NotificationRepository:
    """Notifications, as rows."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: NotificationRow) -> None:
        """Write a row now, so that a duplicate shows here and not at the commit."""
        self._session.add(row)
        await self._session.flush()

    async def notification(self, event_id: UUID) -> NotificationRow | None:
        """What came of the event, if it was here before."""
        return await self._session.get(NotificationRow, event_id)

    async def notifications(self, order_id: UUID | None, wanted: PageRequest) -> Slice[NotificationRow]:
        """All, or those about one order; newest first."""
        query = select(NotificationRow)
        if order_id is not None:
            query = query.where(NotificationRow.order_id == order_id)
        return await _NEWEST_FIRST.page(self._session, query, wanted)
