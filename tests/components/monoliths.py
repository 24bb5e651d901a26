"""Monoliths to record, and the services that most of them have."""

from typing import Any

from fastapi_on_aws import Monolith, MonolithArgs, ServiceArgs
from fastapi_on_aws.recording import Graph, Mode, record
from tests.support.recorded import container, existing_image, existing_network

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"
CATALOG = ServiceArgs(prefix="/catalog")
ORDERS = ServiceArgs(prefix="/orders", calls=["catalog"])
MAILER = ServiceArgs(command=["python", "-m", "shop.mailer"], cpu="0.25 vCPU", memory="512 MB", calls=["orders"])


def monolith(mode: Mode = Mode.UPDATE, **args: Any) -> Graph:
    """A monolith named shop, in eu-west-1."""
    given = {"network": existing_network(), "image": existing_image(), **args}
    return record(
        lambda: Monolith("shop", MonolithArgs(**given)), mode=mode, project="shop", config={"aws:region": "eu-west-1"}
    )


def service_container(graph: Graph, unit: str) -> dict[str, Any]:
    """The container of a unit."""
    return container(graph, f"shop-{unit}")
