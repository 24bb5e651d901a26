"""The handler of a zip on AWS Lambda: `sample_app.entrypoints.aws_lambda.handler`. An image needs none."""

import logging
import signal
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any

from sample_app.kit.quick_start import no_garbage

with no_garbage():
    from fastapi import FastAPI
    from mangum import Mangum
    from mangum.types import LambdaContext

    from sample_app.app import create_app
    from sample_app.entrypoints.last_words import sentence_on_error
    from sample_app.kit import logs
    from sample_app.kit.container import Container
    from sample_app.settings import Settings

logging.getLogger().handlers.clear()  # Lambda's own would say each line a second time.


def _create_app(settings: Settings) -> FastAPI:
    logs.configure(settings.log_level, settings.log_format)
    return create_app(settings)


with no_garbage(), sentence_on_error():
    container = Container(Settings, _create_app)
    container.start()

try:  # Lambda's Python has it; where there are no snapshots its hooks are never called.
    from snapshot_restore_py import (  # type: ignore[import-untyped]  # it has no types
        register_after_restore,
        register_before_snapshot,
    )
except ImportError:
    pass
else:
    register_before_snapshot(container.before_snapshot)
    register_after_restore(container.after_restore)


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of an API, a load balancer or a function URL. Raises `ValueError` for any other event."""
    if "requestContext" not in event:
        source = event.get("source") or event.get("Records", [{}])[0].get("eventSource") or "unknown"
        raise ValueError(f"This function answers HTTP requests, and nothing in it handles an event of {source}.")
    return Mangum(container.app, lifespan="off")({**event}, context)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    container.close()
    logging.getLogger(__name__).info("The app has shut down.")
    sys.exit(0)


signal.signal(signal.SIGTERM, _stop)
