"""What all tests share with pytest."""

import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import settings

from sample_app.registry import MODULES
from sample_app.settings import Settings

_THE_APPS = re.compile(
    rf"({'|'.join(Settings.model_fields)})(_FILE|_ARN)?|({'|'.join(MODULES)})_URL|(OTEL|UVICORN)_\w+|WEB_CONCURRENCY",
    re.IGNORECASE,
)

# The same examples in every run, so that no change fails by chance; `--hypothesis-profile=thorough` looks further.
settings.register_profile("steady", derandomize=True)
settings.register_profile("thorough", max_examples=2000)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_app() -> Iterator[None]:
    """In process or in one of its own, the app is told what the test says, and nothing of this shell."""
    with pytest.MonkeyPatch.context() as environment:
        for name in filter(_THE_APPS.fullmatch, list(os.environ)):
            environment.delenv(name)
        yield
