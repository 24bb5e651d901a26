"""What a program raises reaches the caller as it was raised, without noise."""

import asyncio
import gc
import sys
import threading
import warnings

import pulumi
import pulumi_aws as aws
import pytest

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.recording import Mode, RecordingError, loop, record


class OddError(ValueError):
    """An exception of the program, of a kind that the SDK likes to replace."""


def fail(error: Exception) -> str:
    raise error


def test_an_exception_of_the_program_body_reaches_the_caller() -> None:
    def program() -> None:
        aws.sqs.Queue("queue")
        raise UsageError("size must be at least 1")

    with pytest.raises(UsageError, match="^size must be at least 1$"):
        record(program)


def test_an_exception_of_a_component_reaches_the_caller() -> None:
    class Component(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("lib:x:Component", "component")
            aws.sqs.Queue("queue", opts=pulumi.ResourceOptions(parent=self))
            raise UsageError("no")

    with pytest.raises(UsageError):
        record(Component)


def test_an_exception_of_an_apply_callback_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        record(lambda: aws.sqs.Queue("queue").arn.apply(lambda _: 1 // 0), mode="update")


@pytest.mark.parametrize(
    "error", [UsageError("bad"), OddError("bad"), ValueError("bad"), AssertionError("bad")], ids=repr
)
def test_an_exception_in_an_input_reaches_the_caller_with_its_type(error: Exception) -> None:
    def program() -> None:
        arn = aws.sqs.Queue("first").arn.apply(lambda _: fail(error))
        aws.sqs.Queue("second", tags={"arn": arn})

    with pytest.raises(type(error), match="^bad$") as raised:
        record(program, mode="update")
    assert type(raised.value) is type(error), "the SDK makes a plain ValueError of every kind of it"


def test_the_first_of_several_failures_is_raised() -> None:
    def program() -> None:
        for number in range(5):
            aws.sqs.Queue(
                f"q{number}", name=pulumi.Output.from_input(number).apply(lambda n: fail(OddError(f"no {n}")))
            )

    with pytest.raises(OddError, match="no 0"):
        record(program)


def test_a_caught_failure_of_the_program_is_no_failure() -> None:
    def program() -> None:
        try:
            fail(OddError())
        except OddError:
            aws.sqs.Queue("fallback")

    assert record(program).one("aws:sqs/queue:Queue").name == "fallback"


def test_missing_config_reaches_the_caller() -> None:
    with pytest.raises(pulumi.ConfigMissingError, match="shop:size"):
        record(lambda: pulumi.Config().require("size"), project="shop")


def test_an_output_in_a_text_is_an_error() -> None:
    with pytest.raises(Exception, match="__str__"):
        record(lambda: aws.sqs.Queue("queue", tags={"arn": f"{aws.sqs.Queue('other').arn}"}))


def test_a_program_that_exits_does_not_end_the_callers_process() -> None:
    with pytest.raises(RecordingError, match=r"sys.exit\(3\)"):
        record(lambda: sys.exit(3))


def test_a_program_that_waits_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "PATIENCE", 0.05)

    def program() -> None:
        never: asyncio.Future[str] = asyncio.Future()
        aws.sqs.Queue("queue", name=never)

    with pytest.raises(RecordingError, match="never happens before it can register aws:sqs/queue:Queue 'queue'"):
        record(program)


def test_work_in_threads_of_the_program_is_waited_for() -> None:
    async def program() -> None:
        pulumi.export("answer", await asyncio.to_thread(lambda: 42))

    assert record(program).outputs == {"answer": 42}


def broken_in_many_ways() -> None:
    component = pulumi.ComponentResource("lib:x:C", "c")
    queues = [aws.sqs.Queue(f"q{n}", opts=pulumi.ResourceOptions(parent=component)) for n in range(10)]
    for number, queue in enumerate(queues):
        bad = queue.arn.apply(lambda _: fail(OddError("bad")))
        aws.sns.Topic(f"t{number}", name=bad, tags={"all": pulumi.Output.all(bad, queue.url).apply(str)})
        pulumi.log.info("about", resource=queue)
    pulumi.StackReference("a/b/c").get_output("x")
    aws.get_region_output(region=queues[0].arn.apply(lambda _: fail(OddError("bad"))))
    pulumi.export("bad", queues[0].arn.apply(lambda _: fail(OddError("bad"))))
    raise OddError("bad")


def test_failures_leave_no_noise_no_tasks_and_no_threads(capfd: pytest.CaptureFixture[str]) -> None:
    threads = set(threading.enumerate())
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for mode in Mode:
            with pytest.raises((OddError, RecordingError)):
                record(broken_in_many_ways, mode=mode)
        gc.collect()
    out, err = capfd.readouterr()
    assert (out, err) == ("", ""), "asyncio prints 'never retrieved' for each of a thousand Outputs"
    assert [str(w.message) for w in warned if issubclass(w.category, RuntimeWarning | ResourceWarning)] == []
    assert set(threading.enumerate()) == threads


def test_a_failure_does_not_leak_into_the_next_recording() -> None:
    with pytest.raises(OddError):
        record(broken_in_many_ways)
    assert len(record(lambda: aws.sqs.Queue("queue"))) == 2
