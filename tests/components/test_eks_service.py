"""A service on EKS: what it is with the least and with everything set, what each part promises, what is refused."""

import dataclasses
import json

import pulumi
import pytest

from fastapi_on_aws import (
    CalledArgs,
    EksClusterRef,
    ImageRef,
    PodIdentityKind,
    ScalingArgs,
    TargetGroupBindingApi,
    TolerationArgs,
    TolerationOperator,
)
from fastapi_on_aws.recording import UNKNOWN, Mode
from tests.components.ecs_services import PARAMETER
from tests.components.eks_clusters import waits_for
from tests.components.eks_services import (
    ASSOCIATION,
    AUTOSCALER,
    BINDING,
    BUDGET,
    CONTROLLERS_BINDING,
    DEPLOYMENT,
    EVERYTHING,
    KUBERNETES_SERVICE,
    NAMESPACE,
    NETWORK_POLICY,
    SECRET_CLASS,
    SERVICE_ACCOUNT,
    WEB,
    WORKER,
    container,
    environment,
    kubernetes_objects,
    pod,
    service,
)
from tests.support.recorded import LISTENER_RULE, MODES, ROLE, ROLE_POLICY, TARGET_GROUP

WHOLE = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-AbCdEf"
OIDC = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B"


@pytest.mark.parametrize("mode", MODES)
def test_only_what_is_required_gives_a_worker_in_a_namespace_of_its_own(mode: Mode) -> None:
    graph = service(WORKER, mode)
    assert graph.one(NAMESPACE).inputs["metadata"]["name"] == "shop-dev-shop"
    assert graph.of_type(KUBERNETES_SERVICE) == graph.of_type(BINDING) == graph.of_type(LISTENER_RULE) == []
    only = container(graph)
    assert {"ports", "readinessProbe", "livenessProbe", "startupProbe"} & set(only) == set(), "nothing answers there"
    assert "args" not in only, "the image's own command"
    assert only["env"] == []
    assert only["resources"] == {"requests": {"cpu": "500m", "memory": "1024Mi"}, "limits": {"memory": "1024Mi"}}
    assert graph.of_type(SECRET_CLASS) == graph.of_type(ROLE_POLICY) == [], "it may do nothing yet"
    assert graph.one(NETWORK_POLICY).inputs["spec"]["ingress"] == [], "nobody calls a worker"


