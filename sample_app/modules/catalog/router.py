"""The catalog over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from sample_app.kit.context import ContextDep
from sample_app.modules.catalog.schemas import NewProduct, NewReservation, Product, ProductList, Reservation
from sample_app.modules.catalog.service import CatalogService

router = APIRouter(prefix="/catalog", tags=["catalog"])


async def _service(context: ContextDep) -> CatalogService:
    return CatalogService(context.database)


ServiceDep = Annotated[CatalogService, Depends(_service)]


@router.post("/products", status_code=201)
async def add_product(new: NewProduct, service: ServiceDep, response: Response) -> Product:
    """Put a product on sale."""
    product = await service.add_product(new)
    response.headers["Location"] = f"/catalog/products/{product.id}"
    return product


@router.get("/products")
async def list_products(service: ServiceDep, limit: Annotated[int, Query(ge=1, le=100)] = 50) -> ProductList:
    """The first products by name."""
    return await service.products(limit)


@router.get("/products/{product_id}")
async def get_product(product_id: UUID, service: ServiceDep) -> Product:
    """One product."""
    return await service.product(product_id)


@router.put("/reservations/{reservation_id}")
async def reserve(reservation_id: UUID, new: NewReservation, service: ServiceDep) -> Reservation:
    """Set products aside under an id of the caller's choice; the same request again changes nothing."""
    return await service.reserve(reservation_id, new.quantities)


@router.delete("/reservations/{reservation_id}", status_code=204)
async def release(reservation_id: UUID, service: ServiceDep) -> None:
    """Put back what was set aside, if anything was."""
    await service.release(reservation_id)
