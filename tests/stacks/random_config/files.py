"""Random stack files: words that fit, and what goes wrong with them."""

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml
from hypothesis import strategies as st

from stack_settings.schema import PROJECT
from tests.stacks.random_config.fitting import fitted
from tests.stacks.random_config.mutations import Raw, mutated
from tests.stacks.random_config.words import ACCOUNT, OURS, REGIONS, Config, block, words_in

PROVIDER: Final = st.fixed_dictionaries(
    {},
    optional={
        "aws:profile": st.just("work"),
        "aws:maxRetries": st.integers(0, 50),
        "aws:allowedAccountIds": st.builds(lambda: [ACCOUNT]),
        "aws:defaultTags": st.builds(lambda: {"tags": {"owner": "shop"}}),
    },
)
STACKS: Final = st.one_of(st.just("dev"), st.from_regex(r"[A-Za-z0-9_.-]{1,100}", fullmatch=True))


@dataclass(frozen=True)
class StackFile:
    """A stack file before it is written."""

    stack: str
    text: str
    config: Config
    """What it was made from."""
    broken: tuple[str, ...]
    """What was done to it; nothing, if it follows the schema."""

    def words(self) -> set[str]:
        """The paths of the words that it says."""
        said = {key: schema for key, schema in OURS.items() if key in self.config}
        return {path for key, schema in said.items() for path in words_in(self.config[key], schema, key)}


@st.composite
def stack_files(draw: st.DrawFn) -> StackFile:
    """Mostly sound ones; of the others, most with one thing wrong."""
    config: Config = {"aws:region": draw(st.sampled_from(REGIONS)), **draw(block({"properties": OURS}, ""))}
    meant = draw(st.sampled_from(["anything", "a zip", "a cluster"]))  # the words that these take seldom meet
    if meant == "a zip":
        config.update({"pattern": "serverless", "lambda": {**draw(block(OURS["lambda"], "lambda")), "package": "zip"}})
    elif meant == "a cluster":
        config.update({"pattern": "microservices", "eks": draw(block(OURS["eks"], "eks"))})
    if draw(_chance(9, 10)):
        fitted(draw, config)
    config.update(draw(PROVIDER) if draw(_chance(1, 5)) else {})
    broken = tuple(mutated(draw, config) for _ in range(draw(st.sampled_from([0, 1, 1, 2, 2, 3]))))
    return StackFile(draw(STACKS), written(config), config, broken)


def written(config: Config) -> str:
    """YAML, with the namespace of the project before its own keys."""
    raw: list[str] = []
    named = {key if ":" in str(key) else f"{PROJECT}:{key}": value for key, value in config.items()}
    text = yaml.safe_dump({"config": _marked(named, raw)}, allow_unicode=True, sort_keys=False, width=10**6)
    return re.sub(r"'?<raw (\d+)>'?", lambda match: raw[int(match[1])], text)


def _marked(value: Any, raw: list[str]) -> Any:
    if isinstance(value, Raw):
        raw.append(value.yaml)
        return f"<raw {len(raw) - 1}>"
    if isinstance(value, dict):
        return {key: _marked(inner, raw) for key, inner in value.items()}
    return [_marked(inner, raw) for inner in value] if isinstance(value, list) else value


def _chance(times: int, of: int) -> st.SearchStrategy[bool]:
    return st.sampled_from([True] * times + [False] * (of - times))
