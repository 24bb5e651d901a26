"""What notifications does. Each method is one transaction."""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError

from sample_app.kit.database import Database
from sample_app.kit.pagination import PageRequest
from sample_app.kit.problems import ProblemError
from sample_app.modules.notifications.models import NotificationRow
from sample_app.modules.notifications.repository import NotificationRepository
from sample_app.modules.notifications.schemas import NotificationPage, OrderPlaced

_log = structlog.get_logger(__name__)


class EventConflictError(ProblemError):
    """The id is taken by an event that says something else."""

    status = 409
    kind = "event-conflict"
    title = "Event conflict"


class NotificationService:
    """Telling people what happened, and looking at what they were told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def notify(self, event_id: UUID, event: OrderPlaced) -> None:
        """Make one notification of an event, however often the event is said.

        The shop knows nobody's address, so the one channel there is writes a line to the log. An e-mail would be sent
        in its place. Raises `EventConflictError` when the id stands for an event that says something else.
        """
        try:
            known = await self._find_or_notify(event_id, event)
        except IntegrityError:  # The same event came twice at once and we lost: now it is known.
            known = await self._find_or_notify(event_id, event)
        if known != event:
            raise EventConflictError(f"Event {event_id} was here before, and said something else.")

    async def notifications(self, order_id: UUID | None, wanted: PageRequest) -> NotificationPage:
        """All, or those about one order; newest first."""
        async with self._database.reading() as session:
            found = await NotificationRepository(session).notifications(order_id, wanted)
        return NotificationPage.model_validate(found)

    async def _find_or_notify(self, event_id: UUID, event: OrderPlaced) -> OrderPlaced:
        async with self._database.transaction() as session:
            repository = NotificationRepository(session)
            row = await repository.notification(event_id)
            if row is None:
                said = event.model_dump(exclude={"type"})
                row = NotificationRow(event_id=event_id, channel="log", notified_at=datetime.now(UTC), **said)
                await repository.add(row)
                # Before the commit: a process that dies here says it again, and never leaves it unsaid.
                _log.info("order_placed", event_id=str(event_id), **event.model_dump(mode="json", exclude={"type"}))
            return OrderPlaced.model_validate(row, from_attributes=True)
