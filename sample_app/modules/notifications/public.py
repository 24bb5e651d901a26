"""All that other modules may use of notifications."""

from sample_app.modules.notifications.schemas import OrderPlaced
from sample_app.modules.notifications.service import NotificationService

__all__ = ["NotificationService", "OrderPlaced"]
