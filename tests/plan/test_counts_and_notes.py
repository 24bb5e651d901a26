from fastapi_on_aws.plan import count, notes
from fastapi_on_aws.recording.graph import Log
from tests.plan.graphs import graph, resource, urn, web_shop


def test_components_providers_and_what_is_only_read_are_not_resources_to_create() -> None:
    shop = web_shop()
    counts = count(graph(*list(shop)[1:], resource("pulumi:providers:aws", "eu")))
    assert (counts.resources, counts.components, counts.providers, counts.read) == (6, 2, 1, 1)
    assert "aws:kms/key:Key" not in counts.by_type, "the only key is read"
    assert sum(counts.by_type.values()) == counts.resources
    assert list(counts.by_type) == sorted(counts.by_type)


def test_a_program_without_resources_counts_nothing() -> None:
    assert count(graph()).resources == 0


def test_a_message_is_said_once_with_all_resources_that_it_is_about() -> None:
    first, second = urn("shop:index:Web", "a"), urn("shop:index:Web", "b")
    said = notes(graph(logs=(Log("info", "x", first), Log("info", "x", second), Log("info", "x", first))))
    assert [(note.message, note.resources) for note in said] == [("x", (first, second))]


def test_debug_messages_are_left_out_and_severities_kept_apart() -> None:
    said = notes(graph(logs=(Log("debug", "d"), Log("info", "x"), Log("warning", "x"), Log("error", "e"))))
    assert [(note.severity, note.message) for note in said] == [("info", "x"), ("warning", "x"), ("error", "e")]
