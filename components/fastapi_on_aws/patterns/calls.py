"""Who calls whom, and where that leads back to the caller."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from fastapi_on_aws.patterns.unit import Unit

_WHY: Final = (
    "while one of them is slow all of them are, and a request may wait for itself; let one way be an event, or make"
    " them one service"
)


def notes_on_circles(units: Sequence[Unit]) -> Iterator[str]:
    """A sentence for each circle of calls between units."""
    for circle in _circles(units):
        yield f"{', '.join(circle)} call each other in a circle: {_WHY}"


def _circles(units: Sequence[Unit]) -> list[list[str]]:
    """Units of which each can be reached from each other, in the order of their names."""
    holder = {service: unit.name for unit in units for service in unit.services}
    calls = {unit.name: {holder[called] for called in unit.calls} - {unit.name} for unit in units}
    reached = {name: _reached(name, calls) for name in calls}
    found: list[list[str]] = []
    for name in sorted(calls):
        if name in reached[name] and not any(name in circle for circle in found):
            found.append(sorted(other for other in reached[name] if name in reached[other]))
    return found


def _reached(start: str, calls: Mapping[str, set[str]]) -> set[str]:
    """Whoever a request may come to, the start itself if it comes back."""
    seen: set[str] = set()
    ahead = [*calls[start]]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += calls[name]
    return seen
