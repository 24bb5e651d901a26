"""What a running process lends to its modules, as one dependency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from sample_app.kit.database import Database
from sample_app.kit.migrations import Migrated

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, kw_only=True)
class Context:
    """Opened when the app starts and closed when it stops; modules make their services from it."""

    database: Database
    modules: Sequence[Migrated]
    """The modules that this process serves, as far as their tables go."""
    peers: Mapping[str, "httpx.AsyncClient"]
    """A client of each module that another process serves; a module that is not here is called in this one."""


async def _current(request: Request) -> Context:
    return cast(Context, request.app.state.context)


ContextDep = Annotated[Context, Depends(_current)]
