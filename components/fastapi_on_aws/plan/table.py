"""A plan for people: heading, tree, counts, outputs and what the program said."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from fastapi_on_aws.plan.counts import Counts, count
from fastapi_on_aws.plan.highlights import facts_of, marks_of
from fastapi_on_aws.plan.layout import Hanging
from fastapi_on_aws.plan.notes import Note, notes
from fastapi_on_aws.plan.tree import Node, forest
from fastapi_on_aws.plan.type_names import service_of, short_type
from fastapi_on_aws.plan.values import Knowledge, Shown, one_line, show
from fastapi_on_aws.recording.graph import Graph

_TITLES = {"error": "Errors", "warning": "Warnings", "info": "Notes"}
_STYLES = {"error": "red", "warning": "yellow", "info": ""}


def table(graph: Graph) -> RenderableType:
    """The plan as a Rich renderable; long lines wrap at the console's width."""
    counts = count(graph)
    blocks: list[RenderableType] = [_heading(graph, counts)]
    roots = forest(graph)
    if roots:
        blocks += [Text(), _tree(roots)]
    if counts.by_type:
        blocks += [Text(), *_counts(counts)]
    if graph.outputs:
        blocks += [Text(), *_outputs(graph)]
    said = notes(graph)
    for severity, title in _TITLES.items():
        chosen = [note for note in said if note.severity == severity]
        if chosen:
            blocks += [Text(), *_notes(title, _STYLES[severity], chosen)]
    return Group(*blocks)


def _heading(graph: Graph, counts: Counts) -> Text:
    words = [Text(f"{one_line(graph.project)}/{one_line(graph.stack)}", style="bold")]
    for label, key in (("region", "aws:region"), ("pattern", f"{graph.project}:pattern")):
        value = graph.config.get(key)
        if isinstance(value, str):
            words.append(Text.assemble((f"{label} ", "dim"), one_line(value)))
    size = _plural(counts.resources, "resource")
    if counts.components:
        size += f" in {_plural(counts.components, 'component')}"
    if counts.read:
        size += f", {counts.read} read"
    return Text("   ").join([*words, Text(size)])


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _tree(roots: list[Node]) -> Tree:
    top = Tree("", hide_root=True, guide_style="dim")
    _grow(top, roots)
    return top


def _grow(branch: Tree, nodes: list[Node]) -> None:
    # Names of siblings line up, except after types so long that the others would drift away from their names.
    widths = [len(short_type(node.resource.type)) for node in nodes]
    column = max((width for width in widths if width <= 36), default=0)
    for node in nodes:
        _grow(branch.add(_line(node, column)), node.children)


def _line(node: Node, column: int) -> Text:
    resource = node.resource
    line = Text(short_type(resource.type).ljust(column), style="" if resource.custom else "cyan")
    line = Text.assemble(line, "  ", (one_line(resource.name), "bold"))
    for fact in facts_of(resource):
        line.append_text(Text.assemble("  ", (f"{fact.label}=", "dim"), _shown(fact.shown)))
    for mark in marks_of(resource):
        line.append(f"  ({one_line(mark)})", style="yellow")
    return line


def _shown(shown: Shown) -> Text:
    return Text(shown.text, style="" if shown.knowledge is Knowledge.KNOWN else "dim")


def _counts(counts: Counts) -> Iterator[RenderableType]:
    services: dict[str, dict[str, int]] = defaultdict(dict)
    for token, number in counts.by_type.items():
        services[service_of(token)][short_type(token).rpartition(".")[2]] = number
    yield Text("Resources", style="bold")
    largest_first = sorted(services.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    column = max(map(len, services))
    for service, kinds in largest_first:
        named = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
        yield Hanging(Text(f"  {service.ljust(column)}  {sum(kinds.values()):>3}  "), Text(named, style="dim"))


def _outputs(graph: Graph) -> Iterator[RenderableType]:
    yield Text("Outputs", style="bold")
    column = max(len(one_line(name)) for name in graph.outputs)
    for name, value in sorted(graph.outputs.items()):
        yield Hanging(Text(f"  {one_line(name).ljust(column)}  "), _shown(show(value)))


def _notes(title: str, style: str, chosen: Iterable[Note]) -> Iterator[RenderableType]:
    yield Text(title, style=f"bold {style}".strip())
    for note in chosen:
        names = ", ".join(one_line(urn.rpartition("::")[2]) for urn in note.resources)
        message = " ".join(one_line(line.strip()) for line in note.message.splitlines())
        yield Hanging(Text("  - "), Text.assemble(message, (f" ({names})" if names else "", "dim")))
