"""All that other modules may use of the catalog."""

from sample_app.modules.catalog.schemas import Quantity, Reservation, ReservedItem
from sample_app.modules.catalog.service import CatalogService, OutOfStockError, UnknownProductError

__all__ = ["CatalogService", "OutOfStockError", "Quantity", "Reservation", "ReservedItem", "UnknownProductError"]
