"""Microservices: each service on EKS on its own, behind one load balancer, and what is refused."""

from typing import Any, Final

import pytest

from fastapi_on_aws import (
    Access,
    AppArgs,
    Architecture,
    HealthArgs,
    ImageArgs,
    ImageRef,
    ScalingArgs,
    ServiceArgs,
)
from fastapi_on_aws.recording import Graph, Mode
from tests.components.eks_clusters import EKS_CLUSTER, EXISTING, LEAST, NODE_POOL, waits_for
from tests.components.eks_services import (
    ASSOCIATION,
    AUTOSCALER,
    BINDING,
    CONTROLLERS_BINDING,
    DEPLOYMENT,
    KUBERNETES_SERVICE,
    NAMESPACE,
    NETWORK_POLICY,
    container,
    environment,
    kubernetes_objects,
    pod,
)
from tests.components.microservices_apps import microservices
from tests.components.monoliths import CATALOG, MAILER, ORDERS, SECRET, monolith
from tests.components.test_monolith import CERTIFICATE
from tests.support.recorded import (
    EGRESS_RULE,
    IMAGE_URI,
    INGRESS_RULE,
    LISTENER,
    LISTENER_RULE,
    LOAD_BALANCER,
    LOG_GROUP,
    MODES,
    TARGET_GROUP,
    VPC_ORIGIN,
    identity,
    names,
)

PARTS = {"catalog": CATALOG, "orders": ORDERS, "mailer": MAILER}
MICROSERVICES = "fastapi-on-aws:index:Microservices"


@pytest.mark.parametrize("mode", MODES)
def test_only_what_is_required_serves_the_app_at_the_root(mode: Mode) -> None:
    graph = microservices(mode)
    assert names(graph.of_type(DEPLOYMENT)) == {"shop-app"}
    (condition,) = graph.one(LISTENER_RULE, "shop-app").inputs["conditions"]
    assert condition["pathPattern"]["values"] == ["/*"]
    assert "APP_SERVICES" not in environment(graph, "shop-app"), "it serves all there is"
    assert graph.one(EKS_CLUSTER).inputs["name"] == "shop-dev-shop-eks"


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    own = ImageArgs(uri=IMAGE_URI.replace("shop@", "reports@"), architecture=Architecture.AMD64)
    graph = microservices(
        mode,
        image=ImageRef(uri=IMAGE_URI, architecture=Architecture.AMD64),
        app=AppArgs(
            asgi="shop.main:app",
            port=9000,
            egress_ports=[443, 5432],
            health=HealthArgs(live="/alive", ready="/health"),
            cpu="1 vCPU",
            memory="2 GB",
            scaling=ScalingArgs(min=4, max=8),
            drain_seconds=90,
            env={"LOG_LEVEL": "debug"},
            secrets={"KEY": SECRET},
        ),
        services={**PARTS, "reports": ServiceArgs(prefix="/reports", image=own, cpu="2 vCPU", memory="8 GB")},
        eks={
            **LEAST,
            "node_pool": {"architecture": "amd64", "limits": {"cpu": 96, "memory": "320 GB"}},
            "rollout": {"max_surge_percent": 100, "ready_seconds": 300},
        },
        access=Access.VPC,
        certificate_arn=CERTIFICATE,
        domain_name="api.example.com",
    )
    assert names(graph.of_type(DEPLOYMENT)) == {"shop-catalog", "shop-orders", "shop-mailer", "shop-reports"}
    assert graph.one(MICROSERVICES).outputs["url"] == "https://api.example.com"
    assert graph.one(LISTENER).inputs["certificateArn"] == CERTIFICATE
    assert graph.one(LOAD_BALANCER).inputs["idleTimeout"] == 90
    assert container(graph, "shop-catalog")["args"][:4] == ["uvicorn", "shop.main:app", "--host=0.0.0.0", "--port=9000"]
    assert container(graph, "shop-mailer")["args"] == ["python", "-m", "shop.mailer"]
    assert "args" not in container(graph, "shop-reports"), "another image has a command of its own"
    assert "reports@" in container(graph, "shop-reports")["image"]
    assert container(graph, "shop-reports")["resources"]["limits"] == {"memory": "8192Mi"}
    assert container(graph, "shop-mailer")["resources"]["requests"] == {"cpu": "250m", "memory": "512Mi"}
    assert pod(graph, "shop-orders")["nodeSelector"] == {"kubernetes.io/arch": "amd64"}
    told = environment(graph, "shop-orders")
    assert (told["LOG_LEVEL"], told["KEY_FILE"]) == ("debug", "/mnt/secrets/KEY")
    spec = graph.one(DEPLOYMENT, "shop-orders").inputs["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxSurge"] == "100%"
    assert spec["progressDeadlineSeconds"] == 300
    scaled = graph.one(AUTOSCALER, "shop-orders").inputs["spec"]
    assert (scaled["minReplicas"], scaled["maxReplicas"]) == (4, 8)
    out = graph.one(NETWORK_POLICY, "shop-catalog").inputs["spec"]["egress"][-1]
    assert [port["port"] for port in out["ports"]] == [443, 5432]
    assert graph.one(TARGET_GROUP, "shop-orders").inputs["healthCheck"]["path"] == "/health"


