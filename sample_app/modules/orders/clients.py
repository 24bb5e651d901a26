"""How orders reaches other modules: in this process, or over HTTP when `<MODULE>_URL` says where one is.

Both ways run in a transaction of the other module's own, so that moving it out changes no guarantee.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from sample_app.kit.context import Context
from sample_app.kit.problems import ProblemError
from sample_app.modules.catalog.public import CatalogService, OutOfStockError, Reservation, UnknownProductError
from sample_app.modules.notifications.public import NotificationService, OrderPlaced

if TYPE_CHECKING:
    import httpx

# What the catalog refuses because of what the buyer asked, having set nothing aside; all else is between us and it.
REFUSALS: tuple[type[ProblemError], ...] = (UnknownProductError, OutOfStockError)
# The order is placed; its buyer should not wait much longer for somebody to be told of it.
_NOTIFICATION_SECONDS: Final = 1
# An order that was refused has a buyer, too. What is not put back in that time a later order puts back.
_RELEASE_SECONDS: Final = 1


class CatalogUnavailableError(ProblemError):
    """The catalog gave no answer that we can use."""

    status = 503
    kind = "catalog-unavailable"
    title = "Catalog unavailable"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "2"})


class NotificationsUnavailableError(Exception):
    """Notifications did not take an event."""


class CatalogClient(Protocol):
    """What orders needs of the catalog. Over HTTP, each raises `CatalogUnavailableError`, too."""

    async def reserve(self, reservation_id: UUID, quantities: Mapping[UUID, int]) -> Reservation:
        """Set products aside: all, or none. Raises what is in `REFUSALS`."""

    async def release(self, reservation_id: UUID) -> None:
        """Put back what was set aside, if anything was; from then on nothing is set aside under this id."""


class NotificationsClient(Protocol):
    """What orders needs of notifications. Over HTTP, it raises `NotificationsUnavailableError`."""

    async def notify(self, event_id: UUID, event: OrderPlaced) -> None:
        """Say that an order was placed; saying it again changes nothing."""


class HttpCatalog:
    """The catalog in another process."""

    def __init__(self, http: "httpx.AsyncClient") -> None:
        self._http = http

    async def reserve(self, reservation_id: UUID, quantities: Mapping[UUID, int]) -> Reservation:
        """Set products aside: all, or none."""
        body = {"quantities": {str(product_id): quantity for product_id, quantity in quantities.items()}}
        response = await self._request("PUT", reservation_id, body)
        try:
            return Reservation.model_validate_json(response.content)
        except ValidationError as error:
            raise CatalogUnavailableError("The catalog's answer makes no sense.") from error

    async def release(self, reservation_id: UUID) -> None:
        """Put back what was set aside, if anything was; from then on nothing is set aside under this id."""
        try:
            async with asyncio.timeout(_RELEASE_SECONDS):  # With all repetitions.
                await self._request("DELETE", reservation_id)
        except TimeoutError as error:
            raise CatalogUnavailableError("The catalog does not answer.") from error

    async def _request(self, method: str, reservation_id: UUID, body: object = None) -> "httpx.Response":
        import httpx  # noqa: PLC0415  # only who has a peer pays for it

        path = f"/catalog/reservations/{reservation_id}"
        try:
            response = await self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise CatalogUnavailableError("The catalog does not answer.") from error
        if not response.is_success:
            raise _refusal(response)
        return response


class _ProblemDocument(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    detail: str
    product_id: str


def _refusal(response: "httpx.Response") -> ProblemError:
    """The catalog's refusal as the very exception that it raised in its own process."""
    try:
        document = _ProblemDocument.model_validate_json(response.content)
    except ValidationError:
        return CatalogUnavailableError(f"The catalog answers {response.status_code}.")
    for kind in REFUSALS:
        if kind.is_of(document.type):
            return kind(document.detail, product_id=document.product_id)
    return CatalogUnavailableError(f"The catalog answers {response.status_code}.")


class HttpNotifications:
    """Notifications in another process."""

    def __init__(self, http: "httpx.AsyncClient") -> None:
        self._http = http

    async def notify(self, event_id: UUID, event: OrderPlaced) -> None:
        """Say that an order was placed; saying it again changes nothing."""
        import httpx  # noqa: PLC0415  # only who has a peer pays for it

        try:
            async with asyncio.timeout(_NOTIFICATION_SECONDS):  # With all repetitions.
                path = f"/notifications/events/{event_id}"
                response = await self._http.put(path, json=event.model_dump(mode="json"))
        except (httpx.HTTPError, TimeoutError) as error:
            raise NotificationsUnavailableError("Notifications does not answer.") from error
        if not response.is_success:
            raise NotificationsUnavailableError(f"Notifications answers {response.status_code}.")


def catalog_client(context: Context) -> CatalogClient:
    """The catalog, wherever it is. In process, its service is the client: it has the same two methods."""
    peer = context.peers.get("catalog")
    return HttpCatalog(peer) if peer else CatalogService(context.database)


def notifications_client(context: Context) -> NotificationsClient:
    """Notifications, wherever it is, in the same way."""
    peer = context.peers.get("notifications")
    return HttpNotifications(peer) if peer else NotificationService(context.database)
