"""Secrets stay secret from input to export."""

import pulumi
import pulumi_aws as aws

from fastapi_on_aws.recording import UNKNOWN, Mode, Secret, record

QUEUE = "aws:sqs/queue:Queue"


def test_secret_inputs_are_recorded_as_secrets() -> None:
    def program() -> None:
        aws.sqs.Queue("queue", name=pulumi.Output.secret("hidden"), tags={"a": pulumi.Output.secret("x"), "b": "y"})

    queue = record(program).one(QUEUE)
    assert queue.inputs["name"] == Secret("hidden")
    assert queue.inputs["tags"] == {"a": Secret("x"), "b": "y"}
    assert queue.outputs["name"] == Secret("hidden")


def test_secrets_survive_applies_and_resources() -> None:
    def program() -> None:
        queue = aws.sqs.Queue("queue", name=pulumi.Output.secret("hidden"))
        pulumi.export("text", pulumi.Output.concat("name ", queue.name))

    for mode in Mode:
        assert record(program, mode=mode).outputs == {"text": Secret("name hidden")}


def test_additional_secret_outputs_are_secret_in_both_modes() -> None:
    def program() -> None:
        queue = aws.sqs.Queue("queue", opts=pulumi.ResourceOptions(additional_secret_outputs=["url"]))
        pulumi.export("url", queue.url)

    assert record(program).outputs == {"url": Secret(UNKNOWN)}
    assert isinstance(record(program, mode="update").outputs["url"], Secret)


def test_secret_outputs_of_components_stay_secret() -> None:
    class Component(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("lib:x:C", "c")
            self.register_outputs({"password": pulumi.Output.secret("x")})

    assert record(Component).one("lib:x:C").outputs == {"password": Secret("x")}