def test_each_service_has_its_own_namespace_role_scaling_and_way_in() -> None:
    graph = microservices(services=PARTS)
    for kind in (NAMESPACE, DEPLOYMENT, NETWORK_POLICY, ASSOCIATION, AUTOSCALER):
        assert names(graph.of_type(kind)) == {"shop-catalog", "shop-orders", "shop-mailer"}, kind
    for kind in (KUBERNETES_SERVICE, BINDING, TARGET_GROUP):
        assert names(graph.of_type(kind)) == {"shop-catalog", "shop-orders"}, "nothing is sent to a worker"
    assert environment(graph, "shop-catalog")["APP_SERVICES"] == "catalog"
    rules = {
        r.name: r.inputs["conditions"][0]["pathPattern"]["values"]
        for r in graph.of_type(LISTENER_RULE)
        if "." not in r.name
    }
    assert rules == {"shop-catalog": ["/catalog", "/catalog/*"], "shop-orders": ["/orders", "/orders/*"]}


def test_a_call_stays_inside_the_cluster_and_is_allowed_on_both_sides() -> None:
    graph = microservices(services=PARTS)
    host = "shop-catalog.shop-dev-shop-catalog.svc.cluster.local"
    assert environment(graph, "shop-orders")["CATALOG_URL"] == f"http://{host}:8000"
    assert "CATALOG_URL" not in environment(graph, "shop-mailer")

    def peers(service: str, rules: str, side: str) -> list[str]:
        found = [p for rule in graph.one(NETWORK_POLICY, service).inputs["spec"][rules] for p in rule.get(side, [])]
        return [p["podSelector"]["matchLabels"]["app.kubernetes.io/name"] for p in found if "podSelector" in p]

    assert peers("shop-orders", "egress", "to") == ["shop-catalog"]
    assert peers("shop-catalog", "ingress", "from") == ["shop-orders"]
    assert peers("shop-catalog", "egress", "to") == [], "what is not declared is not allowed"
    assert peers("shop-mailer", "egress", "to") == ["shop-orders"], "a worker may call, too"


def test_services_may_call_each_other() -> None:
    services = {"a": ServiceArgs(prefix="/a", calls=["b"]), "b": ServiceArgs(prefix="/b", calls=["a"])}
    graph = microservices(services=services)
    assert "B_URL" in environment(graph, "shop-a")
    assert "A_URL" in environment(graph, "shop-b")


def test_nothing_is_left_to_chance_not_even_which_comes_first() -> None:
    first, *others = [list(microservices(services=PARTS).resources) for _ in range(4)]
    assert others == [first] * 3


def test_the_load_balancer_is_the_very_one_of_a_monolith() -> None:
    kinds = (LOAD_BALANCER, LISTENER, VPC_ORIGIN)

    def made(graph: Graph) -> list[tuple[str, Any]]:
        return [(urn.rpartition("$")[2], inputs) for urn, inputs in identity(graph, *kinds).items()]

    found = made(microservices(Mode.PREVIEW))
    assert len(found) == len(kinds)
    assert found == made(monolith(Mode.PREVIEW))