@pytest.mark.parametrize("mode", MODES)
def test_everything_set_is_honoured(mode: Mode) -> None:
    graph = service(EVERYTHING, mode)
    only = container(graph)
    assert only["args"] == ["granian", "shop:app"], "in Kubernetes `command` would take the entry point's place"
    assert only["ports"] == [{"name": "http", "containerPort": 9000, "protocol": "TCP"}]
    assert only["resources"] == {"requests": {"cpu": "1000m", "memory": "4096Mi"}, "limits": {"memory": "4096Mi"}}
    assert environment(graph) == {
        "DATABASE_PASSWORD_FILE": "/mnt/secrets/DATABASE_PASSWORD",
        "KEY_FILE": "/mnt/secrets/KEY",
        "LOG_LEVEL": "debug",
        "PORT": "9000",
        "PRICE_LIST_URL": "http://prices.shop-dev-prices.svc.cluster.local:9100",
        "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": "65",
        "UVICORN_TIMEOUT_KEEP_ALIVE": "75",
    }
    assert pod(graph)["nodeSelector"] == {"kubernetes.io/arch": "amd64"}
    spec = graph.one(DEPLOYMENT).inputs["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": "50%", "maxUnavailable": "10%"}
    assert spec["progressDeadlineSeconds"] == 900
    waits = graph.one(DEPLOYMENT).options.custom_timeouts
    assert waits == {"create": "915s", "update": "915s"}, "Pulumi does not end its wait when Kubernetes gives up"
    scaled = graph.one(AUTOSCALER).inputs["spec"]
    assert (scaled["minReplicas"], scaled["maxReplicas"]) == (3, 12)
    assert scaled["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}
    measures = {m["resource"]["name"]: m["resource"]["target"]["averageUtilization"] for m in scaled["metrics"]}
    assert measures == {"cpu": 50, "memory": 70}
    group = graph.one(TARGET_GROUP)
    assert (group.inputs["healthCheck"]["path"], group.inputs["deregistrationDelay"]) == ("/health", 60)
    binding = graph.one(BINDING).inputs["spec"]
    assert binding["serviceRef"] == {"name": "shop", "port": "http"}
    assert binding["targetGroupARN"] == group.outputs.get("arn", UNKNOWN)
    assert graph.one("fastapi-on-aws:index:EksService").outputs["url"] == (
        "http://shop.shop-dev-shop.svc.cluster.local:9000"
    )


def test_pods_are_what_pod_security_calls_restricted() -> None:
    graph = service(WEB)
    labels = graph.one(NAMESPACE).inputs["metadata"]["labels"]
    levels = {mode: labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")}
    assert set(levels.values()) == {"restricted"}
    secured = pod(graph)["securityContext"]
    assert (secured["runAsNonRoot"], secured["runAsUser"]) == (True, 10001)
    assert secured["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(graph)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    (tmp,) = pod(graph)["volumes"]
    assert tmp["emptyDir"] == {"medium": "Memory", "sizeLimit": "64Mi"}
    assert container(graph)["volumeMounts"] == [{"name": tmp["name"], "mountPath": "/tmp"}], "all else is read-only"
    assert pod(graph)["automountServiceAccountToken"] is False, "an app has no business with the API server"
    assert pod(graph)["enableServiceLinks"] is False, "or the app finds variables of other services"


def test_every_time_out_follows_from_one_number() -> None:
    graph = service(dataclasses.replace(WEB, drain_seconds=40))
    told = environment(graph)
    waits = container(graph)["lifecycle"]["preStop"]["sleep"]["seconds"]
    graceful = int(told["UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"])
    assert graph.one(TARGET_GROUP).inputs["deregistrationDelay"] == 40
    assert graceful > 40, "a request that is under way is finished"
    assert pod(graph)["terminationGracePeriodSeconds"] > waits + graceful, "and its pod is not killed before"
    assert int(told["UVICORN_TIMEOUT_KEEP_ALIVE"]) > 60, "the load balancer closes idle connections, never the app"


def test_a_slow_start_is_not_killed_and_only_a_ready_pod_serves() -> None:
    probes = container(service(EVERYTHING))
    startup = probes["startupProbe"]
    assert startup["failureThreshold"] * startup["periodSeconds"] == 120
    paths = {kind: probes[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")}
    assert paths == {"startup": "/alive", "readiness": "/health", "liveness": "/alive"}, "a database kills no pod"


def test_pods_stand_in_all_zones_if_they_can() -> None:
    spread = pod(service(WEB))["topologySpreadConstraints"]
    assert [one["topologyKey"] for one in spread] == ["topology.kubernetes.io/zone"], "or each pod has a node"
    assert {one["whenUnsatisfiable"] for one in spread} == {"ScheduleAnyway"}, "a zone that is down stops no other"


def test_the_autoscaler_alone_says_how_many_pods_there_are() -> None:
    for scaling in (ScalingArgs(min=2, max=10), ScalingArgs(min=2, max=2)):
        graph = service(dataclasses.replace(WEB, scaling=scaling))
        deployment = graph.one(DEPLOYMENT)
        assert deployment.inputs["spec"]["replicas"] == 2, "no rule leads to fewer than are asked for"
        assert deployment.options.ignore_changes == ("spec.replicas",), "or each update would take back what is scaled"
        scaled = graph.one(AUTOSCALER).inputs["spec"]
        assert (scaled["minReplicas"], scaled["maxReplicas"]) == (scaling.min, scaling.max), (
            "a number that changes hands is 1 meanwhile"
        )


def test_a_pod_is_told_what_the_stack_file_says_to_the_letter() -> None:
    words: dict[str, pulumi.Input[str]] = {"PATTERN": "a$$b", "LATER": pulumi.Output.from_input("$(HOME)")}
    graph = service(dataclasses.replace(WEB, env=words, command=["run", "$(PORT)"]))
    (container,) = pod(graph)["containers"]
    told = {variable["name"]: variable["value"] for variable in container["env"]}
    assert (told["PATTERN"], told["LATER"]) == ("a$$$$b", "$$(HOME)"), "Kubernetes makes one $ of two"
    assert container["args"] == ["run", "$$(PORT)"]


@pytest.mark.parametrize("pods", [1, 2, 10])
def test_a_drain_of_a_node_always_comes_to_its_end(pods: int) -> None:
    graph = service(dataclasses.replace(WEB, scaling=ScalingArgs(min=pods, max=10)))
    budget = graph.one(BUDGET).inputs["spec"]
    assert budget["maxUnavailable"] == 1, "one pod may always go, even where it is the only one"
    assert "minAvailable" not in budget
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow", "a pod that is broken holds no node"
    assert budget["selector"] == graph.one(DEPLOYMENT).inputs["spec"]["selector"]


def test_nothing_is_let_in_or_out_that_is_not_named() -> None:
    policy = service(EVERYTHING).one(NETWORK_POLICY).inputs["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    balancer, callers = policy["ingress"]
    assert balancer["from"] == [{"ipBlock": {"cidr": "10.0.0.0/16"}}], "where the load balancer has its addresses"
    assert callers["from"] == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop-dev-orders"}},
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": "orders"}},
        }
    ]
    assert {port["port"] for rule in policy["ingress"] for port in rule["ports"]} == {"http"}, (
        "the port of each pod, while one that is replaced listens on another"
    )
    dns, agent, called, out = policy["egress"]
    assert {(port["protocol"], port["port"]) for port in dns["ports"]} == {("UDP", 53), ("TCP", 53)}
    assert agent["to"] == [{"ipBlock": {"cidr": "169.254.170.23/32"}}], "or the pod never gets its role"
    (peer,) = called["to"]
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "shop-dev-prices"}
    assert called["ports"] == [{"protocol": "TCP", "port": "http"}]
    assert [port["port"] for port in out["ports"]] == [443, 5432]


def test_its_role_is_of_its_service_account_alone_and_reads_what_is_named() -> None:
    graph = service(EVERYTHING)
    (trusted,) = json.loads(graph.one(ROLE).inputs["assumeRolePolicy"])["Statement"]
    assert trusted["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trusted["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trusted["Condition"]["StringEquals"] == {
        "aws:RequestTag/eks-cluster-name": "platform",
        "aws:RequestTag/kubernetes-namespace": "shop-dev-shop",
        "aws:RequestTag/kubernetes-service-account": "shop",
    }
    allowed = {s["Sid"]: s for s in json.loads(graph.one(ROLE_POLICY).inputs["policy"])["Statement"]}
    assert allowed["ReadSecrets"]["Action"] == ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    assert allowed["ReadSecrets"]["Resource"] == [WHOLE]
    assert allowed["ReadParameters"]["Resource"] == [PARAMETER]
    association = graph.one(ASSOCIATION).inputs
    assert (association["clusterName"], association["namespace"], association["serviceAccount"]) == (
        "platform",
        "shop-dev-shop",
        "shop",
    )
    assert association["roleArn"] == graph.one(ROLE).outputs["arn"]
    assert "annotations" not in graph.one(SERVICE_ACCOUNT).inputs["metadata"]


def test_an_existing_cluster_may_have_irsa_a_controller_and_nodes_of_its_own() -> None:
    cluster = EksClusterRef(
        name="platform",
        target_group_binding=TargetGroupBindingApi.CONTROLLER,
        identity=PodIdentityKind.IRSA,
        oidc_provider_arn=OIDC,
        labels={"pool": "apps"},
        tolerations=[TolerationArgs(key="apps", operator=TolerationOperator.EXISTS)],
    )
    graph = service(dataclasses.replace(EVERYTHING, cluster=cluster))
    (trusted,) = json.loads(graph.one(ROLE).inputs["assumeRolePolicy"])["Statement"]
    assert trusted["Principal"] == {"Federated": OIDC}
    assert trusted["Condition"]["StringEquals"] == {
        "oidc.eks.eu-west-1.amazonaws.com/id/0A1B:aud": "sts.amazonaws.com",
        "oidc.eks.eu-west-1.amazonaws.com/id/0A1B:sub": "system:serviceaccount:shop-dev-shop:shop",
    }
    assert graph.of_type(ASSOCIATION) == []
    annotations = graph.one(SERVICE_ACCOUNT).inputs["metadata"]["annotations"]
    assert annotations == {"eks.amazonaws.com/role-arn": graph.one(ROLE).outputs["arn"]}
    assert graph.one(SECRET_CLASS).inputs["spec"]["parameters"]["usePodIdentity"] == "false"
    assert graph.one(CONTROLLERS_BINDING).inputs["spec"]["targetType"] == "ip"
    labels = graph.one(NAMESPACE).inputs["metadata"]["labels"]
    assert labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"
    assert pod(graph)["nodeSelector"] == {"kubernetes.io/arch": "amd64", "pool": "apps"}
    assert pod(graph)["tolerations"] == [{"key": "apps", "operator": "Exists"}]
    agent = [r for r in graph.one(NETWORK_POLICY).inputs["spec"]["egress"] if "169.254" in json.dumps(r)]
    assert agent == [], "IRSA has no agent"


def test_pods_come_last_so_that_they_find_their_role_their_rules_and_their_readiness_gate() -> None:
    graph = service(EVERYTHING)
    before = waits_for(graph, graph.one(DEPLOYMENT))
    for kind in (NAMESPACE, SERVICE_ACCOUNT, ASSOCIATION, ROLE_POLICY, NETWORK_POLICY, SECRET_CLASS, BUDGET, BINDING):
        assert graph.one(kind).urn in before, f"{kind} is there before the first pod"
    binding = waits_for(graph, graph.one(BINDING))
    assert graph.one(KUBERNETES_SERVICE).urn in binding
    assert graph.one(LISTENER_RULE, "shop.attachment").urn in binding, "what is not checked never becomes healthy"
    skipped = graph.one(KUBERNETES_SERVICE).inputs["metadata"]["annotations"]
    assert skipped == {"pulumi.com/skipAwait": "true"}, "or Pulumi waits for pods that wait for the Service"
    assert graph.one(DEPLOYMENT).urn in waits_for(graph, graph.one(LISTENER_RULE, "shop")), "requests come after them"
    gates = graph.one(NAMESPACE).inputs["metadata"]["labels"]["eks.amazonaws.com/pod-readiness-gate-inject"]
    assert gates == "enabled"


def test_auto_mode_may_register_pods_in_the_target_group() -> None:
    assert service(WEB).one(TARGET_GROUP).inputs["tags"] == {"eks:eks-cluster-name": "platform"}
    assert service(WEB).one(TARGET_GROUP).inputs["targetType"] == "ip"


def test_all_that_is_in_the_cluster_is_made_by_its_provider() -> None:
    graph = service(EVERYTHING)
    inside = [r for r in graph if r.type.startswith("kubernetes:")]
    assert {r.provider for r in inside} == {graph.one("pulumi:providers:kubernetes").urn}
    objects = kubernetes_objects(graph)
    assert len(objects) == len(inside) == 9
    assert all(o["metadata"]["name"] for o in objects)
    assert {o["metadata"].get("namespace") for o in objects if o["kind"] != "Namespace"} == {"shop-dev-shop"}


def test_values_that_are_not_known_yet_are_taken() -> None:
    later = pulumi.Output.from_input
    args = dataclasses.replace(
        WEB,
        cpu=later("0.25 vCPU"),
        image=ImageRef(uri=later("shop:1"), architecture=WEB.image.architecture),
        port=later(9000),
        secrets={"KEY": later(PARAMETER)},
        calls={"prices": CalledArgs(name="prices", port=later(9100))},
    )
    graph = service(args)
    assert container(graph)["resources"]["requests"] == {"cpu": "250m", "memory": "1024Mi"}
    assert environment(graph)["PRICES_URL"] == "http://prices.shop-dev-prices.svc.cluster.local:9100"
    assert (environment(graph)["PORT"], environment(graph)["KEY_FILE"]) == ("9000", "/mnt/secrets/KEY")
