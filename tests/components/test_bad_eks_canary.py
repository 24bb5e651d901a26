"""Canaries on EKS that are refused, each with a sentence."""

import dataclasses
from typing import Any

import pytest

from fastapi_on_aws import AppArgs, EksRolloutArgs, ScalingArgs, ServiceArgs, UsageError
from fastapi_on_aws.coerce import coerce
from tests.components.eks_clusters import LEAST
from tests.components.eks_services import DEPLOYMENT, WORKER, service
from tests.components.microservices_apps import microservices
from tests.components.test_eks_canary import CANARY, TRIED
from tests.support.recorded import names


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"percent": 20}, "rollout.percent is of a canary, and rollout.kind is rolling; take it out, or set"),
        ({"interval_seconds": 60}, "rollout.interval_seconds is of a canary, and rollout.kind is rolling"),
        ({"errors_percent": 5}, "rollout.errors_percent is of a canary, and rollout.kind is rolling"),
        ({"slowest_seconds": 1}, "rollout.slowest_seconds is of a canary, and rollout.kind is rolling"),
        ({"kind": "canary", "percent": 100}, "rollout.percent is 100; it must be 1 to 99"),
        ({"kind": "canary", "interval_seconds": 481}, "rollout.interval_seconds is 481; it must be 60 to 480"),
        ({"kind": "canary", "errors_percent": 0}, "rollout.errors_percent is 0.0; it must be 0.1 to 100"),
        ({"kind": "canary", "max_surge_percent": 0}, "rollout.max_surge_percent and rollout.max_unavailable_percent"),
        ({"kind": "linear"}, "rollout.kind cannot be 'linear'"),
    ],
)
def test_words_that_cannot_work_are_refused(words: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        coerce(EksRolloutArgs, words, "rollout")
    assert str(refused.value).startswith(sentence)


def test_a_worker_has_no_requests_to_try_anything_with() -> None:
    with pytest.raises(UsageError, match=r"^shop\.rollout\.kind is canary, and nothing is sent to a worker; set it to"):
        service(dataclasses.replace(WORKER, rollout=CANARY))


def test_a_name_has_room_for_what_belongs_to_the_canary() -> None:
    service(TRIED, name="s" * 17)
    with pytest.raises(UsageError, match="a target group here can have 24"):
        service(TRIED, name="s" * 18)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"app": AppArgs(cpu="4.8 vCPU", memory="12 GB", scaling=ScalingArgs(min=1, max=10))},
            "shop.eks.node_pool.limits.cpu is 64, and all services at their scaling.max ask for 67.2 vCPU, with the"
            " pods that a rollout adds and those that try a new version: pods would wait for nodes that never come",
        ),
        (
            {"services": {"web": ServiceArgs(prefix="/"), "web-canary": ServiceArgs(prefix="/canary")}},
            "shop.services.web-canary has the name of what belongs to the canary of web; give it another name",
        ),
        (
            {"services": {"web": ServiceArgs(prefix="/"), "web-rollout": ServiceArgs(prefix="/rollout")}},
            "shop.services.web-rollout has the name of what belongs to the canary of web; give it another name",
        ),
        (
            {"services": {"recommendations": ServiceArgs(prefix="/")}},
            "shop.services.recommendations is 15 characters long; the name of its target group leaves 12 for it before"
            " -canary",
        ),
        ({"eks": {**LEAST, "rollout": {"percent": 5}}}, "shop.eks.rollout.percent is of a canary, and"),
    ],
)
def test_microservices_that_cannot_have_one_are_refused(change: dict[str, Any], sentence: str) -> None:
    given = {"eks": {**LEAST, "rollout": CANARY}, **change}
    with pytest.raises(UsageError) as refused:
        microservices(**given)
    assert str(refused.value).startswith(sentence)
    if "eks" not in change:
        microservices(**change)  # what a rolling update can have


def test_a_worker_has_no_canary_for_which_its_name_would_need_room() -> None:
    command = ["python", "-m", "shop.mail"]
    workers = {name: ServiceArgs(command=command) for name in ("mail", "mail-rollout", "invoice-mailer-nightly")}
    graph = microservices(services={"web": ServiceArgs(prefix="/"), **workers}, eks={**LEAST, "rollout": CANARY})
    assert {f"shop-{name}" for name in workers} <= names(graph.of_type(DEPLOYMENT))
