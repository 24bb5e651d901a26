"""VPC flow logs in CloudWatch Logs."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from fastapi_on_aws.args import Defaulted, arg
from fastapi_on_aws.component import KEEPS_NAME, after, stack_path
from fastapi_on_aws.naming import logical, physical
from fastapi_on_aws.policy_documents import Statement, account_of, policy, trust
from fastapi_on_aws.retention import RETENTION_DAYS


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """A record of the traffic of a VPC, in CloudWatch Logs."""

    enabled: Defaulted[bool] = True
    """Default: true. Without them nobody can tell later who talked to whom; ingestion costs $0.50 a GB."""

    retention_days: Defaulted[int] = arg(RETENTION_DAYS, default=30)
    """How long they are kept. Default: 30."""


class FlowLogs:
    """The log group, the role that writes to it, and the flow log of one VPC."""

    def __init__(self, name: str, vpc_id: pulumi.Input[str], args: FlowLogsArgs, opts: ResourceOptions) -> None:
        self.log_group = aws.cloudwatch.LogGroup(
            name,
            name=physical("log group", f"/{stack_path()}/{name}"),
            retention_in_days=args.retention_days,
            opts=ResourceOptions.merge(opts, KEEPS_NAME),
        )
        self.role = aws.iam.Role(
            logical("IAM role", name),
            assume_role_policy=self.log_group.arn.apply(
                lambda arn: trust("vpc-flow-logs.amazonaws.com", account_of(arn))
            ),
            opts=opts,
        )
        self.role_policy = aws.iam.RolePolicy(
            logical("IAM role policy", name),
            role=self.role.name,
            policy=self.log_group.arn.apply(_may_write),
            opts=opts,
        )
        self.flow_log = aws.ec2.FlowLog(
            name,
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination=self.log_group.arn,
            iam_role_arn=after(self.role.arn, self.role_policy),
            opts=opts,
        )


def _may_write(log_group_arn: str) -> str:
    actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
    return policy([Statement(sid="WriteFlowLogs", actions=actions, resources=[f"{log_group_arn}:*"])])
