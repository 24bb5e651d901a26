"""The table of services, and the specs of what stands in the cluster; for ``handwritten_microservices``."""

import hashlib
import json
from dataclasses import dataclass, field

import pulumi_kubernetes as k8s

REGION = "eu-west-1"
PREFIX = "fastapi-on-aws-dev"
VPC_CIDR = "10.0.0.0/16"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4.2"
PORT = 8000
PORT_NAME = "http"
ORDERS_SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"
UVICORN = [
    "uvicorn",
    "shop.main:app",
    "--host=0.0.0.0",
    f"--port={PORT}",
    "--timeout-keep-alive=75",
    "--timeout-graceful-shutdown=25",
    "--no-server-header",
]


@dataclass(frozen=True)
class Service:
    """One row of the table."""

    priority: int = 0
    """Of its listener rule; a worker has none."""
    calls: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    cpu: str = "250m"
    memory: str = "512Mi"
    fewest: int = 2
    most: int = 6
    cpu_percent: int = 60


SERVICES = {
    "accounts": Service(21057, env={"SIGN_UP": "open"}),
    "basket": Service(20954, calls=["catalog", "prices"]),
    "catalog": Service(16769, most=12),
    "orders": Service(23387, calls=["accounts", "catalog", "payments"], secrets={"DATABASE_URL": ORDERS_SECRET}),
    "payments": Service(16361, most=10, cpu_percent=50),
    "prices": Service(18809),
    "reviews": Service(19921, calls=["accounts"]),
    "search": Service(23120, cpu="500m", memory="1024Mi"),
    "invoices": Service(command=["python", "-m", "shop.invoices"], calls=["orders"], fewest=1, most=1),
    "mailer": Service(command=["python", "-m", "shop.mailer"], fewest=1, most=3),
}


def kubeconfig(name: str, endpoint: str, certificate_authority: str) -> str:
    """As ``aws eks update-kubeconfig`` writes it."""
    arguments = ["--region", REGION, "eks", "get-token", "--cluster-name", name, "--output", "json"]
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": arguments,
            "interactiveMode": "Never",
            "provideClusterInfo": False,
        }
    }
    server = {"server": endpoint, "certificate-authority-data": certificate_authority}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": server}],
            "users": [{"name": name, "user": user}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )


def namespace_of(service: str) -> str:
    """Each service has one of its own."""
    return f"{PREFIX}-app-{service}"


def labels_of(service: str) -> dict[str, str]:
    """What its pods are found by."""
    return {"app.kubernetes.io/name": f"app-{service}"}


def stable(service: str) -> dict[str, str]:
    """Those of its pods that its Deployment keeps: another one beside it names its own."""
    return {**labels_of(service), "track": "stable"}


def digest(content: str) -> str:
    """With other content, another name."""
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def pods_of(service: str) -> k8s.networking.v1.NetworkPolicyPeerArgsDict:
    """Its pods, as a network policy names them."""
    return {
        "namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": namespace_of(service)}},
        "pod_selector": {"match_labels": labels_of(service)},
    }


