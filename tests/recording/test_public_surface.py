"""What the package offers, and what importing it costs."""

import subprocess
import sys

import pytest

from fastapi_on_aws import recording


def test_importing_the_package_does_not_import_pulumi() -> None:
    code = (
        "import sys, fastapi_on_aws.recording as r; r.Graph, r.UNKNOWN, r.Secret, r.plain, r.Answers;"
        "assert 'pulumi' not in sys.modules, 'imported for nothing';"
        "r.record; assert 'pulumi' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_public_name_exists() -> None:
    for name in recording.__all__:
        assert getattr(recording, name) is not None, f"{name} is promised but not there"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'recrod'"):
        recording.recrod  # noqa: B018 (the access is the test)
