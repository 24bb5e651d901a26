"""Microservices to record."""

from typing import Any

from fastapi_on_aws import Microservices, MicroservicesArgs
from fastapi_on_aws.recording import Graph, Mode, record
from tests.components.eks_clusters import LEAST
from tests.support.recorded import existing_image, existing_network


def microservices(mode: Mode = Mode.UPDATE, *, name: str = "shop", stack: str = "dev", **args: Any) -> Graph:
    """Microservices named shop on a cluster of their own, in eu-west-1."""
    given = {"network": existing_network(), "image": existing_image(), "eks": LEAST, **args}
    return record(
        lambda: Microservices(name, MicroservicesArgs(**given)),
        mode=mode,
        project="shop",
        stack=stack,
        config={"aws:region": "eu-west-1"},
    )
