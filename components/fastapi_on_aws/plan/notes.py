"""What the program said while it ran: notes of components, warnings and errors."""

from dataclasses import dataclass
from typing import Final

from fastapi_on_aws.recording.graph import Graph

SEVERITIES: Final = ("error", "warning", "info")
"""The severities that a plan shows, gravest first; debug messages are left out."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A message, once, however many resources it came from."""

    severity: str
    message: str
    resources: tuple[str, ...] = ()
    """URNs of the resources that it is about."""


def notes(graph: Graph) -> list[Note]:
    """The messages of a graph in the order they first came."""
    about: dict[tuple[str, str], dict[str, None]] = {}
    for log in graph.logs:
        if log.severity in SEVERITIES:
            urns = about.setdefault((log.severity, log.message), {})
            if log.urn:
                urns[log.urn] = None
    return [
        Note(severity=severity, message=message, resources=tuple(urns)) for (severity, message), urns in about.items()
    ]
