"""Recordings do not see each other, nor leave anything in the process."""

import asyncio
import contextvars
import gc
import os
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pulumi
import pulumi_aws as aws

from fastapi_on_aws.recording import Graph, record


def program() -> None:
    size = pulumi.Config().require_int("size")
    for number in range(size):
        aws.sqs.Queue(f"queue{number}")
    pulumi.export("stack", pulumi.get_stack())
    pulumi.export("size", size)


def run(number: int) -> Graph:
    return record(program, stack=f"stack{number}", config={"size": number}, mode="update")


def test_many_recordings_follow_one_another() -> None:
    for number in range(5):
        graph = run(number)
        assert graph.outputs == {"stack": f"stack{number}", "size": number}
        assert len(graph) == number + 1


def test_many_recordings_run_at_the_same_time() -> None:
    with ThreadPoolExecutor(8) as pool:
        graphs = list(pool.map(run, range(16)))
    assert [graph.outputs for graph in graphs] == [{"stack": f"stack{n}", "size": n} for n in range(16)]
    assert all(f"::stack{n}::" not in urn for n, graph in enumerate(graphs[1:]) for urn in graph.resources)


def test_a_recording_works_inside_a_running_event_loop() -> None:
    async def main() -> Graph:
        return run(2)

    assert len(asyncio.run(main())) == 3


def test_a_program_may_be_asynchronous() -> None:
    async def later() -> None:
        await asyncio.sleep(0)
        aws.sqs.Queue("queue")

    assert len(record(later)) == 2


def test_a_recording_within_a_recording_is_its_own() -> None:
    def outer() -> None:
        inner = run(3)
        pulumi.export("inner", len(inner))
        pulumi.export("stack", pulumi.get_stack())

    assert record(outer).outputs == {"inner": 4, "stack": "dev"}


def test_nothing_of_a_recording_stays_in_the_process() -> None:
    filters = list(warnings.filters)
    environment = dict(os.environ)
    threads = threading.active_count()
    run(1)
    assert gc.isenabled(), "the collector is off during a recording only"
    assert dict(os.environ) == environment
    assert list(warnings.filters) == filters
    assert threading.active_count() == threads


def test_the_collector_stays_off_where_it_was_off() -> None:
    gc.disable()
    try:
        run(1)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_collector_and_the_environment_change_only_while_recording() -> None:
    seen: list[object] = []
    record(lambda: seen.extend([gc.isenabled(), os.environ.get("PULUMI_ERROR_OUTPUT_STRING")]))
    assert seen == [False, "true"]


def test_other_contexts_keep_their_settings_of_pulumi() -> None:
    def settings() -> tuple[object, object, object]:
        return pulumi.get_stack(), pulumi.runtime.settings.get_monitor(), pulumi.runtime.settings.get_engine()

    before = settings(), contextvars.Context().run(settings)
    run(1)
    assert (settings(), contextvars.Context().run(settings)) == before, (
        "the SDK makes the first settings that it sees everybody's default"
    )
