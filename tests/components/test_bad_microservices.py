"""What microservices cannot be: one sentence each, with the path, and nothing is made."""

from typing import Any

import pytest

from fastapi_on_aws import (
    AppArgs,
    Architecture,
    HealthArgs,
    ImageRef,
    ScalingArgs,
    ServiceArgs,
    UsageError,
)
from tests.components.eks_clusters import EXISTING, LEAST
from tests.components.eks_services import (
    DEPLOYMENT,
)
from tests.components.microservices_apps import microservices
from tests.components.monoliths import CATALOG, MAILER, ORDERS, SECRET
from tests.support.recorded import (
    IMAGE_URI,
    names,
)

PARTS = {"catalog": CATALOG, "orders": ORDERS, "mailer": MAILER}


def many(count: int) -> dict[str, ServiceArgs]:
    few = ScalingArgs(min=1, max=1)
    return {f"s{n}": ServiceArgs(prefix=f"/s{n}", scaling=few) for n in range(count)}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"eks": {}}, "shop.eks.admins is empty, and nobody could do anything in the cluster"),
    ({"eks": {"admins": LEAST["admins"]}}, "shop.eks.endpoint is missing"),
    (
        {"eks": {**LEAST, "scaling": {"requests": 500}}},
        "shop.eks.scaling.requests is 500; it must be left out: Kubernetes' autoscaler counts no requests of a load"
        " balancer; scale on app.scaling.cpu and memory, or run it with pattern monolith",
    ),
    (
        {"services": {"Catalog": CATALOG}},
        "shop.services.Catalog is not a name for a service: lower-case letters, digits and hyphens, a letter first and"
        " no hyphen last",
    ),
    ({"services": {"price_list": CATALOG}}, "shop.services.price_list is not a name for a service"),
    (
        {"services": {"a-service-with-a-long-name": CATALOG}},
        "shop.services.a-service-with-a-long-name is 26 characters long; the name of its target group leaves 19 for it",
    ),
    (
        {"services": {"catalog": CATALOG, "other": CATALOG}},
        "shop.services.other.prefix /catalog is that of catalog too",
    ),
    (
        {"services": {"orders": ServiceArgs(prefix="/orders", calls=["catalogue"])}},
        "shop.services.orders.calls names catalogue, which is not a service",
    ),
    (
        {"services": many(51)},
        "shop.services has 51 services that run on their own behind one load balancer, and it has 100"
        " rules, 2 for each; put some of them under one prefix and name",
    ),
    (
        {"services": {"catalog": ServiceArgs(prefix="/catalog", scaling=ScalingArgs(min=0))}},
        "shop.services.catalog.scaling.min is 0, and Kubernetes' autoscaler never goes below one pod",
    ),
    ({"app": AppArgs(scaling=ScalingArgs(min=0))}, "shop.app.scaling.min is 0, and Kubernetes' autoscaler never goes"),
    (
        {"app": AppArgs(cpu="8 vCPU", memory="16 GB")},
        "shop.eks.node_pool.limits.cpu is 64, and all services at their scaling.max ask for 104 vCPU, with the"
        " pods that a rollout adds: pods would wait for nodes that never come; raise it, or lower a scaling.max, cpu or"
        " memory",
    ),
    (
        {"app": AppArgs(memory="32 GB")},
        "shop.eks.node_pool.limits.memory is 256 GB, and all services at their scaling.max ask for 416 GB",
    ),
    (
        {"eks": {**LEAST, "rollout": {"ready_seconds": 60}}, "app": AppArgs(health=HealthArgs(start_seconds=61))},
        "shop.eks.rollout.ready_seconds is 60, and shop.app.health.start_seconds lets a pod take 61 to start",
    ),
    (
        {"eks": {**LEAST, "addons": {"metrics-server": {"enabled": False}}}},
        "shop.eks.addons.metrics-server.enabled is false, and app scales by what it counts; take it out",
    ),
    (
        {
            "eks": {**LEAST, "addons": {"aws-secrets-store-csi-driver-provider": {"enabled": False}}},
            "app": AppArgs(secrets={"KEY": SECRET}),
        },
        "shop.eks.addons.aws-secrets-store-csi-driver-provider.enabled is false, and app gets its secrets by it",
    ),
    (
        {"app": AppArgs(env={"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/other"})},
        "shop.app.env.AWS_ROLE_ARN is set by EKS; take it out",
    ),
    (
        {"services": {"a": ServiceArgs(prefix="/", env={"X": "1"})}, "app": AppArgs(env={"AWS_ROLE_ARN": "arn"})},
        "shop.app.env.AWS_ROLE_ARN is set by EKS; take it out",
    ),
    (
        {"services": {"a": ServiceArgs(prefix="/", env={"AWS_ROLE_ARN": "arn"})}},
        "shop.services.a.env.AWS_ROLE_ARN is set by EKS; take it out",
    ),
    ({"app": AppArgs(memory="64 MB")}, "shop.app.memory is '64 MB'; a pod has 128 MB or more"),
    (
        {"image": ImageRef(uri=IMAGE_URI, architecture=Architecture.AMD64)},
        "shop.eks.node_pool.architecture is arm64, and the image of app was built for amd64: no node could run it;"
        " build it for arm64, or set the pool to amd64",
    ),
    (
        {"app": AppArgs(egress_ports=[443, 8000])},
        "shop.app.egress_ports has 8000, where the app listens: every service could then call every other; take it out",
    ),
    (
        {"app": AppArgs(egress_ports=[443, *range(1, 21)])},
        "shop.app.egress_ports has 21 ports, and what enforces network policies on EKS knows 20 of them; take some out",
    ),
    (
        {"app": AppArgs(env={"KEY_FILE": "/x"}, secrets={"KEY": SECRET})},
        "shop.app has KEY_FILE, which tells where the secret KEY is; rename the one that you set",
    ),
    (
        {"services": {**PARTS, "orders": ServiceArgs(prefix="/orders", calls=["catalog"], env={"CATALOG_URL": "x"})}},
        "shop.services: orders is told CATALOG_URL because it calls catalog; take the variable or the call out",
    ),
    ({"access": "internet"}, "shop.certificate_arn is missing: access from the internet is HTTPS only"),
    ({"image": None}, "shop.image is missing: a pattern builds no images"),
]


