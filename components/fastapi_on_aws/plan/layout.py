"""How lines that are too long for a terminal continue."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.console import Console, ConsoleOptions
from rich.text import Text

_LEAST_ROOM: Final = 20


@dataclass(frozen=True)
class Hanging:
    """A line of which only the body wraps, beneath its own beginning; the lead stands to the left of it."""

    lead: Text
    body: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        room = options.max_width - self.lead.cell_len
        if room < _LEAST_ROOM:
            yield Text.assemble(self.lead, self.body)
            return
        lead = self.lead
        for line in self.body.wrap(console, room):
            line.rstrip()
            yield Text.assemble(lead, line)
            lead = Text(" " * self.lead.cell_len)
