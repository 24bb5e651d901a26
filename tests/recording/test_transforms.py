"""Transforms run as under the engine: a resource's own, its parents', the stack's."""

from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.recording import UNKNOWN, Secret, record

QUEUE = "aws:sqs/queue:Queue"
Args = pulumi.ResourceTransformArgs
Result = pulumi.ResourceTransformResult


def tagging(tag: str) -> Any:
    def transform(args: Args) -> Result | None:
        if args.type_ != QUEUE:
            return None
        tags = {**cast("dict[str, str]", args.props.get("tags") or {}), tag: args.name}
        return Result({**args.props, "tags": tags}, args.opts)

    return transform


def test_a_stack_transform_changes_every_later_resource() -> None:
    def program() -> None:
        aws.sqs.Queue("before")
        pulumi.runtime.register_resource_transform(tagging("stack"))
        aws.sqs.Queue("after", delay_seconds=3)
        aws.sns.Topic("topic")

    graph = record(program)
    assert "tags" not in graph.one(QUEUE, "before").inputs
    assert graph.one(QUEUE, "after").inputs == {"delaySeconds": 3, "tags": {"stack": "after"}}
    assert graph.one("aws:sns/topic:Topic").inputs == {}


def test_transforms_of_a_resource_and_of_its_parents_apply() -> None:
    def program() -> None:
        parent = pulumi.ComponentResource("lib:x:P", "p", opts=pulumi.ResourceOptions(transforms=[tagging("parent")]))
        aws.sqs.Queue("queue", opts=pulumi.ResourceOptions(parent=parent, transforms=[tagging("own")]))
        aws.sqs.Queue("other")

    graph = record(program)
    assert graph.one(QUEUE, "queue").inputs["tags"] == {"own": "queue", "parent": "queue"}
    assert graph.one(QUEUE, "other").inputs == {}


def test_a_transform_can_be_asynchronous_and_change_options() -> None:
    async def protect(args: Args) -> Result:
        opts = pulumi.ResourceOptions.merge(
            args.opts, pulumi.ResourceOptions(protect=True, ignore_changes=["tags"], depends_on=list(first))
        )
        return Result(args.props, opts)

    first: list[aws.sqs.Queue] = []

    def program() -> None:
        first.append(aws.sqs.Queue("first"))
        aws.sqs.Queue(
            "queue",
            tags={"of": first[0].arn},
            opts=pulumi.ResourceOptions(
                transforms=[protect], retain_on_delete=True, aliases=[pulumi.Alias(name="old")]
            ),
        )

    graph = record(program)
    queue = graph.one(QUEUE, "queue")
    assert queue.options.protect
    assert queue.options.ignore_changes == ("tags",)
    assert queue.options.retain_on_delete, "what a transform leaves alone stays"
    assert queue.options.aliases == (f"urn:pulumi:dev::project::{QUEUE}::old",)
    assert queue.dependencies == (graph.one(QUEUE, "first").urn,)
    assert queue.inputs["tags"] == {"of": UNKNOWN}


def test_secret_and_unknown_values_reach_transforms_as_outputs() -> None:
    kinds: dict[str, bool] = {}

    def look(args: Args) -> Result:
        kinds.update({key: isinstance(value, pulumi.Output) for key, value in args.props.items()})
        return Result(args.props, args.opts)

    def program() -> None:
        first = aws.sqs.Queue("first")
        aws.sqs.Queue(
            "queue",
            name=pulumi.Output.secret("x"),
            policy=first.arn,
            delay_seconds=1,
            opts=pulumi.ResourceOptions(transforms=[look]),
        )

    queue = record(program).one(QUEUE, "queue")
    assert kinds == {"name": True, "policy": True, "delaySeconds": False}
    assert queue.inputs == {"name": Secret("x"), "policy": UNKNOWN, "delaySeconds": 1}


def test_an_exception_of_a_transform_reaches_the_caller() -> None:
    def refuse(args: Args) -> Result:
        raise UsageError(f"no {args.name}")

    with pytest.raises(UsageError, match="no queue"):
        record(lambda: aws.sqs.Queue("queue", opts=pulumi.ResourceOptions(transforms=[refuse])))


def test_many_transforms_do_not_pile_up_on_the_stack() -> None:
    def program() -> None:
        pulumi.runtime.register_resource_transform(tagging("stack"))
        for number in range(200):
            aws.sqs.Queue(f"queue{number}")

    assert all(queue.inputs["tags"] for queue in record(program).of_type(QUEUE))


def test_invoke_transforms_change_look_ups() -> None:
    def transform(args: pulumi.InvokeTransformArgs) -> pulumi.InvokeTransformResult:
        return pulumi.InvokeTransformResult({**args.args, "state": "available"}, args.opts)

    def program() -> None:
        pulumi.runtime.register_invoke_transform(transform)
        aws.get_availability_zones()

    assert record(program).invokes[0].args == {"state": "available"}


def test_legacy_transformations_run_too() -> None:
    def transformation(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != QUEUE:
            return None
        return pulumi.ResourceTransformationResult({**args.props, "delay_seconds": 9}, args.opts)

    def program() -> None:
        pulumi.runtime.register_stack_transformation(transformation)
        aws.sqs.Queue("queue")

    assert record(program).one(QUEUE).inputs == {"delaySeconds": 9}