@pytest.mark.parametrize(("args", "sentence"), REFUSED)
def test_what_cannot_work_is_one_sentence(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        microservices(**args)
    assert str(refused.value).startswith(sentence)


def test_an_existing_cluster_has_limits_of_its_own() -> None:
    graph = microservices(
        image=ImageRef(uri=IMAGE_URI, architecture=Architecture.AMD64),
        app=AppArgs(cpu="8 vCPU", memory="32 GB"),
        eks={"existing": {**EXISTING, "network_policy_engine": True}},
    )
    assert names(graph.of_type(DEPLOYMENT)) == {"shop-app"}


def test_a_name_that_is_no_dns_label_is_refused_before_anything_is_registered() -> None:
    with pytest.raises(UsageError, match="cannot be a DNS label"):
        microservices(name="Shop")


def test_a_stack_whose_name_leaves_no_room_for_a_namespace_is_refused() -> None:
    sentence = (
        "shop.services.catalog would have the namespace shop-features-[a-z2-]+-shop-catalog, of 64 characters, and"
        " Kubernetes takes 63; the project's and the stack's names are 51 of them: shorten one of the three$"
    )
    with pytest.raises(UsageError, match=sentence):
        microservices(services={"catalog": CATALOG}, stack="features-that-add-a-list-of-all-the-customers2")


def test_a_component_whose_name_leaves_no_room_for_its_services_is_refused() -> None:
    sentence = (
        "^a-name-of-twenty-five-abc.services.app has no room in the name of its target group, which has 24 characters:"
        " shorten the component's, 'a-name-of-twenty-five-abc'$"
    )
    with pytest.raises(UsageError, match=sentence):
        microservices(name="a-name-of-twenty-five-abc")
