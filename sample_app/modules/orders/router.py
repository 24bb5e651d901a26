"""Orders over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from sample_app.kit.context import ContextDep
from sample_app.kit.pagination import PAGE_RESPONSES, PageDep, link_next
from sample_app.kit.problems import OPENAPI_RESPONSES
from sample_app.kit.responses import headers, operation_id, refusals
from sample_app.modules.catalog.public import OutOfStockError, UnknownProductError
from sample_app.modules.orders.claims import IdempotencyKeyReusedError, OrderInProgressError
from sample_app.modules.orders.clients import CatalogUnavailableError, catalog_client, notifications_client
from sample_app.modules.orders.schemas import NewOrder, Order, OrderPage
from sample_app.modules.orders.service import OrderNotFoundError, OrderService

router = APIRouter(
    prefix="/orders", tags=["orders"], responses=OPENAPI_RESPONSES, generate_unique_id_function=operation_id
)


async def _service(context: ContextDep) -> OrderService:
    return OrderService(context.database, catalog_client(context), notifications_client(context))


ServiceDep = Annotated[OrderService, Depends(_service)]
OrderId = Annotated[UUID, Path(description="As it was answered when the order was placed")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Of the caller's choice, new for each order: the same request under the same key places one order "
        "however often it comes, and gets the same answer each time. A key is remembered for 24 hours at least.",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]


@router.post(
    "",
    status_code=201,
    responses={
        201: {
            "headers": headers(
                Location="The order's path",
                Idempotency_Replayed="`true`: the order was placed before, by a request with the same key",
            )
        },
        **refusals(
            OutOfStockError,
            OrderInProgressError,
            UnknownProductError,
            IdempotencyKeyReusedError,
            CatalogUnavailableError,
            retry_after=(409, 503),
        ),
    },
)
async def place_order(
    new: NewOrder, service: ServiceDep, request: Request, response: Response, idempotency_key: IdempotencyKey = None
) -> Order:
    """Buy products at the catalog's prices."""
    order, replayed = await service.place(new, idempotency_key)
    response.headers["Location"] = request.url_for(get_order.__name__, order_id=str(order.id)).path
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return order


@router.get("", responses=PAGE_RESPONSES)
async def list_orders(service: ServiceDep, wanted: PageDep, request: Request, response: Response) -> OrderPage:
    """Orders, newest first, in pages."""
    page = await service.orders(wanted)
    link_next(page, request, response)
    return page


@router.get("/{order_id}", responses=refusals(OrderNotFoundError))
async def get_order(order_id: OrderId, service: ServiceDep) -> Order:
    """One order."""
    return await service.order(order_id)
