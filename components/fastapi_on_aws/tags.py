"""What AWS takes as a tag. Source: AWS General Reference, "Tagging your AWS resources"."""

import re
from typing import Final

_CHARACTERS: Final = r"[\w .:/=+@-]"


def is_tag(key: str, value: str) -> bool:
    """Whether AWS takes them; keys of `aws:` are its own, in whatever case.

    >>> is_tag("cost-center", "42"), is_tag("AWS:x", "1"), is_tag("", "1"), is_tag("team", "a?")
    (True, False, False, False)
    """
    fits = re.fullmatch(f"{_CHARACTERS}{{1,128}}", key) and re.fullmatch(f"{_CHARACTERS}{{0,256}}", value)
    return bool(fits) and not key.lower().startswith("aws:")
