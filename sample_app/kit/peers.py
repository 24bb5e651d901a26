"""HTTP clients of other services: bounded in time, careful to repeat, and part of the request that calls them."""

from http import HTTPMethod, HTTPStatus
from typing import Final

import httpx
from httpx_retries import Retry, RetryTransport

from sample_app.kit.request_id import passed_on

# A buyer is waiting. With the two repetitions below all of it stays under ten seconds, and under any proxy's patience.
TIMEOUT: Final = httpx.Timeout(2, connect=1, pool=1)
# Only what may be said twice is said again, and only when the other side was not there or too busy to listen.
_RETRY: Final = Retry(
    total=2,
    allowed_methods=[HTTPMethod.GET, HTTPMethod.PUT, HTTPMethod.DELETE],
    status_forcelist=[HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT],
    backoff_factor=0.1,
    max_backoff_wait=0.5,
    total_timeout=1,
)


def peer(url: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client of the service at `url`; its paths begin with the service's prefix."""
    return httpx.AsyncClient(
        base_url=url,
        timeout=TIMEOUT,
        transport=RetryTransport(transport or httpx.AsyncHTTPTransport(), _RETRY),
        event_hooks={"request": [_pass_on]},
    )


async def _pass_on(request: httpx.Request) -> None:
    request.headers.update(passed_on())
