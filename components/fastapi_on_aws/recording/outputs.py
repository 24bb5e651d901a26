"""Outputs that only a cloud can tell: unknown in a preview, invented in the declared shape in an update."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from .answers import Answers
from .errors import RecordingError
from .graph import UNKNOWN, Mode, Resource, Secret, Unknown, plain
from .invent import Asked, PlainShapes, Shapes, declared_outputs, invent

_STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"
_PLAIN: Final[Shapes] = PlainShapes()


@dataclass(frozen=True)
class Created:
    """What became of a resource."""

    id: str | Unknown
    outputs: Mapping[str, Any]


class Classes:
    """The Python class of each resource, noted while it is constructed; a request tells only the type token."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, str], type] = {}

    def remember(self, args: "pulumi.ResourceTransformationArgs") -> None:
        """A stack transformation that changes nothing."""
        self._by_name[args.type_, args.name] = type(args.resource)

    def of(self, resource: Resource) -> type | None:
        """The class of a resource; None for what another process constructed."""
        return self._by_name.get((resource.type, resource.name))


@dataclass(frozen=True)
class Cloud:
    """Invents what the cloud would return; the user's answers come first."""

    answers: Answers
    mode: Mode
    classes: Classes
    shapes: Mapping[str, Shapes]
    """By package; other packages get outputs by their types alone."""

    def outputs(self, resource: Resource, resources: Mapping[str, Resource]) -> Created:
        """The id of a resource and all of its outputs that are not merely its inputs."""
        asked = Asked(resource, resources)
        answered = self._answered(resource)
        cls = self.classes.of(resource)
        declared = declared_outputs(cls) if cls is not None else {}
        shapes = self._shapes(resource.type)
        outputs: dict[str, Any]
        if self.mode is Mode.PREVIEW:
            outputs = {key: UNKNOWN for key in declared if key not in resource.inputs}
            id_ = resource.id if resource.read else resource.options.import_id or UNKNOWN
        else:
            self._refuse_reference(resource, answered)
            outputs = {
                key: invent(shapes, asked, key, shape)
                for key, shape in declared.items()
                if key not in answered and (not shape.optional and resource.inputs.get(key) is None)
            }
            id_ = resource.id if resource.read else resource.options.import_id or shapes.id(asked)
        shapes.adjust(asked, outputs, self.mode)
        outputs.update(answered)
        return Created(outputs.pop("id", id_) if "id" in answered else id_, outputs)

    def _answered(self, resource: Resource) -> Mapping[str, Any]:
        answer = self.answers.outputs.get(resource.type)
        exists = self.mode is Mode.UPDATE or resource.read
        found = answer(resource, self.mode) if callable(answer) else answer if exists else None
        if found is None:
            return {}
        if resource.type == _STACK_REFERENCE and isinstance(exports := found.get("outputs"), Mapping):
            secret = [name for name, value in exports.items() if isinstance(value, Secret)]
            return {"name": resource.name, "secretOutputNames": secret, **found, "outputs": plain(exports)}
        return found

    def _refuse_reference(self, resource: Resource, answered: Mapping[str, Any]) -> None:
        if resource.type == _STACK_REFERENCE and "outputs" not in answered:
            raise RecordingError(
                f"the program reads outputs of the stack {plain(resource.inputs.get('name'))!r}, which only a state "
                f'can tell; give them: Answers(outputs={{"{_STACK_REFERENCE}": {{"outputs": {{...}}}}}})'
            )

    def _shapes(self, type_: str) -> Shapes:
        return self.shapes.get(type_.partition(":")[0], _PLAIN)
