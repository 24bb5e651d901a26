"""Each resource is recorded as the engine would receive it."""

from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from fastapi_on_aws.recording import STACK_TYPE, Mode, RecordingError, SourcePosition, record

QUEUE = "aws:sqs/queue:Queue"
STACK = "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev"


class Inner(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lib:x:Inner", name, None, opts)
        self.queue = aws.sqs.Queue(f"{name}-queue", opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


class Outer(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lib:x:Outer", name, None, opts)
        self.inner = Inner(f"{name}-inner", pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def test_urns_carry_the_types_of_all_parents_but_not_the_stacks() -> None:
    graph = record(lambda: Outer("a"))
    assert list(graph.resources) == [
        STACK,
        "urn:pulumi:dev::project::lib:x:Outer::a",
        "urn:pulumi:dev::project::lib:x:Outer$lib:x:Inner::a-inner",
        f"urn:pulumi:dev::project::lib:x:Outer$lib:x:Inner${QUEUE}::a-inner-queue",
    ]


def test_parents_are_urns_and_top_level_resources_belong_to_the_stack() -> None:
    graph = record(lambda: Outer("a"))
    inner, queue = graph.one("lib:x:Inner"), graph.one(QUEUE)
    assert queue.parent == inner.urn
    assert graph.one("lib:x:Outer").parent == STACK
    assert graph.one(STACK_TYPE).parent is None
    assert graph.children(inner.urn) == [queue]


def test_components_and_the_stack_are_not_custom() -> None:
    graph = record(lambda: Outer("a"))
    assert {resource.type: resource.custom for resource in graph} == {
        STACK_TYPE: False,
        "lib:x:Outer": False,
        "lib:x:Inner": False,
        QUEUE: True,
    }


def test_two_resources_with_one_urn_are_refused_with_both_places() -> None:
    def program() -> None:
        aws.sqs.Queue("same")
        aws.sqs.Queue("same")

    line = program.__code__.co_firstlineno
    with pytest.raises(RecordingError, match="two resources have the URN") as refused:
        record(program)
    message = str(refused.value)
    assert f"{__file__}:{line + 1}" in message, message
    assert f"{__file__}:{line + 2}" in message, message


def test_one_name_under_two_parents_is_fine() -> None:
    def program() -> None:
        for name in ("a", "b"):
            parent = pulumi.ComponentResource("lib:x:Group", name)
            aws.sqs.Queue("queue", opts=pulumi.ResourceOptions(parent=pulumi.ComponentResource(f"lib:{name}:G", "g")))
            assert parent is not None

    assert len(record(program).of_type(QUEUE)) == 2


def test_dependencies_come_from_inputs_and_from_depends_on() -> None:
    def program() -> None:
        first, second = aws.sqs.Queue("first"), aws.sqs.Queue("second")
        aws.sqs.Queue("third", tags={"of": first.arn}, opts=pulumi.ResourceOptions(depends_on=[second]))

    graph = record(program)
    first, second = graph.one(QUEUE, "first"), graph.one(QUEUE, "second")
    third = graph.one(QUEUE, "third")
    assert third.dependencies == tuple(sorted([first.urn, second.urn]))
    assert third.property_dependencies == {"tags": (first.urn,)}, "depends_on belongs to no property"


def test_depending_on_a_component_means_depending_on_its_children() -> None:
    def program() -> None:
        aws.sqs.Queue("after", opts=pulumi.ResourceOptions(depends_on=[Outer("a")]))

    graph = record(program)
    assert graph.one(QUEUE, "a-inner-queue").urn in graph.one(QUEUE, "after").dependencies


def test_resource_options_are_recorded_under_pulumis_names() -> None:
    def program() -> None:
        first = aws.sqs.Queue("first")
        aws.sqs.Queue(
            "queue",
            opts=pulumi.ResourceOptions(
                protect=True,
                ignore_changes=["visibility_timeout_seconds"],
                replace_on_changes=["name"],
                delete_before_replace=True,
                retain_on_delete=True,
                deleted_with=first,
                additional_secret_outputs=["url"],
                custom_timeouts=pulumi.CustomTimeouts(create="5m"),
            ),
        )

    graph = record(program)
    options = graph.one(QUEUE, "queue").options
    assert options.protect
    assert options.ignore_changes == ("visibilityTimeoutSeconds",)
    assert options.replace_on_changes == ("name",)
    assert options.delete_before_replace is True
    assert options.retain_on_delete
    assert options.deleted_with == graph.one(QUEUE, "first").urn
    assert options.additional_secret_outputs == ("url",)
    assert options.custom_timeouts == {"create": "5m"}
    assert options.version, "the provider's version is part of the request"
    plain_options = graph.one(QUEUE, "first").options
    assert plain_options.delete_before_replace is None, "not set is not False"
    assert not plain_options.protect


def test_children_inherit_protect() -> None:
    graph = record(lambda: Outer("a", pulumi.ResourceOptions(protect=True)))
    assert graph.one(QUEUE).options.protect


def test_an_explicit_provider_is_recorded_by_its_urn_and_inherited() -> None:
    def program() -> None:
        provider = aws.Provider("west", region="eu-west-1")
        Outer("a", pulumi.ResourceOptions(provider=provider))
        aws.sqs.Queue("default")

    graph = record(program)
    provider = graph.one("pulumi:providers:aws")
    assert graph.one(QUEUE, "a-inner-queue").provider == provider.urn
    assert graph.one(QUEUE, "default").provider is None


def test_aliases_are_resolved_to_urns() -> None:
    def program() -> None:
        aws.sqs.Queue(
            "new",
            opts=pulumi.ResourceOptions(
                parent=Outer("a"),
                aliases=[
                    pulumi.Alias(name="old"),
                    pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE),
                    pulumi.Alias(type_="aws:sqs:Queue", stack="other"),
                    "urn:pulumi:dev::project::x:y:Z::literal",
                ],
            ),
        )

    assert record(program).one(QUEUE, "new").options.aliases == (
        f"urn:pulumi:dev::project::lib:x:Outer${QUEUE}::old",
        f"urn:pulumi:dev::project::{QUEUE}::new",
        "urn:pulumi:other::project::lib:x:Outer$aws:sqs:Queue::new",
        "urn:pulumi:dev::project::x:y:Z::literal",
    )


def test_children_inherit_the_aliases_of_their_parents() -> None:
    graph = record(lambda: Outer("a", pulumi.ResourceOptions(aliases=[pulumi.Alias(name="b", type_="lib:x:Old")])))
    assert graph.one("lib:x:Inner").options.aliases == ("urn:pulumi:dev::project::lib:x:Old$lib:x:Inner::b-inner",), (
        "a child named after its parent was named after the former parent"
    )
    assert graph.one(QUEUE).options.aliases == (
        f"urn:pulumi:dev::project::lib:x:Old$lib:x:Inner${QUEUE}::b-inner-queue",
    )


def test_the_source_is_the_line_that_constructs_the_resource() -> None:
    def program() -> None:
        aws.sqs.Queue("here")

    graph = record(program)
    assert graph.one(QUEUE).source == SourcePosition(__file__, program.__code__.co_firstlineno + 1)
    assert graph.one(STACK_TYPE).source is None, "nobody wrote a line for the stack"
    assert str(graph.one(QUEUE).source).startswith(str(Path(__file__)))


def test_reading_a_resource_is_recorded_as_a_read() -> None:
    def program() -> None:
        queue = aws.sqs.Queue.get("theirs", "https://sqs/q")
        pulumi.export("id", queue.id)

    for mode in Mode:
        graph = record(program, mode=mode)
        queue = graph.one(QUEUE)
        assert queue.read
        assert queue.id == "https://sqs/q"
        assert graph.outputs["id"] == "https://sqs/q"


def test_an_imported_resource_has_the_id_it_is_imported_with() -> None:
    graph = record(lambda: aws.ec2.Vpc("vpc", opts=pulumi.ResourceOptions(import_="vpc-1")))
    vpc = graph.one("aws:ec2/vpc:Vpc")
    assert vpc.options.import_id == "vpc-1"
    assert vpc.id == "vpc-1"


def test_resources_come_in_the_same_order_every_time() -> None:
    def program() -> None:
        for number in range(20):
            Outer(f"c{number}")

    assert list(record(program).resources) == list(record(program).resources)


def test_project_stack_and_organization_are_the_given_ones() -> None:
    def program() -> None:
        pulumi.export("where", [pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()])
        pulumi.export("root", pulumi.get_root_directory())
        aws.sqs.Queue("queue")

    graph = record(program, project="shop", stack="prod", organization="acme", root_directory="/")
    assert graph.outputs == {"root": "/", "where": ["acme", "shop", "prod"]}
    assert (graph.project, graph.stack) == ("shop", "prod")
    assert graph.one(QUEUE).urn == f"urn:pulumi:prod::shop::{QUEUE}::queue"


def test_a_resource_as_an_input_is_its_id() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        pulumi.export("vpc", {"it": vpc.id})
        aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")

    graph = record(program, mode="update")
    vpc = graph.one("aws:ec2/vpc:Vpc")
    assert graph.one("aws:ec2/subnet:Subnet").inputs["vpcId"] == vpc.id


def test_assets_and_archives_are_recorded_by_what_they_are_made_of(tmp_path: Path) -> None:
    def program() -> None:
        code = pulumi.AssetArchive({"app.py": pulumi.StringAsset("x = 1"), "lib": pulumi.FileArchive(str(tmp_path))})
        aws.lambda_.Function("function", role="arn:aws:iam::1:role/r", code=code)

    code = record(program).one("aws:lambda/function:Function").inputs["code"]
    assert code == {"assets": {"app.py": {"text": "x = 1"}, "lib": {"path": str(tmp_path)}}}
