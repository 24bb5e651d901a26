"""What the catalog says and is told, over HTTP and in process alike."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from sample_app.kit.pagination import Page
from sample_app.kit.schemas import Line, RequestModel, ResponseModel

# Strict: JSON's true, "1" and 1.0 are not numbers of things. Bounded: every sum of them fits a 64-bit column.
Cents = Annotated[int, Field(strict=True, ge=0, le=100_000_000, description="In minor units of the shop's currency")]
Quantity = Annotated[int, Field(strict=True, ge=1, le=1_000)]
Stock = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Name = Annotated[Line, Field(max_length=200)]
Tag = Annotated[Line, Field(max_length=50)]


def _each_tag_once(tags: list[str]) -> list[str]:
    if len(set(tags)) < len(tags):
        raise PydanticCustomError("repeated_tag", "A tag is in the list more than once")
    return tags


def _each_product_once(value: Any, validate: ValidatorFunctionWrapHandler) -> dict[UUID, int]:
    """Refuse what a map of UUIDs would quietly lose: JSON has many ways to write one."""
    quantities: dict[UUID, int] = validate(value)
    if len(quantities) < len(value):
        raise PydanticCustomError("repeated_product", "A product is in the map more than once, in several spellings")
    return quantities


Tags = Annotated[
    list[Tag], Field(max_length=10, json_schema_extra={"uniqueItems": True}), AfterValidator(_each_tag_once)
]


class NewProduct(RequestModel):
    """A product to add."""

    name: Annotated[Name, Field(examples=["Teapot"])]
    price_cents: Annotated[Cents, Field(examples=[1999])]
    stock: Annotated[Stock, Field(examples=[5])]
    tags: Annotated[Tags, Field(default_factory=list, examples=[["kitchen", "porcelain"]])]


class Product(ResponseModel):
    """A product as it is now."""

    id: UUID
    name: str
    price_cents: int
    stock: int
    tags: list[str]


class ProductPage(Page[Product]):
    """Some products, by name."""


class NewReservation(RequestModel):
    """How many of each product to set aside; a map, so that no product can be in it twice."""

    quantities: Annotated[dict[UUID, Quantity], Field(min_length=1, max_length=50), WrapValidator(_each_product_once)]


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
