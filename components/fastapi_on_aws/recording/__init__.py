"""Run any Pulumi Python program offline and look at the resources it would create.

No engine, no provider, no account; about a second for a whole stack. It is the library's own test kit and works for
every provider package::

    from fastapi_on_aws.recording import Mode, record

    graph = record(program, config={"size": 3}, mode=Mode.UPDATE)
    assert graph.one("aws:sqs/queue:Queue").inputs["visibilityTimeoutSeconds"] == 30

A *preview* knows no more than a first ``pulumi preview`` would: what only the cloud can tell is ``UNKNOWN``. An
*update* invents it in the shape of the real thing, so that every ``apply`` runs. Record programs in both modes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .answers import Answers
from .errors import RecordingError
from .graph import (
    STACK_TYPE,
    UNKNOWN,
    Graph,
    Invoke,
    Log,
    Mode,
    Options,
    Resource,
    Secret,
    SourcePosition,
    Unknown,
    plain,
)

if TYPE_CHECKING:
    from .program import record_project
    from .run import record

__all__ = [
    "STACK_TYPE",
    "UNKNOWN",
    "Answers",
    "Graph",
    "Invoke",
    "Log",
    "Mode",
    "Options",
    "RecordingError",
    "Resource",
    "Secret",
    "SourcePosition",
    "Unknown",
    "plain",
    "record",
    "record_project",
]


# Only these need the Pulumi SDK, which takes a quarter of a second to import.
_ON_FIRST_USE = {"record": ".run", "record_project": ".program"}


def __getattr__(name: str) -> Any:
    if name not in _ON_FIRST_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_FIRST_USE[name], __name__), name)
