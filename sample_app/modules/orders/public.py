"""All that other modules may use of orders."""

from sample_app.modules.orders.schemas import Order, OrderLine

__all__ = ["Order", "OrderLine"]
