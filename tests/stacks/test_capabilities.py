"""No word of a stack file is dropped in silence, whatever the pattern: the table says what becomes of it."""

import dataclasses
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from fastapi_on_aws import AppArgs, HealthArgs, ServiceArgs, UsageError
from fastapi_on_aws.recording import Graph
from stack_settings import Pattern
from stack_settings.capabilities import CAPABILITIES, Capability, Fate
from tests.support.recorded import stack_graph

SECRET: Final = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"
ADMINS: Final = ["arn:aws:iam::123456789012:role/deployer"]
SAMPLES: Final[dict[str, Any]] = {
    "app.health.live": "/alive",
    "app.health.start_seconds": 90,
    "app.cpu": "0.25 vCPU",
    "app.scaling": {"min": 3},
    "app.egress_ports": [443, 5432],
    "app.drain_seconds": 30,
    "app.websockets": True,
    "services.<name>.cpu": "0.25 vCPU",
    "services.<name>.memory": "2 GB",
    "services.<name>.scaling": {"min": 3},
    "load_balancer": {"access": "cloudfront"},
    "ecs": {"log_retention_days": 90, "container_insights": "disabled"},
    "eks": {"admins": ADMINS, "endpoint": "private"},
    "eks.scaling.requests": 500,
    "lambda": {"log_retention_days": 90},
}
"""A value that is not the default of each word that some pattern notes or refuses."""


def stack(tmp_path: Path, pattern: Pattern, word: str, value: Any) -> Graph:
    """A stack with one word said, beside what the pattern cannot do without."""
    config: dict[str, Any] = {"services": {"catalog": {"prefix": "/catalog"}}}
    if pattern is Pattern.MICROSERVICES:
        config["eks"] = {"admins": ADMINS, "endpoint": "private"}
    holder, (*blocks, last) = config, word.replace("<name>", "catalog").split(".")
    for block in blocks:
        holder = holder.setdefault(block, {})
    holder[last] = value
    path = tmp_path / "Pulumi.words.yaml"
    keys = {"aws:region": "eu-west-1", "fastapi-on-aws:pattern": pattern.value}
    path.write_text(yaml.safe_dump({"config": {**keys, **{f"fastapi-on-aws:{key}": v for key, v in config.items()}}}))
    return stack_graph(path)


def _with(fate: Fate) -> list[Any]:
    found = [(row, pattern) for row in CAPABILITIES for pattern in Pattern if row.fate(pattern) is fate]
    return [pytest.param(*each, id=f"{each[0].word}-{each[1]}") for each in found]


def test_every_word_of_the_app_and_its_services_is_in_the_table() -> None:
    known = {row.word for row in CAPABILITIES}
    health = {f"app.health.{field.name}" for field in dataclasses.fields(HealthArgs)}
    app = {f"app.{field.name}" for field in dataclasses.fields(AppArgs)} - {"app.health"}
    services = {f"services.<name>.{field.name}" for field in dataclasses.fields(ServiceArgs)}
    assert {*app, *health, *services} <= known


def test_no_word_is_in_the_table_twice() -> None:
    assert len({row.word for row in CAPABILITIES}) == len(CAPABILITIES)


@pytest.mark.parametrize(("row", "pattern"), _with(Fate.NOTED))
def test_what_lies_unused_is_said_in_the_plan(tmp_path: Path, row: Capability, pattern: Pattern) -> None:
    logs = stack(tmp_path, pattern, row.word, SAMPLES[row.word]).logs
    last = row.word.rpartition(".")[2]
    words = [last, "lies unused with"] if row.told_here else [last, "does not apply"]
    assert any(all(word in log.message for word in words) for log in logs), [log.message for log in logs]


@pytest.mark.parametrize(("row", "pattern"), _with(Fate.REFUSED))
def test_what_would_break_is_refused(tmp_path: Path, row: Capability, pattern: Pattern) -> None:
    with pytest.raises(UsageError, match=row.word):
        stack(tmp_path, pattern, row.word, SAMPLES[row.word])


@pytest.mark.parametrize("pattern", Pattern)
def test_what_nobody_has_said_has_no_note(tmp_path: Path, pattern: Pattern) -> None:
    logs = stack(tmp_path, pattern, "app.port", 8000).logs
    assert not [log.message for log in logs if "lies unused" in log.message]


def test_the_words_of_a_block_that_lies_unused_are_named(tmp_path: Path) -> None:
    logs = stack(tmp_path, Pattern.MICROSERVICES, "ecs", SAMPLES["ecs"]).logs
    assert (
        "fastapi-on-aws:ecs (container_insights, log_retention_days) lies unused with pattern microservices: they"
        " are of ECS, which runs the monolith"
    ) in [log.message for log in logs]


def test_a_word_that_is_honoured_or_translated_has_no_note(tmp_path: Path) -> None:
    for word in ("app.drain_seconds", "app.health.live", "load_balancer"):
        logs = stack(tmp_path, Pattern.MICROSERVICES, word, SAMPLES[word]).logs
        assert not [log.message for log in logs if "lies unused" in log.message]
