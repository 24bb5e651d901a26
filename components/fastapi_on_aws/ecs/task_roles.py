"""The two IAM roles of a task: ECS's own, to start it, and the app's."""

import re
from collections.abc import Iterable
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.component import after
from fastapi_on_aws.naming import logical
from fastapi_on_aws.policy_documents import Statement, account_of, policy, region_of, trust

_ECS_TASKS: Final = "ecs-tasks.amazonaws.com"
_ECR_IMAGE: Final = re.compile(r"(\d{12})\.dkr[.-]ecr\.([a-z0-9-]+)\.(?:amazonaws\.com|on\.aws)/([^:@]+)[:@].*")


class TaskRoles:
    """An execution role that may do just what starts this task, and a task role that may do nothing yet."""

    def __init__(
        self,
        name: str,
        *,
        cluster_arn: Input[str],
        image_uri: Input[str],
        log_group_arn: Input[str],
        secret_arns: Iterable[Input[str]],
        opts: ResourceOptions,
    ) -> None:
        self.execution_role = aws.iam.Role(
            logical("IAM role", f"{name}-execution"), assume_role_policy=trust(_ECS_TASKS), opts=opts
        )
        self.execution_policy = aws.iam.RolePolicy(
            logical("IAM role policy", f"{name}-execution"),
            role=self.execution_role.name,
            policy=Output.all(image_uri, log_group_arn, Output.all(*secret_arns)).apply(
                lambda known: execution_policy(known[0], known[1], known[2])
            ),
            opts=opts,
        )
        self.task_role = aws.iam.Role(
            logical("IAM role", f"{name}-task"),
            assume_role_policy=Output.from_input(cluster_arn).apply(lambda arn: trust(_ECS_TASKS, account_of(arn))),
            opts=opts,
        )

    @property
    def execution_role_arn(self) -> pulumi.Output[str]:
        """Handed out once the role may do its work."""
        return after(self.execution_role.arn, self.execution_policy)


def execution_policy(image_uri: str, log_group_arn: str, secret_arns: Iterable[str]) -> str:
    """Pull this image, write these logs, read these secrets.

    Narrower than the managed AmazonECSTaskExecutionRolePolicy, which allows every repository and log group.
    """
    statements = [
        Statement(
            sid="WriteLogs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[f"{log_group_arn}:*"],
        )
    ]
    repository = _ECR_IMAGE.fullmatch(image_uri)
    if repository:
        account, region, name = repository.groups()
        statements += [
            # The action knows no resources. Source: Service Authorization Reference, Amazon ECR.
            Statement(sid="LogInToEcr", actions=["ecr:GetAuthorizationToken"], resources=["*"]),
            Statement(
                sid="PullImage",
                actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                resources=[f"arn:aws:ecr:{region}:{account}:repository/{name}"],
            ),
        ]
    return policy([*statements, *_secret_statements(sorted(set(secret_arns)))])


def _secret_statements(arns: list[str]) -> list[Statement]:
    secrets = [_whole_secret(arn) for arn in arns if ":secretsmanager:" in arn]
    parameters = [arn for arn in arns if ":ssm:" in arn]
    statements = []
    if secrets:
        statements.append(Statement(sid="ReadSecrets", actions=["secretsmanager:GetSecretValue"], resources=secrets))
        statements.append(_decrypt("Secrets", "secretsmanager", "SecretARN", secrets))
    if parameters:
        statements.append(Statement(sid="ReadParameters", actions=["ssm:GetParameters"], resources=parameters))
        statements.append(_decrypt("Parameters", "ssm", "PARAMETER_ARN", parameters))
    return statements


def _decrypt(what: str, service: str, context: str, arns: list[str]) -> Statement:
    """With whatever key these are encrypted, for an ARN does not tell; for these alone, and through the service."""
    places = sorted({(region_of(arn), account_of(arn)) for arn in arns})
    return Statement(
        sid=f"Decrypt{what}",
        actions=["kms:Decrypt"],
        resources=[f"arn:aws:kms:{region}:{account}:key/*" for region, account in places],
        conditions={
            "StringEquals": {
                "kms:ViaService": sorted({f"{service}.{region}.amazonaws.com" for region, _ in places}),
                f"kms:EncryptionContext:{context}": arns,
            }
        },
    )


def _whole_secret(arn: str) -> str:
    """The ARN of a secret without the JSON key, stage and version that `valueFrom` may name after it."""
    return ":".join(arn.split(":")[:7])
