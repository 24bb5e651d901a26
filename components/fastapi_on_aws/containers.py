"""What every container of ours is, whatever runs it."""

from typing import Final

CONTAINER_NAME: Final = "app"

USER_ID: Final = 10001
"""Not root, and nobody on the host. Source: AWS Security Hub control ECS.20."""

WRITABLE_PATH: Final = "/tmp"  # noqa: S108  # a mount point in the container, not a file of ours
WRITABLE_MIB: Final = 64
"""Memory of the copy, as the rest of the file system is read-only."""
