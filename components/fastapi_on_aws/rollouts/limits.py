"""How long the function of a rollout can look on."""

from typing import Final

LONGEST_TIMEOUT_SECONDS: Final = 900
"""Lambda ends every function then. Source: AWS Lambda developer guide, "Lambda quotas"."""
LONGEST_ROLLOUT_SECONDS: Final = 720
"""Three minutes are left to start, and to put everything back."""
LONGEST_CANARY_SECONDS: Final = 480
"""On EKS: also another run is told, permissions come, what was wrong fades, and CloudWatch tells of the last minute."""
