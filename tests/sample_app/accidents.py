"""What happens to orders when it is least wanted."""

from collections.abc import Callable
from typing import Any

import httpx


class Crash(BaseException):
    """The process died: nothing of what would have come next happened."""


def fail_with(error: type[BaseException]) -> Callable[..., Any]:
    """A method that raises `error`, whatever it is asked."""

    async def fail(*_: object) -> None:
        raise error("on purpose")

    return fail


async def order_ids(shop: httpx.AsyncClient) -> list[str]:
    """The ids of all orders."""
    return [each["id"] for each in (await shop.get("/orders")).json()["items"]]
