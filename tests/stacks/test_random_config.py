"""Any stack file gives a sound stack, or one sentence that says what is wrong with it.

200 files by default, in less than a minute; 4000 on demand::

    pytest tests/stacks/test_random_config.py --hypothesis-profile=thorough

A failure prints the smallest file that it found; `fastapi-on-aws plan --stack-file <that file>` shows what becomes of
it, and the next run of the test tries it first.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pulumi
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from fastapi_on_aws import UsageError
from fastapi_on_aws.inspection import Inspection
from fastapi_on_aws.packaging import Package
from fastapi_on_aws.recording import STACK_TYPE, Graph, Mode
from stack_settings.schema import PROJECT
from tests.stacks.random_config.files import StackFile, stack_files
from tests.stacks.random_config.mutations import PLANTED_SECRETS
from tests.stacks.random_config.words import PARTICULAR, REFUSED, all_paths
from tests.support.invariants import INVARIANTS, check
from tests.support.recorded import identity, stack_graph

EXAMPLES = 2 * settings().max_examples
RECORDINGS = [[Mode.UPDATE], [Mode.PREVIEW], [Mode.UPDATE, Mode.PREVIEW], [Mode.UPDATE, Mode.UPDATE]]
"""Of one file. Recordings take nearly all the time, so not every file has two."""
PACKAGE = Package(path=Path("package.zip"), sha256="A" * 43 + "=", zip_bytes=1, unpacked_bytes=1)
NAMES_A_PLACE = re.compile(rf"(?<!\w)(?:{PROJECT}|aws):|Pulumi\.[\w.-]+\.yaml")
SHOWS_PYTHON = re.compile(r"Traceback|<class|<[\w.]+ object| at 0x|\bNoneType\b|\bdict\b|Error\b|\bYamlMap\b")


@dataclass
class Tally:
    """What the examples of a run came to."""

    graphs: int = 0
    refusals: int = 0
    looked_at: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    """In files that gave a graph."""


def outcome(path: Path, mode: Mode) -> Graph | str:
    """The graph of a stack file, or the sentence that refuses it."""
    constructed: list[str] = []

    def construct(resource: pulumi.Resource, type_: str, *args: Any, **options: Any) -> None:
        constructed.append(type_)
        original(resource, type_, *args, **options)

    original = pulumi.Resource.__init__
    # A wheel and a process for each file would take hours; both have tests of their own.
    with (
        mock.patch.object(pulumi.Resource, "__init__", construct),
        mock.patch("fastapi_on_aws.packaging.build_package", return_value=PACKAGE),
        mock.patch("fastapi_on_aws.inspection.inspect_app", return_value=Inspection()),
    ):
        try:
            return stack_graph(path, mode)
        except UsageError as error:
            refused = str(error)
    assert set(constructed) <= {STACK_TYPE}, f"{constructed} were registered before this: {refused}"
    return refused


def check_sentence(sentence: str) -> None:
    """It stands on one line, names a place in the config, and is for people."""
    assert sentence.strip() == sentence
    assert len(sentence.splitlines()) == 1, f"not one sentence: {sentence!r}"
    assert NAMES_A_PLACE.search(sentence), f"names no place: {sentence!r}"
    assert not SHOWS_PYTHON.search(sentence), f"speaks Python: {sentence!r}"
    assert len(sentence) < 1500, f"nobody reads {len(sentence)} characters"
    assert not any(secret in sentence for secret in PLANTED_SECRETS), f"tells the secret: {sentence!r}"


def check_graphs(first: Graph, second: Graph) -> Counter[str]:
    """They are sound, and say the same: all of it in one mode, which resources there are in two."""
    assert set(first.resources) == set(second.resources), "an update creates what its preview said"
    if first.mode is second.mode:
        assert (identity(first), first.outputs) == (identity(second), second.outputs), "nothing is left to chance"
        assert list(first.resources) == list(second.resources), "nor is the order"
        return check(first)  # whose equal would say the same
    return check(first) + check(second)


def test_any_stack_file_gives_a_sound_stack_or_one_sentence(tmp_path: Path) -> None:
    tally = Tally()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(stack_files(), st.sampled_from(RECORDINGS))
    def holds(file: StackFile, modes: list[Mode]) -> None:
        path = tmp_path / f"Pulumi.{file.stack}.yaml"
        path.write_text(file.text, encoding="utf-8")
        note(f"broken: {' and '.join(file.broken) or 'nothing'}; modes: {', '.join(modes)}; as {path.name} this fails:")
        note(f"{file.text}\nTo see it: fastapi-on-aws plan --stack-file {path.name}; to debug it: run this test again")
        outcomes = [outcome(path, mode) for mode in modes]
        first, second = outcomes[0], outcomes[-1]
        if isinstance(first, str) or isinstance(second, str):
            assert first == second, "refused before anything is known of the cloud, so in both modes"
            check_sentence(str(first))
            tally.refusals += 1
        else:
            tally.looked_at += check_graphs(first, second)
            tally.words.update(file.words())
            tally.graphs += 1

    holds()
    share = tally.graphs / (tally.graphs + tally.refusals)
    assert share >= 0.3, f"only {share:.0%} of the files gave a stack, so little was looked at"
    assert tally.refusals, "no file was wrong, so no sentence was looked at"
    idle = [invariant.__name__ for invariant in INVARIANTS if not tally.looked_at[invariant.__name__]]
    assert idle == [], "these had nothing to look at"
    if EXAMPLES >= 1000:
        unsaid = [path for path in all_paths() if not tally.words[path] and path not in REFUSED]
        assert unsaid == [], "no sound file said these words"


@pytest.mark.parametrize("ending", PARTICULAR)
def test_what_is_known_of_a_word_is_of_one_that_exists(ending: str) -> None:
    assert any(f".{path}".endswith(f".{ending}") for path in all_paths()), "the word was renamed, or is gone"
