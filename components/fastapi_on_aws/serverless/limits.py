"""What Lambda and the APIs before it can take. Source: AWS Lambda developer guide, "Lambda quotas"; API Gateway
developer guide, "Quotas for HTTP APIs" and "Quotas for REST APIs"."""

from typing import Final

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.sizing import memory_mib

SMALLEST_MEMORY_MIB: Final = 128
LARGEST_MEMORY_MIB: Final = 10240
MIB_PER_VCPU: Final = 1769
"""Lambda gives CPU by memory: one vCPU at 1769 MB."""

HTTP_API_TIMEOUT_SECONDS: Final = 30
"""No more can be had."""
REST_API_TIMEOUT_SECONDS: Final = 29
"""Without streaming, and without a raised quota."""
LARGEST_ENVIRONMENT_BYTES: Final = 4096
"""Of all variables of a function together, names and values."""

LARGEST_PAYLOAD_MB: Final = 6
"""Of a request or a response that is not streamed; a body that is no text counts a third more, as Base64."""

LARGEST_STREAMED_RESPONSE_MB: Final = 200
SNAP_START_TMP_MB: Final = 512
"""A snapshot holds no more of /tmp."""

_SNAP_START_SINCE: Final = (3, 12)
"""Of Python. Source: AWS Lambda developer guide, "Improving startup performance with Lambda SnapStart"."""
MOST_LAYERS: Final = 5


def lambda_memory_mib(memory: str, path: str) -> int:
    """The memory of a function in MiB.

    >>> lambda_memory_mib("1 GB", "app.memory")
    1024
    """
    mib = memory_mib(memory, path)
    if not SMALLEST_MEMORY_MIB <= mib <= LARGEST_MEMORY_MIB:
        raise UsageError(
            f"{path} is {memory!r}; a Lambda function has {SMALLEST_MEMORY_MIB} MB to {LARGEST_MEMORY_MIB} MB"
        )
    return mib


def has_snapshots(python: str) -> bool:
    """Whether SnapStart can start this version."""
    major, minor = python.split(".")
    return (int(major), int(minor)) >= _SNAP_START_SINCE
