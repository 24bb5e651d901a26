"""Sees each new version through, from `pulumi up` alone: moves an alias to it step by step, or waits for its snapshot.

AWS CodeDeploy has no resource that starts a deployment. So there is a small function that moves the alias's weights
and looks at the alarms, and an ``aws.lambda_.Invocation`` that Pulumi waits for, with each new version again. It fails
when the function does, and then is not there: the next `pulumi up` tries again, from the version that serves; with a
mended app from that version to the mended one. What the failed one published stays, and no request reaches it.

**Who moves the alias.** With a rollout that shifts, Pulumi creates the alias and then ignores its version and weights
(`alias_options`); its state may keep the version that it last set. Nothing but these two changes in it, so no update
sends that version. Back at `all_at_once`, Pulumi compares its state with the newest version, which it differs from,
and sets that one, without weights. From `all_at_once` to a shift nothing is sent: the state's version is the one that
serves. `pulumi refresh` writes into the state what serves, which changes none of this.

**Snapshots.** The provider does not wait for that of the first version (hashicorp/terraform-provider-aws#42693), and
nothing answers without it, so whatever leads to the function waits for the invocation. On Python each version is paid
for as long as it is there (AWS Lambda developer guide, "Lambda SnapStart pricing"), so the older ones are deleted.

**Why one invocation of up to 15 minutes is safe.** The provider's client has no read time-out, the resource no
time-out of its own, and TCP keep-alives each 30 s hold the connection through a NAT gateway, which cuts idle ones
off after 350 s. Where it is cut all the same, the client invokes once more; that run takes over, and the older one
leaves the alias alone. Sources: aws-sdk-go-v2, `aws/transport/http/client.go`; terraform-provider-aws,
`internal/service/lambda/invocation.go`; Amazon VPC user guide, "NAT gateways".
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.component import KEEPS_NAME, after, stack_path
from fastapi_on_aws.naming import logical, physical
from fastapi_on_aws.policy_documents import Statement, account_of, policy, region_of, trust, write_logs
from fastapi_on_aws.serverless.limits import LONGEST_TIMEOUT_SECONDS
from fastapi_on_aws.serverless.rollout_args import RolloutArgs

KEPT_SNAPSHOTS: Final = 3
"""Versions with a snapshot that are kept: the one that serves, and what one might go back to."""
_CODE: Final = Path(__file__).with_name("rollout_function.py")
_MOVED_BY_ROLLOUT: Final = ResourceOptions(ignore_changes=["functionVersion", "routingConfig"])


class Rollout:
    """The function that moves an alias, and its call for each version. For a rollout that shifts."""

    def __init__(
        self,
        name: str,
        args: RolloutArgs,
        *,
        function_name: Input[str],
        function_arn: Input[str],
        version: Input[str],
        alias: aws.lambda_.Alias,
        alarms: Sequence[Input[str]],
        snapshots: bool,
        log_retention_days: int,
        opts: ResourceOptions,
    ) -> None:
        self._name, self._args, self._opts = f"{name}-rollout", args, opts
        self._kept_versions = KEPT_SNAPSHOTS if snapshots else 0
        self._create_log_group(log_retention_days)
        self._create_role(function_arn, alias.arn, alarms)
        self._create_function()
        self._create_invocation(function_name, version, alias.name, alarms)

    def _create_log_group(self, retention_in_days: int) -> None:
        self.log_group = aws.cloudwatch.LogGroup(
            self._name,
            name=physical("log group", _log_group_name(self._name)),
            retention_in_days=retention_in_days,
            opts=ResourceOptions.merge(self._opts, KEEPS_NAME),
        )

    def _create_role(self, function_arn: Input[str], alias_arn: Input[str], alarm_arns: Sequence[Input[str]]) -> None:
        self.role = aws.iam.Role(
            logical("IAM role", self._name), assume_role_policy=trust("lambda.amazonaws.com"), opts=self._opts
        )
        self.policy = aws.iam.RolePolicy(
            logical("IAM role policy", self._name),
            role=self.role.name,
            policy=Output.all(self.log_group.arn, function_arn, alias_arn, Output.all(*alarm_arns)).apply(
                lambda known: rollout_policy(
                    known[0],
                    known[1],
                    known[2],
                    known[3],
                    asks=self._args.check is not None,
                    deletes=bool(self._kept_versions),
                )
            ),
            opts=self._opts,
        )

    def _create_function(self) -> None:
        self.function = aws.lambda_.Function(
            logical("Lambda function", self._name),
            description="Sees a new version through",
            runtime="python3.13",
            architectures=["arm64"],
            handler=f"{_CODE.stem}.handler",
            code=pulumi.AssetArchive({_CODE.name: pulumi.StringAsset(_CODE.read_text(encoding="utf-8"))}),
            role=after(self.role.arn, self.policy),
            memory_size=256,
            timeout=LONGEST_TIMEOUT_SECONDS,
            logging_config={
                "log_format": "JSON",
                "log_group": self.log_group.name,
                "application_log_level": "INFO",
                "system_log_level": "WARN",
            },
            opts=self._opts,
        )

    def _create_invocation(
        self, function_name: Input[str], version: Input[str], alias_name: Input[str], alarm_arns: Sequence[Input[str]]
    ) -> None:
        self.invocation = aws.lambda_.Invocation(
            self._name,
            function_name=self.function.name,
            input=Output.all(function_name, alias_name, version, Output.all(*alarm_arns)).apply(
                lambda known: json.dumps(
                    {
                        "function_name": known[0],
                        "alias": known[1],
                        "version": known[2],
                        "percents": self._args.steps,
                        "interval_seconds": self._args.step_seconds,
                        "alarms": [arn.partition(":alarm:")[2] for arn in known[3]],
                        "check": self._args.check or "",
                        "kept_versions": self._kept_versions,
                    }
                )
            ),
            triggers={"version": version},
            opts=self._opts,
        )


def alias_options(args: RolloutArgs, opts: ResourceOptions) -> ResourceOptions:
    """Options of the alias: with a rollout that shifts, its version is not Pulumi's to set once it is there."""
    return ResourceOptions.merge(opts, _MOVED_BY_ROLLOUT) if args.shifts else opts


