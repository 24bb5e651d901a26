"""Orders over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from sample_app.kit.context import ContextDep
from sample_app.modules.orders.clients import catalog_client
from sample_app.modules.orders.schemas import NewOrder, Order
from sample_app.modules.orders.service import OrderService

router = APIRouter(prefix="/orders", tags=["orders"])


async def _service(context: ContextDep) -> OrderService:
    return OrderService(context.database, catalog_client(context))


ServiceDep = Annotated[OrderService, Depends(_service)]


@router.post("", status_code=201)
async def place_order(new: NewOrder, service: ServiceDep, response: Response) -> Order:
    """Buy products at the catalog's prices."""
    order = await service.place(new)
    response.headers["Location"] = f"/orders/{order.id}"
    return order


@router.get("/{order_id}")
async def get_order(order_id: UUID, service: ServiceDep) -> Order:
    """One order."""
    return await service.order(order_id)
