"""Notifications: their HTTP contract, and how an order leads to one, sooner or later."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sample_app.app import create_app
from sample_app.kit.database import Database
from sample_app.modules.notifications.service import NotificationService
from sample_app.modules.orders.models import OutboxRow
from sample_app.modules.orders.outbox import Outbox
from sample_app.modules.orders.repository import OrderRepository
from sample_app.settings import Settings
from tests.sample_app.accidents import fail_with
from tests.sample_app.support import ELSEWHERE, PrefixRouter, add_product, order, problem, running, sqlite

pytestmark = pytest.mark.anyio
EVENT = {
    "type": "order.placed",
    "order_id": str(uuid4()),
    "total_cents": 4699,
    "line_count": 2,
    "placed_at": "2026-11-24T15:00:00Z",
}


async def notified(shop: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    """All notifications, which are few."""
    response = await shop.get("/notifications", params=query)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def test_an_order_leads_to_one_notification(shop: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    placed = (await order(shop, {await add_product(shop): 2, await add_product(shop, "Cup"): 1})).json()
    (notification,) = await notified(shop)
    told = {name: notification[name] for name in ("order_id", "total_cents", "line_count", "placed_at", "channel")}
    assert told == {
        "order_id": placed["id"],
        "total_cents": placed["total_cents"],
        "line_count": 2,
        "placed_at": placed["placed_at"],
        "channel": "log",
    }, "it says what was ordered"
    (line,) = [record.getMessage() for record in caplog.records if "'order_placed'" in record.getMessage()]
    assert placed["id"] in line, "the log is where people are told"


async def test_what_is_about_one_order_can_be_asked_for(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop)
    first, second = [(await order(shop, {product: 1})).json()["id"] for _ in range(2)]
    assert [each["order_id"] for each in await notified(shop)] == [second, first], "newest first"
    assert [each["order_id"] for each in await notified(shop, order_id=first)] == [first]
    assert await notified(shop, order_id=str(uuid4())) == [], "nobody was told of an order that there is not"


async def test_an_event_that_is_said_again_changes_nothing(
    shop: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    url = f"/notifications/events/{uuid4()}"
    answers = await asyncio.gather(*(shop.put(url, json=EVENT) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {204}, "who delivers at least once is always right"
    same_moment = {**EVENT, "placed_at": "2026-11-24T16:00:00+01:00"}
    assert (await shop.put(url, json=same_moment)).status_code == 204, "it is the same event in other digits"
    assert len(await notified(shop)) == 1, "and it is notified once"
    assert caplog.text.count("'order_placed'") == 1, "in the log, too"


async def test_another_event_under_the_same_id_is_refused(shop: httpx.AsyncClient) -> None:
    url = f"/notifications/events/{uuid4()}"
    await shop.put(url, json=EVENT)
    document = problem(await shop.put(url, json={**EVENT, "total_cents": 1}), 409)
    assert document["type"].endswith(":event-conflict"), "one of the two is wrong, and somebody should hear of it"
    (notification,) = await notified(shop)
    assert notification["total_cents"] == EVENT["total_cents"], "the first one stands"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"placed_at": "0001-01-01T00:00:00+14:00"}, "#/placed_at"),
        ({"placed_at": "9999-12-31T23:59:59-14:00"}, "#/placed_at"),
        ({"placed_at": "2026-11-24T15:00:00"}, "#/placed_at"),
        ({"total_cents": 2**63}, "#/total_cents"),
        ({"line_count": 0}, "#/line_count"),
        ({"type": "order.cancelled"}, "#/type"),
        ({"note": ""}, "#/note"),
    ],
)
async def test_an_event_that_cannot_be_is_refused(
    change: Mapping[str, object], pointer: str, shop: httpx.AsyncClient
) -> None:
    errors = problem(await shop.put(f"/notifications/events/{uuid4()}", json={**EVENT, **change}), 422)["errors"]
    assert [error["pointer"] for error in errors] == [pointer], "the sender learns what is wrong"


class Switch(httpx.AsyncBaseTransport):
    """A way to a service that can be cut."""

    def __init__(self, way: httpx.AsyncBaseTransport) -> None:
        self._way = way
        self.cut: httpx.Response | type[httpx.TransportError] | None = None
        self.delay_seconds = 0.0
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        await asyncio.sleep(self.delay_seconds)
        if isinstance(self.cut, httpx.Response):
            return self.cut
        if self.cut is not None:
            raise self.cut("cut", request=request)
        return await self._way.handle_async_request(request)


async def split_shop(stack: AsyncExitStack, folder: Path) -> tuple[httpx.AsyncClient, Switch]:
    """A client of the shop, and the switch on the way to notifications, which are a service of their own."""
    notifications = create_app(
        Settings(app_services=("notifications",), database_url=sqlite(folder / "notifications.db"))
    )
    await stack.enter_async_context(notifications.router.lifespan_context(notifications))
    way = httpx.ASGITransport(notifications)
    switch = Switch(way)
    shop = create_app(_notifications_elsewhere(folder), transport=switch)
    await stack.enter_async_context(shop.router.lifespan_context(shop))
    here = httpx.ASGITransport(shop)
    door = PrefixRouter({"catalog": here, "orders": here, "notifications": way})
    return await stack.enter_async_context(httpx.AsyncClient(transport=door, base_url="http://shop")), switch


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("cut", [httpx.ConnectError, httpx.Response(500), httpx.Response(404), httpx.Response(302)])
async def test_orders_are_placed_while_nobody_can_be_told_and_told_of_later(
    cut: httpx.Response | type[httpx.TransportError], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with AsyncExitStack() as stack:
        shop, switch = await split_shop(stack, tmp_path)
        product = await add_product(shop)
        switch.cut = cut
        first = await order(shop, {product: 1})
        assert first.status_code == 201, "that is no reason to turn a buyer away"
        assert await notified(shop) == []
        assert "outbox_delivery_failed" in caplog.text, "but one to be looked at"
        switch.cut = None
        second = await order(shop, {product: 1})
        told = [notification["order_id"] for notification in await notified(shop)]
        assert sorted(told) == sorted([first.json()["id"], second.json()["id"]]), "both, each once"
        before = switch.requests
        await order(shop, {product: 1})
        assert switch.requests == before + 1, "what was delivered is not delivered again"


async def test_while_nobody_can_be_told_an_order_tries_once(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        shop, switch = await split_shop(stack, tmp_path)
        product = await add_product(shop)
        switch.cut = httpx.Response(500)
        counts = []
        for _ in range(3):
            before = switch.requests
            await order(shop, {product: 1})
            counts.append(switch.requests - before)
        assert counts == [1, 1, 1], "however many events wait, the buyer waits for one attempt"


async def place_untold(shop: httpx.AsyncClient, product: str, count: int) -> list[str]:
    """The ids of orders after each of which the process died: their events wait, and nobody has tried to send them."""

    async def end(_: Outbox) -> None:
        pass

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Outbox, "deliver", end)
        return [(await order(shop, {product: 1})).json()["id"] for _ in range(count)]


@pytest.mark.usefixtures("unhurried")
async def test_what_waited_is_told_in_the_order_in_which_it_happened(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        shop, _ = await split_shop(stack, tmp_path)
        product = await add_product(shop)
        placed = await place_untold(shop, product, 3)
        placed.append((await order(shop, {product: 1})).json()["id"])
        newest_first = [notification["order_id"] for notification in await notified(shop)]
        assert newest_first[::-1] == placed


@pytest.mark.usefixtures("unhurried")
async def test_an_order_takes_ten_events_along_and_leaves_the_rest_to_others(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        shop, _ = await split_shop(stack, tmp_path)
        product = await add_product(shop, stock=50)
        await place_untold(shop, product, 14)
        told = []
        for _ in range(3):
            await order(shop, {product: 1})
            told.append(len(await notified(shop)))
        assert told == [10, 16, 17], "a buyer is waiting, and all are told in the end"


async def test_an_order_takes_events_along_for_a_second(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        shop, switch = await split_shop(stack, tmp_path)
        product = await add_product(shop, stock=50)
        await place_untold(shop, product, 8)
        switch.delay_seconds = 0.4
        await order(shop, {product: 1})
        assert 2 <= switch.requests <= 3, "slow answers are answers, but the buyer is waiting"
        assert len(await notified(shop)) == switch.requests, "what was taken along has arrived"


async def test_a_service_that_never_answers_delays_an_order_by_a_second(tmp_path: Path) -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        raise AssertionError("nobody waits for this")

    app = create_app(_notifications_elsewhere(tmp_path), transport=httpx.MockTransport(hang))
    async with running(app) as shop:
        product = await add_product(shop)
        async with asyncio.timeout(3):
            assert (await order(shop, {product: 1})).status_code == 201


@pytest.mark.usefixtures("unhurried")
async def test_an_event_that_is_always_refused_holds_up_no_other(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        shop, _ = await split_shop(stack, tmp_path)
        product = await add_product(shop)
        poison = OutboxRow(event_id=uuid4(), created_at=datetime(1999, 1, 1, tzinfo=UTC), payload={"type": "unheard"})
        database = await stack.enter_async_context(Database(sqlite(tmp_path / "shop.db").get_secret_value()))
        async with database.transaction() as session:
            session.add(poison)
        for _ in range(3):
            await order(shop, {product: 1})
        assert len(await notified(shop)) == 3, "every order was told of"


async def test_an_order_that_cannot_look_what_is_due_is_placed_and_told_of_later(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    product = await add_product(shop)
    with monkeypatch.context() as broken:
        broken.setattr(OrderRepository, "due_events", fail_with(RuntimeError))
        assert (await order(shop, {product: 1})).status_code == 201, "it is written, and that is what its buyer wants"
    assert "outbox_not_read" in caplog.text
    await order(shop, {product: 1})
    assert len(await notified(shop)) == 2


async def test_in_one_process_a_notification_that_fails_is_made_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(create_app(Settings(database_url=sqlite(tmp_path / "shop.db")))) as shop:
        product = await add_product(shop)
        with monkeypatch.context() as broken:
            broken.setattr(NotificationService, "notify", fail_with(RuntimeError))
            assert (await order(shop, {product: 1})).status_code == 201, "the topology makes no difference"
        await order(shop, {product: 1})
        assert len(await notified(shop)) == 2


def _notifications_elsewhere(folder: Path) -> Settings:
    url = {name: ELSEWHERE[name] for name in ["notifications_url"]}
    return Settings(app_services=("catalog", "orders"), database_url=sqlite(folder / "shop.db"), **url)