def check_rollout_names(name: str) -> None:
    """Refuse a function's name that leaves no room for its rollout's, before anything is registered."""
    own = f"{name}-rollout"
    logical("Lambda function", own)
    logical("IAM role", own)
    physical("log group", _log_group_name(own))


def rollout_policy(
    log_group_arn: str, function_arn: str, alias_arn: str, alarm_arns: Sequence[str], *, asks: bool, deletes: bool
) -> str:
    """Write these logs, wait for this function's versions, move this alias, look at alarms, ask and delete versions.

    The Service Authorization Reference names the function as the resource of the alias's actions; requests with the
    alias's own ARN are covered, too. The alarms' states may all be read: with single ARNs the call has been refused
    (mattclay/aws-terminator#63), and a rollout that cannot look would never start.
    """
    statements = [
        write_logs(log_group_arn),
        Statement(
            sid="MoveAlias", actions=["lambda:GetAlias", "lambda:UpdateAlias"], resources=[function_arn, alias_arn]
        ),
    ]
    versions = f"{function_arn}:*"
    statements.append(
        Statement(sid="LookAtVersions", actions=["lambda:GetFunctionConfiguration"], resources=[function_arn, versions])
    )
    if asks:
        statements.append(Statement(sid="AskVersions", actions=["lambda:InvokeFunction"], resources=[versions]))
    if deletes:
        statements += [
            Statement(sid="ListVersions", actions=["lambda:ListVersionsByFunction"], resources=[function_arn]),
            Statement(sid="DeleteVersions", actions=["lambda:DeleteFunction"], resources=[versions]),
        ]
    if alarm_arns:
        alarms = f"arn:aws:cloudwatch:{region_of(function_arn)}:{account_of(function_arn)}:alarm:*"
        statements.append(Statement(sid="WatchAlarms", actions=["cloudwatch:DescribeAlarms"], resources=[alarms]))
    return policy(statements)


def _log_group_name(name: str) -> str:
    return f"/aws/lambda/{stack_path()}/{name}"
