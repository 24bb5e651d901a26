"""The catalog over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from sample_app.kit.context import ContextDep
from sample_app.kit.pagination import PAGE_RESPONSES, PageDep, link_next
from sample_app.kit.problems import OPENAPI_RESPONSES
from sample_app.kit.responses import headers, operation_id, refusals
from sample_app.modules.catalog.schemas import NewProduct, NewReservation, Product, ProductPage, Reservation, Tag
from sample_app.modules.catalog.service import (
    CatalogService,
    OutOfStockError,
    ProductNotFoundError,
    ReservationConflictError,
    UnknownProductError,
)

router = APIRouter(
    prefix="/catalog", tags=["catalog"], responses=OPENAPI_RESPONSES, generate_unique_id_function=operation_id
)


async def _service(context: ContextDep) -> CatalogService:
    return CatalogService(context.database)


ServiceDep = Annotated[CatalogService, Depends(_service)]
ProductId = Annotated[UUID, Path(description="As it was answered when the product was added")]
ReservationId = Annotated[UUID, Path(description="Of the caller's choice, and new for each reservation")]
TagsQuery = Annotated[
    list[Tag],
    Query(
        alias="tag",
        default_factory=list,
        max_length=10,
        description="Only products with this tag; repeated: with all of them",
    ),
]


@router.post(
    "/products",
    status_code=201,
    responses={201: {"headers": headers(Location="The product's path")}, **refusals()},
)
async def add_product(new: NewProduct, service: ServiceDep, request: Request, response: Response) -> Product:
    """Put a product on sale."""
    product = await service.add_product(new)
    response.headers["Location"] = request.url_for(get_product.__name__, product_id=str(product.id)).path
    return product


@router.get("/products", responses=PAGE_RESPONSES)
async def list_products(
    service: ServiceDep, wanted: PageDep, request: Request, response: Response, tags: TagsQuery
) -> ProductPage:
    """Products by name, in pages."""
    page = await service.products(tags, wanted)
    link_next(page, request, response)
    return page


@router.get("/products/{product_id}", responses=refusals(ProductNotFoundError))
async def get_product(product_id: ProductId, service: ServiceDep) -> Product:
    """One product."""
    return await service.product(product_id)


@router.put(
    "/reservations/{reservation_id}",
    responses=refusals(OutOfStockError, ReservationConflictError, UnknownProductError),
)
async def reserve(reservation_id: ReservationId, new: NewReservation, service: ServiceDep) -> Reservation:
    """Set products aside under an id of the caller's choice; the same request again changes nothing."""
    return await service.reserve(reservation_id, new.quantities)


@router.delete("/reservations/{reservation_id}", status_code=204, responses=refusals())
async def release(reservation_id: ReservationId, service: ServiceDep) -> None:
    """Put back what was set aside, if anything was; the id cannot be used again."""
    await service.release(reservation_id)
