"""The one exception type of the library."""

from typing import Final

import pulumi

_LONGEST: Final = 1200


class UsageError(pulumi.RunError):
    """What the user gave cannot work; the message says where, why and how to mend it.

    The message is one sentence for a person: the config path or argument, what is wrong, the limit, the fix. As a
    ``RunError`` it is printed by ``pulumi up`` as that sentence, without a traceback.
    """

    __module__ = "fastapi_on_aws"

    def __init__(self, sentence: str) -> None:
        """Whatever a stack file holds that is quoted here, it stays a line that can be read."""
        line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in sentence)
        super().__init__(line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} … {line[-_LONGEST // 2 :]}")
