"""The two IAM roles of a task: ECS's own, to start it, and the app's."""

from collections.abc import Iterable
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.component import after
from fastapi_on_aws.naming import logical
from fastapi_on_aws.policy_documents import Statement, account_of, policy, trust, write_logs
from fastapi_on_aws.references import ECR_IMAGE
from fastapi_on_aws.secret_access import read_secrets

_ECS_TASKS: Final = "ecs-tasks.amazonaws.com"


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
    statements = [write_logs(log_group_arn)]
    repository = ECR_IMAGE.fullmatch(image_uri)
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
    return policy([*statements, *read_secrets(secret_arns, parameters="ssm:GetParameters")])
