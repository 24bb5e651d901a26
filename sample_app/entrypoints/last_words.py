"""What a process says that cannot start: one sentence. A traceback would tell a person no more."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from sample_app.kit.find_secret import SecretError
from sample_app.kit.migrations import MigrationError
from sample_app.registry import SelectionError


@contextmanager
def sentence_on_error(*also: type[Exception]) -> Iterator[None]:
    """End the process with exit code 1 and a sentence when it was told what cannot work, or `also` is raised."""
    foreseen: tuple[type[Exception], ...] = (SelectionError, SecretError, MigrationError, *also)
    try:
        yield
    except ValidationError as error:
        wrong = [(str(each["loc"][0]).upper(), each["msg"].removeprefix("Value error, ")) for each in error.errors()]
        sys.exit(f"error: {'; '.join(f'{variable}: {reason}' for variable, reason in wrong)}")
    except foreseen as error:
        sys.exit(f"error: {error}")
