"""What the SDK waits for at the end of a program costs no more for being many."""

import asyncio
from typing import Any

from fastapi_on_aws.recording.pending import Pending


def test_of_many_outputs_one_future_is_waited_for_which_the_next_to_end_fulfils() -> None:
    async def program() -> None:
        works: list[asyncio.Future[Any]] = [asyncio.get_running_loop().create_future() for _ in range(100)]
        pending = Pending()
        for work in works:
            pending.add(work)
        (first,) = [*pending]
        pending.clear()
        assert len(pending) == 100, "what is not done yet stays"
        works[7].set_result("a value")
        await asyncio.wait([first], timeout=1)
        assert first.done()

    asyncio.run(program())


def test_what_failed_is_handed_out_itself_so_that_it_is_raised_and_then_forgotten() -> None:
    async def program() -> None:
        works: list[asyncio.Future[Any]] = [asyncio.get_running_loop().create_future() for _ in range(3)]
        pending = Pending()
        for work in works:
            pending.add(work)
        works[1].set_exception(ValueError("no"))
        await asyncio.sleep(0)
        assert [*pending] == [works[1]]
        pending.clear()
        assert len(pending) == 2
        assert [*pending] != [works[1]]

    asyncio.run(program())


def test_nobody_waits_on_when_the_last_output_is_given_up() -> None:
    async def program() -> None:
        work: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        pending = Pending()
        pending.add(work)
        (first,) = [*pending]
        pending.discard(work)
        await asyncio.wait([first], timeout=1)
        assert first.done()
        assert not pending

    asyncio.run(program())
