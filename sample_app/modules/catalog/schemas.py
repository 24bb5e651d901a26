"""What the catalog says and is told, over HTTP and in process alike."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from sample_app.kit.schemas import Cents, Name, Quantity, RequestModel, ResponseModel, Stock


class NewProduct(RequestModel):
    """A product to add."""

    name: Name
    price_cents: Cents
    stock: Stock


class Product(ResponseModel):
    """A product as it is now."""

    id: UUID
    name: str
    price_cents: int
    stock: int


class ProductList(ResponseModel):
    """Some products, in an object so that it can say more one day."""

    items: list[Product]


class NewReservation(RequestModel):
    """How many of each product to set aside; a map, so that no product can be in it twice."""

    quantities: Annotated[dict[UUID, Quantity], Field(min_length=1, max_length=50)]


class ReservedItem(ResponseModel):
    """What was set aside of one product, with its name and price at that moment."""

    product_id: UUID
    name: str
    unit_price_cents: int
    quantity: int


class Reservation(ResponseModel):
    """Products set aside for somebody, under an id of their choice."""

    id: UUID
    items: list[ReservedItem]
