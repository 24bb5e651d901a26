"""What goes wrong in a stack file."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

PLANTED_SECRETS: Final = [
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "postgresql://shop:hunter2@db.internal/shop",
    "-----BEGIN RSA PRIVATE KEY-----",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
]
"""No graph may have one of these in plain text."""

SECRET_PLACES: Final = ["command", "env", "secrets", "build_args"]

ODD_YAML: Final = [
    "on", "0o17", "1_000", "0x1F", "12:30", "2012-10-17", "~", ".inf", "-.inf", ".nan", "1e3", "1e400", "9" * 400,
    "2.0", "-0", "True", "null", "!!binary aGk=", "!!set {a, b}", "!custom x", "&a [*a]", "*nowhere", "{<<: {a: 1}}",
    "{<<: 3}", "{a: 1, a: 2}", "{? [x] : 1}", "{1: x}", "{true: x}", "{null: x}", "{secure: AAABAC}", "[[[[]]]]", "{",
    "'", "@x", "'{\"a\": 1}'", "'[1, 2'", "'null'", "'true'", '"\\ud800"', '"\\0"', '"a\\nb"',
    "|\n      two\n      lines",
]  # fmt: skip

OTHER_VALUES: Final = st.one_of(
    st.sampled_from([None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 0.5, 1e308, "", " ", [], {}, [None], [{}]]),
    st.sampled_from(["0", "-1", "true", "null", "{}", "[]", "None", "*", "../..", "a" * 300, "x" * 70_000, "\u202ex"]),
    st.integers(),
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
).map(deepcopy)  # since what is drawn is changed, and `sampled_from` gives the same object twice


class Raw(NamedTuple):
    """YAML that no dumper would write."""

    yaml: str


class Place(NamedTuple):
    """Something in a stack file: the map or list that holds it, and where."""

    holder: Any
    key: Any


def places(value: Any) -> Iterator[Place]:
    """Everything in a stack file, the outermost first."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        yield Place(value, key)
        yield from places(value[key])


def mutated(draw: st.DrawFn, config: dict[str, Any]) -> str:
    """Break one thing; returns what kind of thing it was."""
    place = draw(st.sampled_from(list(places(config))))
    kind = draw(st.sampled_from(sorted(MUTATIONS)))
    MUTATIONS[kind](draw, config, place)
    return kind


def _misspell(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    if not isinstance(place.key, str):
        return
    at = draw(st.integers(0, len(place.key)))
    cut = place.key[:at] + draw(st.sampled_from(["", "e", "_", "\u00e9", "\n", "."])) + place.key[at + 1 :]
    place.holder[cut] = place.holder.pop(place.key)


def _replace(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    place.holder[place.key] = draw(OTHER_VALUES)


def _beyond(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    value = place.holder[place.key]
    if isinstance(value, int):
        place.holder[place.key] = draw(st.sampled_from([value + 1, value - 1, -value, value * 10, float(value)]))
    elif isinstance(value, str):
        place.holder[place.key] = draw(
            st.sampled_from([f"{value} ", f"{value}\n", value.upper(), value[:-1], value * 30])
        )
    elif isinstance(value, list):
        place.holder[place.key] = draw(st.sampled_from([value * 2, value[:1], value * 40]))


def _move(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    maps = [config, *(p.holder[p.key] for p in places(config) if isinstance(p.holder[p.key], dict))]
    target = draw(st.sampled_from(maps))
    value = place.holder[place.key]
    if all(target is not inner.holder for inner in places(value)) and target is not value:
        del place.holder[place.key]
        target[str(place.key)] = value


def _wrap(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    value = place.holder[place.key]
    place.holder[place.key] = draw(st.sampled_from([[value], {"value": value}, {str(place.key): value}]))


def _odd(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    place.holder[place.key] = Raw(draw(st.sampled_from(ODD_YAML)))


def _add(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    value = place.holder[place.key]
    key = draw(st.one_of(st.sampled_from(["", "min", "aws:profile", "x", "secure", "name"]), st.text(max_size=8)))
    if isinstance(value, dict):
        value[key] = draw(OTHER_VALUES)
    else:
        config[draw(st.sampled_from([f"other:{key}", f"aws:{key}", key, f"fastapi-on-aws:{key}"]))] = draw(OTHER_VALUES)


def _plant(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    """Where people put secrets: in the environment, in arguments of a command or a build, or instead of an ARN."""
    maps = [p.holder[p.key] for p in places(config) if isinstance(p.holder[p.key], dict)]
    holders = [inner for inner in maps for key in inner if key in SECRET_PLACES]
    if not holders:
        config["app"] = {"env": {}}
    holder = draw(st.sampled_from(holders or [config["app"]]))
    key = draw(st.sampled_from([key for key in SECRET_PLACES if key in holder]))
    secret = draw(st.sampled_from(PLANTED_SECRETS))
    text = draw(st.sampled_from([secret, f"--key={secret}"]))
    holder[key] = [text] if key == "command" else {"A": text}


def _drop(draw: st.DrawFn, config: dict[str, Any], place: Place) -> None:
    if place.holder is not config or len(config) > 1:
        del place.holder[place.key]


MUTATIONS: Final[dict[str, Callable[[st.DrawFn, dict[str, Any], Place], None]]] = {
    "a key misspelled": _misspell,
    "another value": _replace,
    "beyond a limit": _beyond,
    "in the wrong place": _move,
    "wrapped": _wrap,
    "odd YAML": _odd,
    "a key more": _add,
    "a secret": _plant,
    "left out": _drop,
}
