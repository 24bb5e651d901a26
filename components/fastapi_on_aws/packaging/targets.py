"""The platforms that Lambda runs Python on, in the words of wheels.

Sources: AWS Lambda developer guide, "Lambda runtimes"; PEP 600 for the tags. Amazon Linux 2023 has glibc 2.34, Amazon
Linux 2 has 2.26.
"""

from typing import Final

from fastapi_on_aws.coerce import nearest
from fastapi_on_aws.errors import UsageError

_GLIBC_MINOR: Final = {"3.11": 26, "3.12": 34, "3.13": 34, "3.14": 34}
"""Python -> glibc 2.x. Older ones are no longer supported by AWS."""

_MACHINES: Final = {"arm64": "aarch64", "amd64": "x86_64"}
_OLDEST_GLIBC_MINOR: Final = 5
_LEGACY: Final = ("manylinux2014", "manylinux2010", "manylinux1")


def check_python(python: str, path: str) -> None:
    """Refuse a version that Lambda has no runtime for."""
    if python not in _GLIBC_MINOR:
        raise UsageError(f"{path} cannot be {python!r}{nearest(python, _GLIBC_MINOR)}")


def platforms(python: str, architecture: str) -> list[str]:
    """What pip may take wheels for, the newest first.

    >>> platforms("3.13", "arm64")[:2]
    ['manylinux_2_34_aarch64', 'manylinux_2_33_aarch64']
    """
    machine = _MACHINES[architecture]
    newer = [f"manylinux_2_{minor}" for minor in range(_GLIBC_MINOR[python], _OLDEST_GLIBC_MINOR - 1, -1)]
    return [f"{tag}_{machine}" for tag in (*newer, *_LEGACY)]


def environment(python: str, architecture: str) -> dict[str, str]:
    """What the markers of requirements ask for, there."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": _MACHINES[architecture],
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
        "extra": "",
    }
