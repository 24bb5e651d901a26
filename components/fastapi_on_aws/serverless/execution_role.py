"""The one IAM role of a function: what starts it and what the app may do are the same role on Lambda."""

from collections.abc import Iterable
from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.component import after
from fastapi_on_aws.naming import logical
from fastapi_on_aws.policy_documents import Statement, account_of, policy, region_of, trust, write_logs
from fastapi_on_aws.secret_access import read_secrets

_NETWORK_INTERFACES: Final = "arn:aws:iam::aws:policy/service-role/AWSLambdaENIManagementAccess"
"""Lambda asks for these actions on all resources; see `no_network_interfaces`."""


class ExecutionRole:
    """Writes its logs, reads its secrets, mounts its file system, and may do nothing else yet."""

    def __init__(
        self,
        name: str,
        *,
        log_group_arn: Input[str],
        secret_arns: Iterable[Input[str]],
        access_point_arn: Optional[Input[str]],
        in_network: bool,
        xray: bool,
        opts: ResourceOptions,
    ) -> None:
        self.role = aws.iam.Role(logical("IAM role", name), assume_role_policy=trust("lambda.amazonaws.com"), opts=opts)
        self.policy = aws.iam.RolePolicy(
            logical("IAM role policy", name),
            role=self.role.name,
            policy=Output.all(log_group_arn, Output.all(*secret_arns), access_point_arn).apply(
                lambda known: execution_policy(name, known[0], known[1], known[2], in_network=in_network, xray=xray)
            ),
            opts=opts,
        )
        self.network_access = (
            aws.iam.RolePolicyAttachment(name, role=self.role.name, policy_arn=_NETWORK_INTERFACES, opts=opts)
            if in_network
            else None
        )

    @property
    def arn(self) -> pulumi.Output[str]:
        """Handed out once the role may do its work."""
        ready = [self.policy, self.network_access] if self.network_access else [self.policy]
        return after(self.role.arn, *ready)


def execution_policy(
    name: str,
    log_group_arn: str,
    secret_arns: Iterable[str],
    access_point_arn: Optional[str] = None,
    *,
    in_network: bool = False,
    xray: bool = False,
) -> str:
    """Write these logs, read these secrets. ``name`` is what the function's own name begins with.

    Narrower than the managed AWSLambdaBasicExecutionRole, which allows every log group.
    """
    statements = [
        write_logs(log_group_arn),
        *read_secrets(secret_arns, parameters="ssm:GetParameter"),
    ]
    if xray:
        # The actions know no resources. Source: Service Authorization Reference, AWS X-Ray.
        actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        statements.append(Statement(sid="SendTraces", actions=actions, resources=["*"]))
    if access_point_arn:
        statements.append(_mount(access_point_arn))
    if in_network:
        statements.append(no_network_interfaces(name, region_of(log_group_arn), account_of(log_group_arn)))
    return policy(statements)


def no_network_interfaces(name: str, region: str, account: str) -> Statement:
    """Lambda makes network interfaces with the role; the function's own code must not. Source: AWS Lambda developer
    guide, "Giving Lambda functions access to resources in an Amazon VPC"."""
    return Statement(
        sid="DenyItsCodeNetworkInterfaces",
        effect="Deny",
        actions=[
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
        ],
        resources=["*"],
        conditions={"ArnLike": {"lambda:SourceFunctionArn": f"arn:aws:lambda:{region}:{account}:function:{name}-*"}},
    )


def _mount(access_point_arn: str) -> Statement:
    """The resource is the file system, which the ARN of an access point does not tell."""
    region, account = region_of(access_point_arn), account_of(access_point_arn)
    return Statement(
        sid="MountFileSystem",
        actions=["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        resources=[f"arn:aws:elasticfilesystem:{region}:{account}:file-system/*"],
        conditions={"StringEquals": {"elasticfilesystem:AccessPointArn": access_point_arn}},
    )
