"""How long CloudWatch Logs keeps a log group's events."""

from typing import Final

from fastapi_on_aws.args import Check

_MONTHS: Final = (30, 60, 90, 120, 150, 180)
_YEARS: Final = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
ALLOWED_DAYS: Final = (1, 3, 5, 7, 14, *_MONTHS, *_YEARS)
"""Source: CloudWatch Logs API reference, PutRetentionPolicy."""

RETENTION_DAYS: Final = Check(
    lambda days: days in ALLOWED_DAYS,
    f"must be a number of days that CloudWatch Logs has: {', '.join(map(str, ALLOWED_DAYS))}",
    {"enum": list(ALLOWED_DAYS)},
)