def network_policy(name: str, service: Service, callers: list[str]) -> k8s.networking.v1.NetworkPolicySpecArgsDict:
    """Deny by default."""
    app_port: k8s.networking.v1.NetworkPolicyPortArgsDict = {"protocol": "TCP", "port": PORT_NAME}
    ingress: list[k8s.networking.v1.NetworkPolicyIngressRuleArgsDict] = []
    if service.priority:
        ingress.append({"from_": [{"ip_block": {"cidr": VPC_CIDR}}], "ports": [app_port]})
    if callers:
        ingress.append({"from_": [pods_of(caller) for caller in callers], "ports": [app_port]})
    calls: list[k8s.networking.v1.NetworkPolicyEgressRuleArgsDict] = [
        {"to": [pods_of(called)], "ports": [app_port]} for called in sorted(service.calls)
    ]
    egress: list[k8s.networking.v1.NetworkPolicyEgressRuleArgsDict] = [
        {"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]},
        {"to": [{"ip_block": {"cidr": "169.254.170.23/32"}}], "ports": [{"protocol": "TCP", "port": 80}]},
        *calls,
        {"to": [{"ip_block": {"cidr": "0.0.0.0/0"}}], "ports": [{"protocol": "TCP", "port": 443}]},
    ]
    return {
        "pod_selector": {"match_labels": labels_of(name)},
        "policy_types": ["Ingress", "Egress"],
        "ingress": ingress,
        "egress": egress,
    }


def probe(path: str, period: int, failures: int) -> k8s.core.v1.ProbeArgsDict:
    """Ask the app."""
    return {
        "http_get": {"path": path, "port": PORT_NAME},
        "period_seconds": period,
        "timeout_seconds": 5,
        "failure_threshold": failures,
    }


def spread(name: str) -> k8s.core.v1.TopologySpreadConstraintArgsDict:
    """Over zones, if it can be."""
    return {
        "max_skew": 1,
        "topology_key": "topology.kubernetes.io/zone",
        "when_unsatisfiable": "ScheduleAnyway",
        "label_selector": {"match_labels": labels_of(name)},
        "match_label_keys": ["pod-template-hash"],
    }


def environment(name: str, service: Service) -> dict[str, str]:
    """What a container is told."""
    told = {"APP_SERVICES": name, "FORWARDED_ALLOW_IPS": VPC_CIDR, **service.env}
    for called in service.calls:
        told[f"{called.upper()}_URL"] = f"http://app-{called}.{namespace_of(called)}.svc.cluster.local:{PORT}"
    for variable in service.secrets:
        told[f"{variable}_FILE"] = f"/mnt/secrets/{variable}"
    if service.priority:
        told |= {
            "PORT": str(PORT),
            "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": "25",
            "UVICORN_TIMEOUT_KEEP_ALIVE": "75",
        }
    return told


def container(name: str, service: Service, volume: str) -> k8s.core.v1.ContainerArgsDict:
    """The one container of a pod."""
    mounts: list[k8s.core.v1.VolumeMountArgsDict] = [{"name": "tmp", "mount_path": "/tmp"}]
    if service.secrets:
        mounts.append({"name": volume, "mount_path": "/mnt/secrets", "read_only": True})
    made: k8s.core.v1.ContainerArgsDict = {
        "name": "app",
        "image": IMAGE,
        "args": service.command or UVICORN,
        "env": [{"name": key, "value": value} for key, value in sorted(environment(name, service).items())],
        "resources": {
            "requests": {"cpu": service.cpu, "memory": service.memory},
            "limits": {"memory": service.memory},
        },
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volume_mounts": mounts,
    }
    if service.priority:
        made["ports"] = [{"name": PORT_NAME, "container_port": PORT, "protocol": "TCP"}]
        made["lifecycle"] = {"pre_stop": {"sleep": {"seconds": 15}}}
        made["startup_probe"] = probe("/livez", 5, 12)
        made["readiness_probe"] = probe("/readyz", 10, 3)
        made["liveness_probe"] = probe("/livez", 15, 3)
    return made


def pods(name: str, service: Service, volume: str) -> k8s.core.v1.PodSpecArgsDict:
    """As Pod Security takes them for ``restricted``."""
    volumes: list[k8s.core.v1.VolumeArgsDict] = [
        {"name": "tmp", "empty_dir": {"medium": "Memory", "size_limit": "64Mi"}}
    ]
    if service.secrets:
        attributes = {"secretProviderClass": f"app-{name}"}
        driver: k8s.core.v1.CSIVolumeSourceArgsDict = {
            "driver": "secrets-store.csi.k8s.io",
            "read_only": True,
            "volume_attributes": attributes,
        }
        volumes.append({"name": volume, "csi": driver})
    return {
        "service_account_name": f"app-{name}",
        "automount_service_account_token": False,
        "enable_service_links": False,
        "termination_grace_period_seconds": 50,
        "node_selector": {"kubernetes.io/arch": "arm64"},
        "topology_spread_constraints": [spread(name)],
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": 10001,
            "run_as_group": 10001,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "containers": [container(name, service, volume)],
        "volumes": volumes,
    }


def autoscaler(full: str, service: Service) -> k8s.autoscaling.v2.HorizontalPodAutoscalerSpecArgsDict:
    """Up at once, down slowly."""
    return {
        "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": full},
        "min_replicas": service.fewest,
        "max_replicas": service.most,
        "metrics": [
            {
                "type": "Resource",
                "resource": {
                    "name": "cpu",
                    "target": {"type": "Utilization", "average_utilization": service.cpu_percent},
                },
            }
        ],
        "behavior": {
            "scale_up": {
                "stabilization_window_seconds": 0,
                "select_policy": "Max",
                "policies": [
                    {"type": "Percent", "value": 100, "period_seconds": 15},
                    {"type": "Pods", "value": 4, "period_seconds": 15},
                ],
            },
            "scale_down": {
                "stabilization_window_seconds": 300,
                "policies": [{"type": "Percent", "value": 25, "period_seconds": 60}],
            },
        },
    }
