"""What orders says and is told over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from sample_app.kit.pagination import Page
from sample_app.kit.schemas import RequestModel, ResponseModel
from sample_app.modules.catalog.public import Quantity


class NewOrderLine(RequestModel):
    """How many of which product."""

    product_id: UUID
    quantity: Annotated[Quantity, Field(examples=[2])]


def _each_product_once(lines: list[NewOrderLine]) -> list[NewOrderLine]:
    if len({line.product_id for line in lines}) < len(lines):
        raise PydanticCustomError("repeated_product", "A product is in more than one line; put all of it in one")
    return lines


class NewOrder(RequestModel):
    """An order to place. It names no prices: those are the catalog's word."""

    lines: Annotated[list[NewOrderLine], Field(min_length=1, max_length=50), AfterValidator(_each_product_once)]


class OrderLine(ResponseModel):
    """What was bought of one product, with its name and price when it was ordered."""

    product_id: UUID
    name: str
    unit_price_cents: int
    quantity: int


class Order(ResponseModel):
    """A placed order; nothing that happens to the catalog changes it."""

    id: UUID
    placed_at: datetime
    lines: list[OrderLine]
    total_cents: int


class OrderPage(Page[Order]):
    """Some orders, newest first."""
