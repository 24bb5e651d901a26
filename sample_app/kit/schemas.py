"""The two kinds of model that cross the wire, and the values they are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# Strict: JSON's true, "1" and 1.0 are not numbers of things. Bounded: every sum of them fits a 64-bit column.
Cents = Annotated[int, Field(strict=True, ge=0, le=100_000_000, description="In minor units of the shop's currency")]
Quantity = Annotated[int, Field(strict=True, ge=1, le=1_000)]
Stock = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
# Without control characters: PostgreSQL refuses NUL, and none of them belongs in a name.
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class RequestModel(BaseModel):
    """What a caller sends: a field that we don't know is a mistake of theirs, and they should hear of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponseModel(BaseModel):
    """What we answer: a caller in another process ignores fields that are newer than it is."""

    model_config = ConfigDict(extra="ignore", frozen=True, from_attributes=True)
