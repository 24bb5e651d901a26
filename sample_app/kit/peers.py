"""HTTP clients of other services: bounded in time, careful to repeat, and part of the request that calls them."""

import asyncio
from typing import Final

import httpx
from httpx_retries import Retry, RetryTransport

from sample_app.kit.request_id import passed_on

# Somebody is waiting. With the two repetitions below a call stays under eight seconds, and under any proxy's patience.
ATTEMPT_SECONDS: Final = 2
# A host that is gone is known to be so sooner.
_CONNECT_SECONDS: Final = 1
# By itself it says again only what HTTP allows to be said twice, and only when the other side was not there or too busy
# to listen. However long that asks us to wait: a buyer does not.
_RETRY: Final = Retry(total=2, backoff_factor=0.1, max_backoff_wait=0.5)


class _Bounded(httpx.AsyncBaseTransport):
    """Ends an attempt when its time is up. A time-out of httpx starts anew with each piece of an answer."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Have the whole answer in time, or none."""
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                response = await self._transport.handle_async_request(request)
                await response.aread()
        except TimeoutError as error:
            raise httpx.ReadTimeout("The answer is not complete in time.", request=request) from error
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


def peer(url: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client of the service at `url`; its paths begin with the service's prefix."""
    return httpx.AsyncClient(
        base_url=url,
        timeout=httpx.Timeout(ATTEMPT_SECONDS, connect=_CONNECT_SECONDS),
        transport=RetryTransport(_Bounded(transport or httpx.AsyncHTTPTransport()), _RETRY),
        event_hooks={"request": [_pass_on]},
    )


async def _pass_on(request: httpx.Request) -> None:
    request.headers.update(passed_on())
