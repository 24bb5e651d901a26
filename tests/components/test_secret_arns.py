"""What may stand under `secrets`: the ARN of a secret or parameter, as AWS tells it, whoever keeps the secret."""

from collections.abc import Callable, Mapping
from typing import Final

import pulumi
import pulumi_aws as aws
import pytest

from fastapi_on_aws import (
    EcsService,
    EcsServiceArgs,
    EksService,
    EksServiceArgs,
    LambdaFunction,
    LambdaFunctionArgs,
    UsageError,
)
from fastapi_on_aws.environment import check_environment
from fastapi_on_aws.recording import Mode, record
from tests.components.ecs_services import PARAMETER, SECRET
from tests.components.ecs_services import WORKER as TASK
from tests.components.eks_services import WORKER as POD
from tests.components.eks_services import platform
from tests.support.recorded import existing_image

MANAGED = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!{}-8b9b2f9c-0d1e-4f2a-9b3c-4d5e6f708192-AbCdEf"

Secrets = Mapping[str, pulumi.Input[str]]


def task(secrets: Secrets) -> None:
    EcsService("task", EcsServiceArgs(cluster=TASK.cluster, network=TASK.network, image=TASK.image, secrets=secrets))


def pod(secrets: Secrets) -> None:
    EksService(
        "pod",
        EksServiceArgs(cluster=POD.cluster, network=POD.network, image=POD.image, secrets=secrets),
        pulumi.ResourceOptions(providers=[platform()]),
    )


def function(secrets: Secrets) -> None:
    LambdaFunction("function", LambdaFunctionArgs(image=existing_image(), secrets=secrets))


RUNTIMES: Final[dict[str, Callable[[Secrets], None]]] = {"task": task, "pod": pod, "function": function}


@pytest.mark.parametrize(
    "arn",
    [
        SECRET,
        PARAMETER,
        MANAGED.format("db"),
        MANAGED.format("cluster"),
        f"{MANAGED.format('db')}:password::",
        f"{MANAGED.format('db')}:password:AWSCURRENT:",
    ],
)
def test_an_arn_as_aws_tells_it_is_taken(arn: str) -> None:
    check_environment({}, {"DATABASE": arn}, "app", reserved=())


@pytest.mark.parametrize("ending", ["", ":password::", "-abc"])
def test_an_arn_that_iam_would_not_find_is_refused(ending: str) -> None:
    with pytest.raises(UsageError, match="app.secrets.DATABASE lacks the hyphen and the six characters that AWS puts"):
        check_environment({}, {"DATABASE": SECRET.split("-AbCdEf")[0] + ending}, "app", reserved=())


@pytest.mark.parametrize("mode", [Mode.PREVIEW, Mode.UPDATE])
def test_a_secret_that_rds_keeps_is_read_by_every_runtime(mode: Mode) -> None:
    def program() -> None:
        cluster = aws.rds.Cluster("cluster", engine="aurora-postgresql", manage_master_user_password=True)
        instance = aws.rds.Instance("instance", instance_class="db.t4g.micro", manage_master_user_password=True)
        secrets: dict[str, pulumi.Input[str]] = {
            "CLUSTER": cluster.master_user_secrets[0].secret_arn,
            "INSTANCE": pulumi.Output.concat(instance.master_user_secrets[0].secret_arn, ":password::"),
        }
        for make in RUNTIMES.values():
            make(secrets)

    graph = record(program, mode=mode, project="shop", config={"aws:region": "eu-west-1"})
    policies = graph.of_type("aws:iam/rolePolicy:RolePolicy")
    assert len(policies) == 3, "each runtime has a role that reads them"
    if mode is Mode.UPDATE:
        assert all(str(policy.inputs["policy"]).count("secret:rds!") == 4 for policy in policies), (
            "both secrets, to read and to decrypt"
        )


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_more_secrets_than_a_role_has_room_for_are_refused_before_anything_is_made(runtime: str) -> None:
    secrets = {f"KEY_{number}": f"{PARAMETER}-{number}" for number in range(99)}
    sentence = (
        f"{runtime}.secrets has 99 ARNs, and to let a role read them takes [0-9]+ characters, of which it has room"
    )
    with pytest.raises(UsageError, match=sentence):
        record(lambda: RUNTIMES[runtime](secrets), config={"aws:region": "eu-west-1"})


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_as_many_secrets_as_may_be_fit_into_a_role(runtime: str) -> None:
    secrets = {f"KEY_{number}": f"{PARAMETER}-{number}" for number in range(70)}
    graph = record(lambda: RUNTIMES[runtime](secrets), mode=Mode.UPDATE, config={"aws:region": "eu-west-1"})
    document = graph.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"]
    assert document.count(PARAMETER) == 2 * 70, "to read and to decrypt"
    assert len(document.replace(" ", "")) <= 10_240, "which is all that IAM takes"


@pytest.mark.parametrize("runtime", ["task", "function"])
def test_a_secret_of_many_keys_takes_no_more_room_than_one(runtime: str) -> None:
    whole = SECRET.removesuffix(":password::")
    secrets = {f"KEY_{number}": f"{whole}:key{number}::" for number in range(99)}
    graph = record(lambda: RUNTIMES[runtime](secrets), mode=Mode.UPDATE, config={"aws:region": "eu-west-1"})
    document = graph.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"]
    assert document.count(whole) == 2, "to read and to decrypt"
