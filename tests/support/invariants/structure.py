"""What holds for every graph of this project: its resources, tags, texts and outputs."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from fastapi_on_aws.recording import STACK_TYPE, Graph, Mode
from fastapi_on_aws.recording.values import has_unknown
from tests.support.invariants.reading import Seen, config_of, readable, texts

PROVIDER: Final = "pulumi:providers:aws"
ARN: Final = re.compile(r"arn:aws:[a-z0-9-]+:([a-z]{2}-[a-z]+-[0-9])?:([0-9]{12}|aws|lambda)?:[^\s{}<>]*[^\s{}<>:/]")
POLICY_ARN: Final = re.compile(rf"{ARN.pattern}(:\*|/\*)?|arn:aws:ec2:\*:\*:[a-z]+/\*")
"""The last is what Auto Mode makes for a cluster, wherever that is; conditions keep others out."""
UNRESOLVED: Final = re.compile(r"\bNone\b|Output\[|<[a-z_]+[. ]|\bobject at 0x|\{[a-z_.]*\}|//$|UNKNOWN|://[/:]|://$")


def every_resource_hangs_below_a_component(graph: Graph) -> Iterator[Seen]:
    """What hangs below nothing is left when its part goes."""
    for resource in graph:
        if resource.custom and resource.type != PROVIDER:
            parent = graph.resources.get(resource.parent or "")
            orphan = parent is None or parent.custom or parent.type == STACK_TYPE
            yield Seen(resource.urn, "hangs below no component" if orphan else "")


def every_name_is_there_once(graph: Graph) -> Iterator[Seen]:
    """A reader of a plan tells two resources apart by type and name."""
    for (type_, name), count in Counter((r.type, r.name) for r in graph).items():
        yield Seen(f"{type_} {name}", f"is there {count} times" if count > 1 else "")


def every_reference_leads_somewhere(graph: Graph) -> Iterator[Seen]:
    """Parents, dependencies and providers are in the graph."""
    for resource in graph:
        for urn in (resource.parent, resource.provider, *resource.dependencies):
            if urn is not None:
                yield Seen(resource.urn, "" if urn in graph.resources else f"refers to {urn}")


def the_one_provider_tags_everything(graph: Graph) -> Iterator[Seen]:
    """The tags of the provider reach what it creates, and no resource says otherwise."""
    provider = graph.one(PROVIDER)
    tags = json.loads(provider.inputs["defaultTags"])["tags"]
    ours = {"project": graph.project, "stack": graph.stack, "managed-by": "pulumi"}
    yield Seen(provider.name, "" if ours.items() <= tags.items() else f"has the tags {tags}")
    for resource in graph:
        if resource.type.startswith("aws:"):
            own = resource.inputs.get("tags") or {}
            yield Seen(resource.urn, "" if resource.provider == provider.urn else "has another provider")
            yield Seen(resource.urn, "" if ours.keys().isdisjoint(own) else f"overrides tags: {own}")


def nothing_is_unresolved(graph: Graph) -> Iterator[Seen]:
    """No text has a hole where an output should be, and every ARN is whole; what the user wrote stays as it is."""
    users = {text for _, text in texts("", config_of(graph))}
    for resource in graph:
        if graph.mode is Mode.UPDATE and resource.type != PROVIDER:
            yield Seen(resource.urn, "has unknown inputs after an update" if has_unknown(dict(resource.inputs)) else "")
        for path, text in texts(resource.urn, readable(resource)):
            if text in users or path.startswith(f"{resource.urn}.code"):
                continue
            arn = POLICY_ARN if ".policy." in path else ARN
            whole = not text.startswith("arn:") or arn.fullmatch(text)
            yield Seen(path, "" if whole and not UNRESOLVED.search(text) else f"is {text!r}")


def the_stack_says_where_it_is(graph: Graph) -> Iterator[Seen]:
    """Its URL, one below it for each service with a prefix, what a domain of the API has to lead to, its cluster."""
    host = r"[a-z0-9.-]+\.[a-z0-9-]+"
    others = {"outputs.domain_target": host, "outputs.cluster_name": r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}"}
    for name, text in texts("outputs", dict(graph.outputs)):
        whole = re.fullmatch(others.get(name, rf"https?://{host}(/[A-Za-z0-9._~-]+)*"), text)
        yield Seen(name, "" if whole else f"is {text!r}")
