"""The recorder and the real engine look at the same program: what one registers, the other does."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from fastapi_on_aws.recording import UNKNOWN, Answers, Graph, Mode, Resource, Secret, record_project
from tests.engine.registered import SECRET_MARK, UNKNOWN_MARK, Registered
from tests.engine.rig import REGION, Rig
from tests.engine.stack import Result, Stack
from tests.engine.standin.invokes import Invokes
from tests.engine.standin.outputs import Settings
from tests.engine.toolchain import ROOT, Toolchain
from tests.support.recorded import STACK_FILES

_PREFIX_LIST: Final = "aws:ec2/getManagedPrefixList:getManagedPrefixList"


_ANSWERS: Final = Answers(
    invokes={_PREFIX_LIST: lambda args, _: Invokes(Settings(REGION, {}), None).answer(_PREFIX_LIST, dict(args))}
)
"""Its id is the one thing that both would invent though a preview knows it."""


@dataclass(frozen=True, kw_only=True)
class Sides:
    """One stack file, planned and made by the engine, and recorded in both modes."""

    stack: Stack
    planned: Result
    made: Result
    looked_up: Mapping[Mode, list[str]]
    """Tokens of the engine's invokes."""
    recorded: Mapping[Mode, Graph]

    def pairs(self, mode: Mode = Mode.PREVIEW) -> Iterator[tuple[Resource, Registered]]:
        """The same resource on both sides."""
        engine = (self.planned if mode is Mode.PREVIEW else self.made).registered
        for urn, resource in self.recorded[mode].resources.items():
            if urn in engine:
                yield resource, engine[urn]


@pytest.fixture(scope="module", params=STACK_FILES, ids=lambda path: path.stem.removeprefix("Pulumi."))
def sides(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain, sdk_cache: Path
) -> Sides:
    """Both sides of one stack file."""
    name = request.param.stem.removeprefix("Pulumi.")
    rig = Rig(tmp_path_factory.mktemp(name) / "rig", toolchain, sdk_cache)
    stack = rig.stack(ROOT, name, include=["sample_app"])
    planned = stack.preview()
    in_preview = _invoked(rig)
    made = stack.up()
    return Sides(
        stack=stack,
        planned=planned,
        made=made,
        looked_up={Mode.PREVIEW: in_preview, Mode.UPDATE: _invoked(rig)[len(in_preview) :]},
        recorded={mode: record_project(ROOT, stack_file=request.param, mode=mode, answers=_ANSWERS) for mode in Mode},
    )


def _invoked(rig: Rig) -> list[str]:
    return [row["token"] for row in rig.log() if row["op"] == "invoke"]


def test_both_know_the_same_resources(sides: Sides) -> None:
    assert set(sides.recorded[Mode.PREVIEW].resources) == set(sides.planned.registered)
    made = {urn for urn in sides.made.registered if not _is_default_provider(urn)}  # the engine's own doing
    assert set(sides.recorded[Mode.UPDATE].resources) == made


@pytest.mark.parametrize("mode", Mode)
def test_both_know_the_same_of_each(sides: Sides, mode: Mode) -> None:
    for recorded, engine in sides.pairs(mode):
        ours = (recorded.type, recorded.name, recorded.parent, recorded.custom, recorded.read)
        assert ours == (engine.type, engine.name, engine.parent, engine.custom, engine.external)
        assert recorded.options.protect is engine.protect, recorded.urn
        assert recorded.options.retain_on_delete is engine.retain_on_delete, recorded.urn
        assert recorded.options.deleted_with == engine.deleted_with, recorded.urn
        assert recorded.provider == (None if _is_default_provider(engine.provider or "") else engine.provider)


@pytest.mark.parametrize("mode", Mode)
def test_both_see_the_same_dependencies(sides: Sides, mode: Mode) -> None:
    for recorded, engine in sides.pairs(mode):
        assert set(recorded.dependencies) == set(engine.dependencies), recorded.urn
        ours = {key: set(urns) for key, urns in recorded.property_dependencies.items() if urns}
        theirs = {key: set(urns) for key, urns in engine.property_dependencies.items()}
        assert ours == theirs, recorded.urn


def test_a_preview_gives_the_same_inputs(sides: Sides) -> None:
    """But for names that a provider makes: it tells them in a preview, and a recording says that they are unknown."""
    names = {re.escape(resource.name.lower()) for resource in sides.recorded[Mode.PREVIEW]}
    invented = re.compile(rf"(^|[/:])({'|'.join(sorted(names))})-[0-9a-f]{{7}}([/:]|$)", re.IGNORECASE)
    for recorded, engine in sides.pairs():
        ours = {key: _marked(value) for key, value in recorded.inputs.items()}
        assert ours == {key: _without(invented, value) for key, value in _own_inputs(engine).items()}, recorded.urn


def test_an_update_gives_inputs_of_the_same_shape(sides: Sides) -> None:
    """Both invent what the cloud would say, and not alike; keys, lengths of lists and kinds of values are the same."""
    for recorded, engine in sides.pairs(Mode.UPDATE):
        ours = {key: _shape(_marked(value)) for key, value in recorded.inputs.items()}
        assert ours == {key: _shape(value) for key, value in _own_inputs(engine).items()}, recorded.urn


@pytest.mark.parametrize("mode", Mode)
def test_both_look_up_the_same(sides: Sides, mode: Mode) -> None:
    assert sorted(call.token for call in sides.recorded[mode].invokes) == sorted(sides.looked_up[mode])


def test_both_tell_the_same_notes_and_export_the_same(sides: Sides) -> None:
    for mode, result in ((Mode.PREVIEW, sides.planned), (Mode.UPDATE, sides.made)):
        told = {(log.severity, log.message) for log in sides.recorded[mode].logs}
        assert told == set(result.diagnostics)
        assert told, "every stack file of ours has notes"
    outputs = {key: _shape(_marked(value)) for key, value in sides.recorded[Mode.UPDATE].outputs.items()}
    assert outputs == {key: _shape(value) for key, value in sides.stack.outputs().items()}


def _is_default_provider(urn: str) -> bool:
    return ":pulumi:providers:" in urn and urn.rpartition("::")[2].startswith("default")


def _own_inputs(engine: Registered) -> dict[str, Any]:
    """To a provider's inputs the engine adds the version of its plugin."""
    added = {"version"} if engine.type.startswith("pulumi:providers:") else set()
    return {key: value for key, value in engine.inputs.items() if key not in added}


def _marked(value: Any) -> Any:
    """An input as the engine shows it: where a secret is in it, all of it is secret."""
    return SECRET_MARK if _has_secret(value) else _plain(value)


def _has_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_secret(item) for item in value)
    return isinstance(value, Secret)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return UNKNOWN_MARK if value is UNKNOWN else value


def _without(invented: re.Pattern[str], value: Any) -> Any:
    """A text that is made of an invented name is not known."""
    if isinstance(value, dict):
        return {key: _without(invented, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(invented, item) for item in value]
    return UNKNOWN_MARK if isinstance(value, str) and invented.search(value) else value


def _shape(value: Any) -> Any:
    """Numbers on the wire are all of one kind."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shape(item) for item in value]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
