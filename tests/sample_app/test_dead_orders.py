"""Orders that end on the way: nothing stays set aside for them, and nothing is taken from those that were placed."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import httpx
import pytest

from sample_app.modules.catalog.public import Reservation
from sample_app.modules.catalog.service import CatalogService
from sample_app.modules.orders import claims
from sample_app.modules.orders.repository import OrderRepository
from tests.sample_app.accidents import Crash, fail_with, order_ids
from tests.sample_app.support import add_product, order, problem, stock_of

pytestmark = pytest.mark.anyio
Wait = Callable[[timedelta], None]
A_LEASE = timedelta(seconds=61)


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt counts as dead at once."""
    monkeypatch.setattr(claims, "LEASE", timedelta())


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """Let time pass for claims, at once."""
    passed = timedelta()

    def pass_by(more: timedelta) -> None:
        nonlocal passed
        passed += more

    monkeypatch.setattr(claims, "datetime", SimpleNamespace(now=lambda zone: datetime.now(zone) + passed))
    return pass_by


async def die(shop: httpx.AsyncClient, product: str, quantity: int, key: str | None = None) -> None:
    """An order whose process dies when its products are set aside."""
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(OrderRepository, "settle", fail_with(Crash))
        with pytest.raises(Crash):
            await order(shop, {product: quantity}, key=key)


