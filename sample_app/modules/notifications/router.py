"""Notifications over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from sample_app.kit.context import ContextDep
from sample_app.kit.pagination import PAGE_RESPONSES, PageDep, link_next
from sample_app.kit.problems import OPENAPI_RESPONSES
from sample_app.kit.responses import operation_id, refusals
from sample_app.modules.notifications.schemas import NotificationPage, OrderPlaced
from sample_app.modules.notifications.service import EventConflictError, NotificationService

router = APIRouter(
    prefix="/notifications",
    tags=["notifications"],
    responses=OPENAPI_RESPONSES,
    generate_unique_id_function=operation_id,
)


async def _service(context: ContextDep) -> NotificationService:
    return NotificationService(context.database)


ServiceDep = Annotated[NotificationService, Depends(_service)]
EventId = Annotated[UUID, Path(description="Of the sender's choice, and new for each event")]
OrderQuery = Annotated[UUID | None, Query(description="Only what is about this order")]


@router.put("/events/{event_id}", status_code=204, responses=refusals(EventConflictError))
async def put_event(event_id: EventId, event: OrderPlaced, service: ServiceDep) -> None:
    """Say that something happened; the same event again changes nothing."""
    await service.notify(event_id, event)


@router.get("", responses=PAGE_RESPONSES)
async def list_notifications(
    service: ServiceDep, wanted: PageDep, request: Request, response: Response, order_id: OrderQuery = None
) -> NotificationPage:
    """Notifications, newest first, in pages."""
    page = await service.notifications(order_id, wanted)
    link_next(page, request, response)
    return page
