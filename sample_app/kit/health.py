"""Health for load balancers and orchestrators: out of the OpenAPI schema, which is for clients."""

import asyncio

import structlog
from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError

from sample_app.kit.context import ContextDep
from sample_app.kit.migrations import is_current
from sample_app.kit.problems import ProblemError

_log = structlog.get_logger(__name__)
# Below the time-out of any usual probe, so that the probe gets the answer and not a closed connection.
_PATIENCE_SECONDS = 2

router = APIRouter(include_in_schema=False)


class NotReadyError(ProblemError):
    """This process should get no traffic now."""

    status = 503
    kind = "not-ready"
    title = "Not ready"


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Whether the process runs. It never asks the database: restarting us would not repair that."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(context: ContextDep) -> dict[str, str]:
    """Whether this process can do its work now."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            current = await is_current(context.database, context.modules)
    except (SQLAlchemyError, OSError) as error:  # TimeoutError is an OSError
        _log.warning("database_does_not_answer", error=str(error))
        raise NotReadyError("The database does not answer.") from error
    if not current:
        raise NotReadyError("The database's tables are behind this code: run the migrations.")
    return {"status": "ready"}
