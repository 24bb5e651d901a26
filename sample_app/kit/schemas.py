"""The two kinds of model that cross the wire, and two kinds of value that are harder than they look."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints

# Without control characters: PostgreSQL refuses NUL, and none of them belongs in a name.
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00-\x1f\x7f]+$")]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("In UTC it is before year 1 or after year 9999") from error


def _written_out(moment: object) -> object:
    # Pydantic takes a number, even as text, for seconds since 1970.
    if isinstance(moment, datetime) or (isinstance(moment, str) and moment[4:5] == "-"):
        return moment
    raise ValueError("A moment is written as in RFC 3339")


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]


class RequestModel(BaseModel):
    """What a caller sends: a field that we don't know is a mistake of theirs, and they should hear of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponseModel(BaseModel):
    """What we answer: a caller in another process ignores fields that are newer than it is."""

    model_config = ConfigDict(extra="ignore", frozen=True, from_attributes=True)
