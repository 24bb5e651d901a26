"""Lists in pages: each page says where the next one begins, so rows that are added move nothing (no OFFSET)."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import Field, TypeAdapter
from sqlalchemy import Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from sample_app.kit.problems import ProblemError
from sample_app.kit.responses import Responses, headers, refusals
from sample_app.kit.schemas import ResponseModel

Item = TypeVar("Item")
Row = TypeVar("Row")


class InvalidCursorError(ProblemError):
    """The cursor is none that this list has given."""

    status = 400
    kind = "invalid-cursor"
    title = "Invalid cursor"


class Page(ResponseModel, Generic[Item]):
    """Some of a list."""

    items: list[Item]
    next_cursor: Annotated[str | None, Field(description="Of the next page, for `cursor`; null: this is the last")]


@dataclass(frozen=True, kw_only=True)
class Slice(Generic[Row]):
    """A page, as rows."""

    items: Sequence[Row]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """Which page is wanted."""

    cursor: str | None
    limit: int


async def _wanted(
    cursor: Annotated[str | None, Query(description="A page's `next_cursor`; without: the first page")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many items a page has at most")] = 50,
) -> PageRequest:
    return PageRequest(cursor=cursor, limit=limit)


PageDep = Annotated[PageRequest, Depends(_wanted)]

PAGE_RESPONSES: Final[Responses] = {
    200: {"headers": headers(Link='The next page, if there is one, as `<url>; rel="next"` (RFC 8288)')},
    **refusals(InvalidCursorError),
}


def link_next(page: Page[Any], request: Request, response: Response) -> None:
    """Say where the next page is for clients that follow links, under the address that this client used."""
    if page.next_cursor:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        here = request.url_for(request.scope["route"].name, **request.path_params)
        url = here.replace(query=urlencode([*kept, ("cursor", page.next_cursor)]))
        response.headers["Link"] = f'<{url}>; rel="next"'


class Keyset(Generic[Row]):
    """The order of a list: columns, the last of them unique, so that each row has a place of its own.

    `values` is the tuple type of their values: a cursor is a caller's word, and is held to it.
    """

    def __init__(self, *columns: InstrumentedAttribute[Any], values: Any, descending: bool = False) -> None:
        self._columns = columns
        self._values = TypeAdapter[tuple[Any, ...]](values)
        self._descending = descending

    async def page(self, session: AsyncSession, query: Select[Row], wanted: PageRequest) -> Slice[Row]:
        """The rows of `query` on the page that is wanted. Raises `InvalidCursorError`."""
        if wanted.cursor is not None:
            here, place = tuple_(*self._columns), self._place(wanted.cursor)
            query = query.where(here < place if self._descending else here > place)
        order = [column.desc() if self._descending else column.asc() for column in self._columns]
        # One more than was asked for tells whether there is a next page.
        rows = (await session.scalars(query.order_by(*order).limit(wanted.limit + 1))).all()
        if len(rows) <= wanted.limit:
            return Slice(items=rows, next_cursor=None)
        rows = rows[: wanted.limit]
        return Slice(items=rows, next_cursor=self._cursor(rows[-1]))

    def _cursor(self, row: Row) -> str:
        values = tuple(getattr(row, column.key) for column in self._columns)
        return urlsafe_b64encode(self._values.dump_json(values)).rstrip(b"=").decode()

    def _place(self, cursor: str) -> Any:
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            values = self._values.validate_json(b64decode(padded, altchars=b"-_", validate=True))
        except ValueError as error:  # Pydantic's, base64's and UTF-8's are ValueErrors.
            raise InvalidCursorError("The cursor is none that this list has given.") from error
        return tuple_(*(literal(value, column.type) for value, column in zip(values, self._columns, strict=True)))