async def test_an_error_leaves_the_key_free_and_nothing_set_aside(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = await add_product(shop, stock=5)
    with monkeypatch.context() as broken:
        broken.setattr(OrderRepository, "settle", fail_with(RuntimeError))
        problem(await order(shop, {product: 2}, key="one"), 500)
    assert await stock_of(shop, product) == 5, "what was set aside is back"
    assert (await order(shop, {product: 2}, key="one")).status_code == 201, "and the caller may try again at once"
    assert await stock_of(shop, product) == 3


async def test_an_attempt_that_died_is_in_progress_until_its_time_is_up(shop: httpx.AsyncClient, wait: Wait) -> None:
    product = await add_product(shop, stock=5)
    await die(shop, product, 2, key="one")
    assert await stock_of(shop, product) == 3, "its products are set aside"
    assert await order_ids(shop) == [], "for no order that one could see"
    wait(timedelta(seconds=59))
    problem(await order(shop, {product: 2}, key="one"), 409)
    wait(timedelta(seconds=2))
    placed = await order(shop, {product: 2}, key="one")
    assert placed.status_code == 201, "then it is clear that nobody else will finish it"
    assert await order_ids(shop) == [placed.json()["id"]]
    assert await stock_of(shop, product) == 3, "what the dead one had set aside is back"


@pytest.mark.parametrize(("method", "answer"), [("claim_under", None), ("free_key", False)])
async def test_who_was_overtaken_while_taking_over_may_ask_again(
    method: str, answer: object, shop: httpx.AsyncClient, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def find_it_gone(*_: object) -> object:
        return answer

    product = await add_product(shop, stock=5)
    await die(shop, product, 2, key="one")
    wait(A_LEASE)
    with monkeypatch.context() as overtaken:
        overtaken.setattr(OrderRepository, method, find_it_gone)
        document = problem(await order(shop, {product: 2}, key="one"), 409)
    assert document["type"].endswith(":order-in-progress"), "it is nobody's mistake"
    assert (await order(shop, {product: 2}, key="one")).status_code == 201
    assert await stock_of(shop, product) == 3, "who gave way holds nothing"


@pytest.mark.usefixtures("no_patience")
async def test_of_many_who_take_over_one_does(shop: httpx.AsyncClient) -> None:
    product = await add_product(shop, stock=5)
    await die(shop, product, 2, key="one")
    answers = await asyncio.gather(*(order(shop, {product: 2}, key="one") for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}, "however they get into each other's way"
    later = await order(shop, {product: 2}, key="one")
    assert later.status_code == 201
    assert await order_ids(shop) == [later.json()["id"]], "there is one order"
    assert await stock_of(shop, product) == 3, "and nothing is set aside for those who lost"


@pytest.mark.usefixtures("no_patience")
@pytest.mark.parametrize("where", ["before it reserves", "after it has reserved"])
async def test_a_slow_attempt_that_was_given_up_undoes_itself_and_nothing_else(
    where: str, shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_slow, go_on = asyncio.Event(), asyncio.Event()
    reserve = CatalogService.reserve

    async def stop_once() -> None:
        if not is_slow.is_set():
            is_slow.set()
            await go_on.wait()

    async def reserve_slowly(catalog: CatalogService, order_id: UUID, quantities: Mapping[UUID, int]) -> Reservation:
        if where == "before it reserves":
            await stop_once()
        reservation = await reserve(catalog, order_id, quantities)
        await stop_once()
        return reservation

    monkeypatch.setattr(CatalogService, "reserve", reserve_slowly)
    product = await add_product(shop, stock=5)
    slow = asyncio.create_task(order(shop, {product: 2}, key="one"))
    await is_slow.wait()
    placed = await order(shop, {product: 2}, key="one")
    assert placed.status_code == 201, "somebody else has taken over"
    go_on.set()
    assert problem(await slow, 409)["type"].endswith(":order-in-progress"), "its caller may ask what became of it"
    assert await order_ids(shop) == [placed.json()["id"]]
    assert await stock_of(shop, product) == 3, "what the winner holds is still held, and nothing else"


async def test_products_that_could_not_be_released_are_with_the_next_attempt(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    product = await add_product(shop, stock=5)
    with monkeypatch.context() as broken:
        broken.setattr(OrderRepository, "settle", fail_with(RuntimeError))
        broken.setattr(CatalogService, "release", fail_with(RuntimeError))
        problem(await order(shop, {product: 2}, key="one"), 500)
    assert "the catalog may hold its reservation" in caplog.text, "somebody may want to know"
    assert await stock_of(shop, product) == 3, "they are set aside"
    assert (await order(shop, {product: 2}, key="one")).status_code == 201, "nobody has to wait for the lease"
    assert await stock_of(shop, product) == 3, "the claim knew of them"


@pytest.mark.parametrize(("key", "silence"), [(None, A_LEASE), ("one", A_LEASE), ("one", timedelta(weeks=1))])
async def test_what_a_dead_order_holds_comes_back_with_a_later_one(
    key: str | None, silence: timedelta, shop: httpx.AsyncClient, wait: Wait
) -> None:
    product, other = await add_product(shop, stock=5), await add_product(shop, stock=5)
    await die(shop, product, 2, key)
    await order(shop, {other: 1})
    assert await stock_of(shop, product) == 3, "it may be alive, and slow"
    wait(silence)
    await order(shop, {other: 1})
    assert await stock_of(shop, product) == 5, "nobody will finish it"
    assert await stock_of(shop, other) == 3, "what was sold is sold"
    assert (await order(shop, {product: 3}, key=key)).status_code == 201, "and its key is free"


async def test_the_last_ones_can_be_bought_although_somebody_died_with_them(
    shop: httpx.AsyncClient, wait: Wait
) -> None:
    product = await add_product(shop, stock=1)
    await die(shop, product, 1)
    wait(A_LEASE)
    problem(await order(shop, {product: 1}), 409)
    assert (await order(shop, {product: 1})).status_code == 201, "a refused buyer has let go of them for the next one"


async def test_an_order_buries_two_of_the_dead_the_oldest_first(shop: httpx.AsyncClient, wait: Wait) -> None:
    products = [await add_product(shop, f"Cup {number}") for number in range(4)]
    for product in products[1:]:
        await die(shop, product, 1)
        wait(timedelta(seconds=1))
    wait(A_LEASE)
    await order(shop, {products[0]: 1})
    assert [await stock_of(shop, product) for product in products] == [4, 5, 5, 4], "a buyer is waiting"
    await order(shop, {products[0]: 1})
    assert [await stock_of(shop, product) for product in products] == [3, 5, 5, 5], "and none is forgotten"


async def test_what_cannot_be_put_back_is_tried_again_later_and_fails_no_order(
    shop: httpx.AsyncClient, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[UUID] = []

    async def count(_: CatalogService, order_id: UUID) -> None:
        tries.append(order_id)
        raise RuntimeError("on purpose")

    product, other = await add_product(shop), await add_product(shop)
    await die(shop, product, 2)
    with monkeypatch.context() as broken:
        broken.setattr(CatalogService, "release", count)
        wait(A_LEASE)
        for _ in range(2):
            assert (await order(shop, {other: 1})).status_code == 201
        assert len(set(tries)) == 1, "who died is told apart from who was placed"
        once = len(tries)
        wait(A_LEASE)
        await order(shop, {other: 1})
        assert len(tries) == 2 * once, "not with each order, but after a while"
    wait(A_LEASE)
    await order(shop, {other: 1})
    assert await stock_of(shop, product) == 5, "when the catalog is back, so are they"


async def test_an_order_that_cannot_clean_up_is_placed(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(OrderRepository, "abandon_dead", fail_with(RuntimeError))
    assert (await order(shop, {await add_product(shop): 1})).status_code == 201, "it is no business of its buyer"
    assert "claims_not_cleaned_up" in caplog.text, "but of ours"


async def test_a_key_is_remembered_for_a_day(shop: httpx.AsyncClient, wait: Wait) -> None:
    product = await add_product(shop, stock=5)
    first = await order(shop, {product: 1}, key="one")
    wait(timedelta(hours=24, minutes=-1))
    await order(shop, {product: 1})
    again = await order(shop, {product: 1}, key="one")
    assert again.headers.get("idempotency-replayed") == "true", "for a day a request may be sent again"
    wait(timedelta(minutes=2))
    await order(shop, {product: 1})
    new = await order(shop, {product: 1}, key="one")
    assert new.json()["id"] != first.json()["id"], "then it is another order"
    assert (await shop.get(first.headers["location"])).json() == first.json(), "the first one stays"
    assert await stock_of(shop, product) == 1, "and keeps its products"
