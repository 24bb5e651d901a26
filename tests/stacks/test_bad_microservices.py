"""What a stack file may not ask of microservices: one sentence each, before anything is registered."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from fastapi_on_aws import UsageError
from tests.support.recorded import DIGEST, names, stack_graph

PATH: Final = "fastapi-on-aws:"
ADMINS: Final = ["arn:aws:iam::123456789012:role/deployer"]
LEAST: Final = {"admins": ADMINS, "endpoint": "private"}
EXISTING: Final = {
    "name": "platform",
    "endpoint": "https://0A1B2C3D.gr7.eu-central-1.eks.amazonaws.com",
    "certificate_authority": "LS0tLS1CRUdJTg==",
}
AMD64: Final = {"uri": f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@{DIGEST}", "architecture": "amd64"}
NODES_NEED: Final = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts"]

SECRET: Final = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"
PARAMETER: Final = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key"

REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({"eks": {}}, "eks.admins is empty, and nobody could do anything in the cluster"),
    ({"eks": {"admins": ADMINS}}, "eks.endpoint is missing: say private if pulumi up runs in the network"),
    ({"eks": {**LEAST, "endpoint": "public"}}, "eks.endpoint is public, and fastapi-on-aws:eks.public_access_cidrs is"),
    (
        {"eks": {**LEAST, "endpoint": "public", "public_access_cidrs": ["0.0.0.0/0"]}},
        "eks.public_access_cidrs[0] is '0.0.0.0/0'; it must be a public IPv4 range",
    ),
    ({"eks": {**LEAST, "spot": {"share": 50}}}, "eks.spot is not a setting; it is of ECS Fargate"),
    ({"eks": {**LEAST, "version": "1.30"}}, "eks.version is '1.30', which is out of EKS's standard support"),
    ({"eks": {**LEAST, "scaling": {"requests": 500}}}, "eks.scaling.requests is 500; it must be left out: Kubernetes'"),
    (
        {"eks": {**LEAST, "node_pool": {"limits": {"cpu": 2}}}},
        "eks.node_pool.limits.cpu is 2, and all services at their scaling.max ask for 6.5 vCPU, with the pods",
    ),
    ({"app": {"scaling": {"min": 0}}}, "app.scaling.min is 0, and Kubernetes' autoscaler never goes below one pod"),
    ({"app": {"egress_ports": [443, 8000]}}, "app.egress_ports has 8000, where the app listens: every service could"),
    (
        {"app": {"egress_ports": [443, *range(1, 21)]}},
        "app.egress_ports has 21 ports, and what enforces network policies on EKS knows 20 of them; take some out",
    ),
    ({"services": {"price_list": {"prefix": "/prices"}}}, "services.price_list is not a name for a service"),
    (
        {"services": {"a": {"prefix": "/a"}, "b": {"prefix": "/a"}}},
        "services.b.prefix /a is that of a too",
    ),
    ({"services": {"a": {"prefix": "/a", "calls": ["b"]}}}, "services.a.calls names b, which is not a service"),
    (
        {"services": {f"s{n}": {"prefix": f"/s{n}", "scaling": {"min": 1, "max": 1}} for n in range(51)}},
        "services has 51 services that run on their own behind one load balancer, and it has 100 rules",
    ),
    (
        {"app": {"image": AMD64, "asgi": "shop:app"}},
        "eks.node_pool.architecture is arm64, and the image of app was built for amd64: no node could run it",
    ),
    (
        {"network": {"nat": "none"}},
        "network.nat is none, so nodes in private subnets could not join the cluster, nor pods start; set it to"
        " single or per_zone, or add ec2, ecr.api, ecr.dkr, eks, eks-auth, logs, sts to",
    ),
    (
        {"network": {"nat": "none", "interface_endpoints": NODES_NEED}},
        "network.nat is none, so nodes in private subnets could not join the cluster, nor pods start; set it to"
        " single or per_zone, or add logs to",
    ),
    (
        {
            "network": {"nat": "none", "interface_endpoints": [*NODES_NEED, "logs"]},
            "app": {"secrets": {"A": SECRET}},
            "services": {"a": {"prefix": "/a", "secrets": {"B": PARAMETER}}},
        },
        "network.nat is none, so nodes in private subnets could not join the cluster, nor pods start; set it to"
        " single or per_zone, or add secretsmanager, ssm to fastapi-on-aws:network.interface_endpoints",
    ),
    (
        {"eks": {"existing": {**EXISTING, "endpoint": EXISTING["endpoint"].replace("eu-central-1", "eu-west-1")}}},
        "eks.existing is a cluster in a network of its own, and the stack would make another, whose load balancer",
    ),
    (
        {"eks": {"existing": EXISTING}},
        "eks.existing.endpoint is of eu-central-1, and the stack is in eu-west-1: its load balancer reaches no pods"
        " there; name a cluster of eu-west-1, or set aws:region",
    ),
]


def stack_file(tmp_path: Path, said: dict[str, Any]) -> Path:
    path = tmp_path / "Pulumi.eks.yaml"
    config = {"pattern": "microservices", "eks": LEAST, **said}
    keys = {f"{PATH}{key}": value for key, value in config.items()}
    path.write_text(yaml.safe_dump({"config": {"aws:region": "eu-west-1", **keys}}))
    return path


@pytest.mark.parametrize(("said", "sentence"), REFUSED)
def test_it_is_one_sentence_with_its_path(tmp_path: Path, said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        stack_graph(stack_file(tmp_path, said))
    assert str(refused.value).startswith(f"{PATH}{sentence}")


def test_nodes_without_a_nat_gateway_join_by_endpoints_and_the_logs_need_one_only_if_they_are_shipped(
    tmp_path: Path,
) -> None:
    network = {"nat": "none", "interface_endpoints": NODES_NEED}
    graph = stack_graph(stack_file(tmp_path, {"network": network, "eks": {**LEAST, "container_logs": False}}))
    assert "app-eks" in names(graph.of_type("aws:eks/cluster:Cluster"))