def test_it_puts_out_what_a_monolith_does() -> None:
    split, whole = microservices(services=PARTS), monolith(services=PARTS)
    outputs, like = split.one(MICROSERVICES).outputs, whole.one("fastapi-on-aws:index:Monolith").outputs
    assert set(outputs) == {*like, "clusterName"}
    assert set(outputs["serviceUrls"]) == set(like["serviceUrls"]) == {"catalog", "orders"}
    assert outputs["serviceUrls"]["catalog"] == f"{outputs['url']}/catalog"


def test_pods_are_made_in_a_cluster_that_is_ready_and_that_the_load_balancer_reaches() -> None:
    graph = microservices(services=PARTS)
    (reached,) = [r for r in graph.of_type(INGRESS_RULE) if r.name == "shop-requests-in"]
    group = graph.one(EKS_CLUSTER).outputs["vpcConfig"]["clusterSecurityGroupId"]
    assert reached.inputs["securityGroupId"] == group, "pods have the group of their nodes"
    for service in ("shop-catalog", "shop-orders"):
        before = waits_for(graph, graph.one(DEPLOYMENT, service))
        assert reached.urn in before, "a pod that is not reached never becomes ready"
        assert graph.one(NODE_POOL).urn in before
        assert graph.one("kubernetes:core/v1:ConfigMap").urn in before, "policies are enforced from the first packet on"
        assert graph.one(BINDING, service).urn in before
    assert graph.one(NODE_POOL).urn in waits_for(graph, graph.one(DEPLOYMENT, "shop-mailer"))


def test_kubernetes_makes_no_load_balancer_that_a_destroy_could_leave_behind() -> None:
    graph = microservices(services=PARTS)
    objects = kubernetes_objects(graph)
    assert {o["spec"]["type"] for o in objects if o["kind"] == "Service"} == {"ClusterIP"}
    assert "Ingress" not in {o["kind"] for o in objects}
    for binding in graph.of_type(BINDING):
        assert graph.one(TARGET_GROUP, binding.name).urn in waits_for(graph, binding), "unbound before its group goes"


@pytest.mark.parametrize("mode", MODES)
def test_an_existing_cluster_takes_the_services(mode: Mode) -> None:
    existing = {**EXISTING, "target_group_binding": "elbv2.k8s.aws/v1beta1", "network_policy_engine": True}
    graph = microservices(mode, services=PARTS, eks={"existing": existing})
    assert graph.of_type(EKS_CLUSTER) == []
    assert names(graph.of_type(CONTROLLERS_BINDING)) == {"shop-catalog", "shop-orders"}
    (out,) = [r for r in graph.of_type(EGRESS_RULE) if r.name == "shop-requests-out"]
    assert out.inputs["cidrIpv4"] == "10.0.0.0/16", "its nodes' group is not known: somebody else lets in"
    assert {*out.options.replace_on_changes} == {"fromPort", "toPort"}, "the new way out is there before the old goes"
    assert "shop-requests-in" not in names(graph.of_type(INGRESS_RULE))
    known = microservices(mode, eks={"existing": {**existing, "security_group_id": "sg-0a1b2c3d"}})
    (let_in,) = [r for r in known.of_type(INGRESS_RULE) if r.name == "shop-requests-in"]
    assert let_in.inputs["securityGroupId"] == "sg-0a1b2c3d"


def test_a_service_named_web_is_one_like_the_others() -> None:
    graph = microservices(services={"web": ServiceArgs(prefix="/web"), "app": ServiceArgs(prefix="/")})
    (condition,) = graph.one(LISTENER_RULE, "shop-web").inputs["conditions"]
    assert condition["pathPattern"]["values"] == ["/web", "/web/*"]


