"""What a service on EKS cannot be: one sentence each, and nothing is made."""

import dataclasses
from typing import Any

import pulumi
import pytest

from fastapi_on_aws import (
    CalledArgs,
    EksClusterRef,
    EksRolloutArgs,
    EksService,
    PodIdentityKind,
    ScalingArgs,
    UsageError,
)
from fastapi_on_aws.recording import record
from tests.components.ecs_services import PARAMETER, SECRET
from tests.components.eks_services import DEPLOYMENT, WEB, WORKER, service
from tests.support.recorded import names

WHOLE = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-AbCdEf"

REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"scaling": ScalingArgs(min=0, max=2)},
        "shop.scaling.min is 0, and Kubernetes' autoscaler never goes below one pod; set it to 1 or more",
    ),
    (
        {"rollout": EksRolloutArgs(max_surge_percent=0)},
        "shop.rollout.max_surge_percent and shop.rollout.max_unavailable_percent are both 0, and no pod could ever be"
        " replaced; raise one of them",
    ),
    ({"memory": "64 MB"}, "shop.memory is '64 MB'; a pod has 128 MB or more"),
    ({"cpu": "0.001 vCPU"}, "shop.cpu is '0.001 vCPU'; a pod has 0.01 vCPU or more"),
    (
        {"env": {"KEY_FILE": "/x"}, "secrets": {"KEY": PARAMETER}},
        "shop has KEY_FILE, which tells where the secret KEY is; rename the one that you set",
    ),
    (
        {"secrets": {"A": SECRET, "B": PARAMETER.replace("eu-west-1", "us-east-1")}},
        "shop.secrets are of eu-west-1 and us-east-1, and a pod's volume reads from one region; replicate them to one",
    ),
    (
        {"secrets": {"A": WHOLE, "B": f"{WHOLE}::AWSPREVIOUS:"}},
        "shop.secrets.B names a secret in another stage or version than the others that name it, and a pod's volume"
        " holds one of each; take one of them",
    ),
    (
        {"egress_ports": [443, 8000]},
        "shop.egress_ports has 8000, where the app listens: every service could then call every other; take it out,"
        " and name what is called under calls",
    ),
    (
        {"env": {"PRICES_URL": "http://x"}, "calls": {"prices": CalledArgs(name="prices")}},
        "shop: PRICES_URL is told because of calls.prices; take one of them out",
    ),
    ({"env": {"FLAGS": "a\0b"}}, "shop.env.FLAGS has a NUL in it, where its value would end; take it out"),
    (
        {"env": {"FLAGS": "é" * 65_533}},
        "shop.env.FLAGS takes 131073 bytes, and Linux starts no process that is told more than 131072 in one variable;"
        " store it in S3 and say where",
    ),
    ({"env": {"DB_PASSWORD": "hunter2"}}, "shop.env.DB_PASSWORD looks like a secret"),
    ({"port": 80}, "shop.port is 80; it must be 1024 to 65535"),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSED)
def test_a_service_that_cannot_run_is_one_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        service(dataclasses.replace(WEB, **change))
    assert str(refused.value).startswith(sentence)


def test_without_its_clusters_provider_nothing_is_made() -> None:
    def program() -> None:
        EksService("shop", WEB)

    with pytest.raises(UsageError, match="shop has no provider of its cluster; give it one, such as ResourceOptions"):
        record(program)


@pytest.mark.parametrize(
    ("arns", "sentence"),
    [
        (["nonsense"], "shop.secrets.S0 must be the ARN of a Secrets Manager secret or an SSM parameter"),
        (
            [SECRET, SECRET.replace("eu-west-1", "us-east-1")],
            "shop.secrets are of eu-west-1 and us-east-1, and a pod's",
        ),
    ],
)
def test_secrets_that_are_known_late_are_checked_then(arns: list[str], sentence: str) -> None:
    secrets = {f"S{number}": pulumi.Output.from_input(arn) for number, arn in enumerate(arns)}
    with pytest.raises(UsageError, match=sentence):
        service(dataclasses.replace(WEB, secrets=secrets))


def test_a_role_of_irsa_needs_somebody_to_trust() -> None:
    cluster = EksClusterRef(name="platform", identity=PodIdentityKind.IRSA)
    with pytest.raises(UsageError, match="shop.cluster.identity is irsa, which needs shop.cluster.oidc_provider_arn"):
        service(dataclasses.replace(WEB, cluster=cluster))


@pytest.mark.parametrize("name", ["Shop", "1shop", "shop-", "shop_web", "shop.web"])
def test_a_name_that_is_no_dns_label_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a DNS label, as Kubernetes wants for a Service"):
        service(WEB, name=name)


def test_a_name_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(UsageError, match="a target group here can have 24"):
        service(WEB, name="s" * 25)
    assert names(service(WORKER, name="s" * 25).of_type(DEPLOYMENT)) == {"s" * 25}, "a worker has no target group"


def test_a_port_that_is_known_late_is_checked_when_it_is() -> None:
    late = dataclasses.replace(WEB, port=pulumi.Output.from_input(5432), egress_ports=[443, 5432])
    with pytest.raises(UsageError, match=r"^shop\.egress_ports has 5432, where the app listens: every service could"):
        service(late)
