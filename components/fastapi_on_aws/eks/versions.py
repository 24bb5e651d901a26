"""The Kubernetes versions that EKS has in standard support, and until when.

Source: Amazon EKS user guide, "Amazon EKS Kubernetes release calendar", as of November 2026.
"""

from datetime import UTC, date, datetime
from typing import Final

from fastapi_on_aws.errors import UsageError

STANDARD_SUPPORT_ENDS: Final = {
    "1.34": date(2026, 12, 2),
    "1.35": date(2027, 3, 27),
    "1.36": date(2027, 8, 2),
}
"""The day that is the first out of standard support. EKS then updates a cluster of its own accord, because of the
policy STANDARD; with EXTENDED it costs six times as much."""

DEFAULT_VERSION: Final = "1.36"
_NOTICE_DAYS: Final = 60
"""As long before the end as EKS itself gives notice."""


def today() -> date:
    """In UTC, as the calendar is."""
    return datetime.now(UTC).date()


def check_version(version: str, path: str) -> None:
    """Refuse a version that is out of standard support; one that is newer than the calendar here is EKS's to judge."""
    ends = STANDARD_SUPPORT_ENDS.get(version)
    is_older = _minor(version) < min(map(_minor, STANDARD_SUPPORT_ENDS))
    if is_older or (ends is not None and today() >= ends):
        since = f" since {ends}" if ends else ""
        raise UsageError(
            f"{path} is {version!r}, which is out of EKS's standard support{since}; {_supported()}, one minor version"
            " at a time where there is a cluster"
        )


def soon_unsupported(version: str) -> date | None:
    """The end of its standard support, when that is near."""
    ends = STANDARD_SUPPORT_ENDS.get(version)
    return ends if ends is not None and (ends - today()).days <= _NOTICE_DAYS else None


def _supported() -> str:
    left = [version for version, ends in STANDARD_SUPPORT_ENDS.items() if today() < ends]
    return f"take {', '.join(left)} or a newer one" if left else "take a newer one"


def _minor(version: str) -> int:
    return int(version.partition(".")[2])
