"""A container's life on Lambda: started once, photographed, and another one afterwards."""

import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from sample_app.kit.container import Container


class Shop:
    """An app that says what happens to it."""

    def __init__(self) -> None:
        self.secret = "first"
        self.happened: list[str] = []
        self.started: list[Container[str]] = []

    def make(self, secret: str) -> FastAPI:
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            self.happened.append(f"opened with {secret}")
            yield
            self.happened.append("closed")

        return FastAPI(lifespan=lifespan)

    def container(self) -> Container[str]:
        self.started.append(Container(lambda: self.secret, self.make))
        return self.started[-1]


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    for container in made.started:
        container.close()


def test_an_app_is_started_once_and_stopped_once(shop: Shop) -> None:
    container = shop.container()
    assert shop.happened == [], "nothing is opened before it is started"
    container.start()
    container.stop()
    container.stop()
    assert shop.happened == ["opened with first", "closed"]


def test_what_cannot_be_copied_is_closed_before_the_picture_and_opened_anew_after_it(shop: Shop) -> None:
    container = shop.container()
    container.start()
    before = container.app
    container.before_snapshot()
    assert shop.happened == ["opened with first", "closed"], "no connection is in the picture"
    container.after_restore()
    assert shop.happened[2:] == ["opened with first"]
    assert container.app is before, "nothing has changed, so nothing is made again"


def test_a_secret_that_has_changed_since_the_picture_is_read_again(shop: Shop) -> None:
    container = shop.container()
    container.start()
    container.before_snapshot()
    shop.secret = "second"
    container.after_restore()
    assert shop.happened[-1] == "opened with second"


def test_two_copies_of_one_picture_draw_other_numbers(shop: Shop) -> None:
    container = shop.container()
    container.start()
    container.before_snapshot()
    picture = random.getstate()

    def draw(wake: Callable[[], None]) -> float:
        random.setstate(picture)
        wake()
        return random.random()

    assert draw(container.after_restore) != draw(container.after_restore)
    assert draw(lambda: None) == draw(lambda: None), "which they would not without it"
