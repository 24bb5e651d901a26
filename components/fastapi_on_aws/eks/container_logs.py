"""What containers write, in CloudWatch Logs: what the add-on that ships it needs, and what it is told.

Source: Amazon CloudWatch user guide, "Install the CloudWatch agent with the Amazon CloudWatch Observability EKS add-on
or the Helm chart".
"""

from collections.abc import Mapping
from typing import Any, Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from fastapi_on_aws.component import KEEPS_NAME, after
from fastapi_on_aws.eks.addon_args import OBSERVABILITY, AddonArgs
from fastapi_on_aws.eks.pod_role import pod_identity_trust
from fastapi_on_aws.naming import logical, physical
from fastapi_on_aws.policy_documents import Statement, policy

SERVICE_ACCOUNT: Final = "cloudwatch-agent"
"""Of the add-on's agent and of its Fluent Bit, in its namespace."""
_NAMESPACE: Final = "amazon-cloudwatch"
_KINDS: Final = ("application", "dataplane", "host")
"""Fluent Bit writes to a group for each: of containers, of the nodes' kubelet, and of their kernel."""
_MANAGED: Final = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"


class ContainerLogs:
    """Log groups that end, since the add-on would make them without an end, and a role that may write to them alone."""

    def __init__(self, name: str, *, cluster_name: str, retention_days: int, opts: ResourceOptions) -> None:
        self._name, self._opts = f"{name}-logs", opts
        self.log_groups = {
            kind: aws.cloudwatch.LogGroup(
                f"{name}-{kind}",
                name=physical("log group", f"/aws/containerinsights/{cluster_name}/{kind}"),
                retention_in_days=retention_days,
                opts=ResourceOptions.merge(opts, KEEPS_NAME),
            )
            for kind in _KINDS
        }
        self.metrics_policy: Optional[aws.iam.RolePolicyAttachment] = None

    def create_role(self, cluster_name: Output[str], addon: AddonArgs) -> pulumi.Output[str]:
        """Of a cluster that is there; its ARN, once it may write, and send metrics and traces where the add-on is told
        to do more."""
        self.role = aws.iam.Role(
            logical("IAM role", self._name),
            assume_role_policy=cluster_name.apply(lambda known: pod_identity_trust(known, _NAMESPACE, SERVICE_ACCOUNT)),
            opts=self._opts,
        )
        self.policy = aws.iam.RolePolicy(
            logical("IAM role policy", self._name),
            role=self.role.name,
            policy=Output.all(*(group.arn for group in self.log_groups.values())).apply(write_policy),
            opts=self._opts,
        )
        if addon.configuration:
            self.metrics_policy = aws.iam.RolePolicyAttachment(
                self._name, role=self.role.name, policy_arn=_MANAGED, opts=self._opts
            )
        return after(self.role.arn, self.policy, *([self.metrics_policy] if self.metrics_policy else []))


def write_policy(log_group_arns: list[str]) -> str:
    """Write to these groups. Fluent Bit asks for each to be made first, and takes that it exists for an answer."""
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = [resource for arn in log_group_arns for resource in (arn, f"{arn}:*")]
    return policy([Statement(sid="WriteLogs", actions=actions, resources=resources)])


def with_container_logs(given: Mapping[str, AddonArgs], *, wanted: bool) -> dict[str, AddonArgs]:
    """The add-ons, with the one that ships logs where that is wanted."""
    return {OBSERVABILITY: AddonArgs(), **given} if wanted else dict(given)


def logs_configuration(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the add-on is told: metrics and traces are paid for one by one, and nobody has asked for them."""
    off = {"enabled": False}
    return {"containerLogs": {"enabled": True}, "containerInsights": off, "applicationSignals": off, **said}