def test_another_service_moves_nothing_of_those_that_are_there() -> None:
    few, more = (
        identity(microservices(services=s))
        for s in ({"catalog": CATALOG}, {"catalog": CATALOG, "orders": ServiceArgs(prefix="/orders")})
    )
    moved = {urn for urn, inputs in few.items() if more.get(urn) != inputs}
    assert {urn.rpartition("::")[2] for urn in moved} <= {"shop-dev"}, moved


def test_the_plan_says_what_an_existing_cluster_has_to_bring() -> None:
    image = ImageRef(uri="registry.example.com/shop:1", architecture=Architecture.AMD64)
    graph = microservices(image=image, eks={"existing": EXISTING})
    notes = [log.message for log in graph.logs if log.severity == "info"]
    assert "eks.existing needs nodes of amd64, which the images were built for, or pods wait for ever" in notes


def test_the_plan_says_what_a_reader_would_not_expect() -> None:
    graph = microservices(
        app=AppArgs(drain_seconds=105, secrets={"KEY": SECRET}),
        services=PARTS,
        eks={**LEAST, "node_pool": {"spot": True}},
    )
    notes = [log.message for log in graph.logs if log.severity == "info"]
    assert "no service has the prefix /: what matches no other is answered with 404" in notes
    assert "KEY: a file in the pod, which KEY_FILE and the like name" in notes
    assert not any("eks.existing" in note for note in notes), "its nodes are made to fit"
    assert any("a pod may take 135 s to leave" in note and "120 s after its notice" in note for note in notes)


def test_a_circle_of_calls_is_allowed_and_said() -> None:
    called = {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": ["f"], "f": ["e"]}
    services = {name: ServiceArgs(prefix=f"/{name}", calls=calls) for name, calls in called.items()}
    notes = [log.message for log in microservices(services=services).logs if "in a circle" in log.message]
    assert [note.partition(" call")[0] for note in notes] == ["a, b, c", "e, f"], "d only leads to one"
    straight = microservices(services={**services, "c": ServiceArgs(prefix="/c"), "f": ServiceArgs(prefix="/f")})
    assert not [log for log in straight.logs if "in a circle" in log.message]


def many(count: int) -> dict[str, ServiceArgs]:
    few = ScalingArgs(min=1, max=1)
    return {f"s{n}": ServiceArgs(prefix=f"/s{n}", scaling=few) for n in range(count)}


def test_fifty_services_stand_behind_one_load_balancer() -> None:
    rules = microservices(services=many(50)).of_type(LISTENER_RULE)
    assert len(rules) == 100, "two for each, which are all that it has"


TRIED: Final = {
    "catalog": ServiceArgs(prefix="/catalog"),
    "mailer": ServiceArgs(command=["python", "-m", "mailer"], scaling=ScalingArgs(min=1, max=1)),
}


def test_of_microservices_those_with_a_prefix_have_one_and_the_plan_says_so() -> None:
    graph = microservices(services=TRIED, eks={**LEAST, "rollout": {"kind": "canary"}, "log_retention_days": 90})
    assert names(graph.of_type(DEPLOYMENT)) == {"shop-catalog", "shop-catalog-canary", "shop-mailer"}
    assert graph.one(LOG_GROUP, "shop-catalog-rollout").inputs["retentionInDays"] == 90
    notes = [log.message for log in graph.logs if log.severity == "info"]
    assert any("stay, and serve nothing in between (1 of catalog); calls between services" in note for note in notes)
    assert any("does not apply to mailer: nothing is sent to a worker" in note for note in notes)


def test_pods_that_try_a_new_version_may_call_what_the_others_call() -> None:
    services = {"catalog": TRIED["catalog"], "orders": ServiceArgs(prefix="/orders", calls=["catalog"])}
    graph = microservices(services=services, eks={**LEAST, "rollout": {"kind": "canary"}})
    called = graph.one(NETWORK_POLICY, "shop-catalog").inputs["spec"]["ingress"][1]["from"][0]["podSelector"]
    caller = graph.one(DEPLOYMENT, "shop-orders-canary").inputs["spec"]["template"]["metadata"]["labels"]
    assert called["matchLabels"].items() <= caller.items(), "or it would be tried without what it needs"
