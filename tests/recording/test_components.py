"""Component resources: their outputs, their notes, and those that another process would build."""

from typing import Any

import pulumi
import pulumi_aws as aws

from fastapi_on_aws.recording import UNKNOWN, Log, Mode, record


class Web(pulumi.ComponentResource):
    url: pulumi.Output[str]

    def __init__(self, name: str, size: pulumi.Input[int]) -> None:
        super().__init__("lib:web:Web", name, {"size": size})
        queue = aws.sqs.Queue(f"{name}-jobs", opts=pulumi.ResourceOptions(parent=self))
        self.url = queue.url
        pulumi.log.info("one task cannot be highly available", resource=self)
        self.register_outputs({"url": self.url, "ready": True})


def test_a_components_registered_outputs_are_its_outputs() -> None:
    graph = record(lambda: Web("web", 3), mode="update")
    web = graph.one("lib:web:Web")
    assert web.inputs == {"size": 3}
    assert web.outputs == {"ready": True, "url": graph.one("aws:sqs/queue:Queue").outputs["url"]}
    assert record(lambda: Web("web", 3)).one("lib:web:Web").outputs == {"ready": True, "url": UNKNOWN}


def test_exports_are_the_graphs_outputs_and_the_stacks() -> None:
    graph = record(lambda: pulumi.export("a", {"b": [1, None, True]}))
    assert graph.outputs == {"a": {"b": [1, None, True]}}
    assert next(iter(graph)).outputs == graph.outputs


def test_messages_are_recorded_with_severity_and_resource() -> None:
    def program() -> None:
        pulumi.log.debug("the SDK writes many of these")
        pulumi.log.warn("careful")
        pulumi.log.error("oh")
        Web("web", 3)

    graph = record(program)
    assert set(graph.logs) == {
        Log("warning", "careful"),
        Log("error", "oh"),
        Log("info", "one task cannot be highly available", graph.one("lib:web:Web").urn),
    }


def test_messages_about_a_late_resource_are_not_lost() -> None:
    def program() -> None:
        first = aws.sqs.Queue("first")
        for number in range(50):
            first = aws.sqs.Queue(f"q{number}", opts=pulumi.ResourceOptions(depends_on=[first]))
        pulumi.log.info("last", resource=first)

    graph = record(program)
    assert graph.logs == (Log("info", "last", graph.one("aws:sqs/queue:Queue", "q49").urn),)


class Remote(pulumi.ComponentResource):
    """A component whose children are made by its provider's process."""

    endpoint: pulumi.Output[str]

    def __init__(self, name: str, args: dict[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("remote:index:Remote", name, {**args, "endpoint": None}, opts, remote=True)


def test_a_remote_component_is_one_opaque_node() -> None:
    def program() -> None:
        queue = aws.sqs.Queue("queue")
        remote = Remote("remote", {"queue": queue.url, "secret": pulumi.Output.secret("x")})
        pulumi.export("endpoint", remote.endpoint.apply(str.upper))
        aws.sqs.Queue("after", tags={"at": remote.endpoint})

    for mode in Mode:
        graph = record(program, mode=mode)
        remote = graph.one("remote:index:Remote")
        queue = graph.one("aws:sqs/queue:Queue", "queue")
        assert remote.remote
        assert not remote.custom
        assert graph.children(remote.urn) == []
        assert remote.dependencies == (queue.urn,)
        assert remote.inputs["queue"] == (UNKNOWN if mode is Mode.PREVIEW else queue.outputs["url"])
        assert repr(remote.inputs["secret"]) == "Secret()"
        assert (graph.outputs["endpoint"] is UNKNOWN) == (mode is Mode.PREVIEW)


def test_hooks_are_not_run() -> None:
    ran: list[str] = []

    def program() -> None:
        hooks = pulumi.ResourceHookBinding(after_create=[lambda _: ran.append("hook")])
        aws.sqs.Queue("queue", opts=pulumi.ResourceOptions(hooks=hooks))

    assert len(record(program, mode="update")) == 2
    assert ran == [], "a hook acts on a world that a recording does not have"
