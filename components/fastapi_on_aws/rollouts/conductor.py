"""A small function that sees a new version through, and its call, which Pulumi waits for.

No service of AWS has a resource that starts a deployment. So there is a function that moves requests and looks at
alarms, and an ``aws.lambda_.Invocation`` with each new version again. It fails when the function does, and then is not
there: the next `pulumi up` tries again.

**Why one invocation of up to 15 minutes is safe.** The provider's client has no read time-out, the resource no
time-out of its own, and TCP keep-alives each 30 s hold the connection through a NAT gateway, which cuts idle ones
off after 350 s. Where it is cut all the same, the client invokes once more; so of two runs the younger has to win.
Sources: aws-sdk-go-v2, `aws/transport/http/client.go`; terraform-provider-aws,
`internal/service/lambda/invocation.go`; Amazon VPC user guide, "NAT gateways".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Optional

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.component import KEEPS_NAME, after, stack_path
from fastapi_on_aws.naming import logical, physical
from fastapi_on_aws.policy_documents import Statement, account_of, policy, region_of, trust, write_logs
from fastapi_on_aws.rollouts.limits import LONGEST_TIMEOUT_SECONDS

_LIBRARY: Final = Path(__file__).parents[1]
_WATCH: Final = Path(__file__).with_name("watch.py")


class Conductor:
    """The function, with a role and logs of its own."""

    def __init__(
        self,
        name: str,
        *,
        code: Path,
        permissions: Input[Sequence[Statement]],
        environment: Optional[Mapping[str, Input[str]]] = None,
        log_retention_days: int,
        opts: ResourceOptions,
    ) -> None:
        """``code`` is a file of this library with a ``handler``."""
        self._name, self._opts = name, opts
        self._create_log_group(log_retention_days)
        self._create_role(permissions)
        self._create_function(code, environment)

    def call(
        self, order: Input[str], triggers: Mapping[str, Input[str]], depends_on: Sequence[pulumi.Resource] = ()
    ) -> aws.lambda_.Invocation:
        """With another input or trigger it is made anew, and the function called again."""
        return aws.lambda_.Invocation(
            self._name,
            function_name=self.function.name,
            input=order,
            triggers=triggers,
            opts=ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[*depends_on])),
        )

    def _create_log_group(self, retention_in_days: int) -> None:
        self.log_group = aws.cloudwatch.LogGroup(
            self._name,
            name=physical("log group", _log_group_name(self._name)),
            retention_in_days=retention_in_days,
            opts=ResourceOptions.merge(self._opts, KEEPS_NAME),
        )

    def _create_role(self, permissions: Input[Sequence[Statement]]) -> None:
        self.role = aws.iam.Role(
            logical("IAM role", self._name), assume_role_policy=trust("lambda.amazonaws.com"), opts=self._opts
        )
        self.policy = aws.iam.RolePolicy(
            logical("IAM role policy", self._name),
            role=self.role.name,
            policy=Output.all(self.log_group.arn, permissions).apply(
                lambda known: policy([write_logs(known[0]), *known[1]])
            ),
            opts=self._opts,
        )

    def _create_function(self, code: Path, environment: Optional[Mapping[str, Input[str]]]) -> None:
        self.function = aws.lambda_.Function(
            logical("Lambda function", self._name),
            description="Sees a new version through",
            runtime="python3.13",
            architectures=["arm64"],
            handler=f"{'.'.join(_place(code).with_suffix('').parts)}.handler",
            code=pulumi.AssetArchive(
                {_place(file).as_posix(): pulumi.StringAsset(file.read_text("utf-8")) for file in (code, _WATCH)}
            ),
            role=after(self.role.arn, self.policy),
            memory_size=256,
            timeout=LONGEST_TIMEOUT_SECONDS,
            environment={"variables": environment} if environment else None,
            logging_config={
                "log_format": "JSON",
                "log_group": self.log_group.name,
                "application_log_level": "INFO",
                "system_log_level": "WARN",
            },
            opts=self._opts,
        )


def check_conductor_name(name: str) -> None:
    """Refuse a name that leaves no room, before anything is registered."""
    logical("Lambda function", name)
    logical("IAM role", name)
    physical("log group", _log_group_name(name))


def watch_alarms(neighbour_arn: str) -> Statement:
    """Look at the alarms of an ARN's region and account.

    All of their states may be read: with single ARNs the call has been refused (mattclay/aws-terminator#63), and a
    rollout that cannot look would never start.
    """
    alarms = f"arn:aws:cloudwatch:{region_of(neighbour_arn)}:{account_of(neighbour_arn)}:alarm:*"
    return Statement(sid="WatchAlarms", actions=["cloudwatch:DescribeAlarms"], resources=[alarms])


def alarm_names(arns: Sequence[str]) -> list[str]:
    """Of alarms, by their ARNs.

    >>> alarm_names(["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors"])
    ['errors']
    """
    return [arn.partition(":alarm:")[2] for arn in arns]


def _place(code: Path) -> Path:
    """Where a file is on Lambda, too, so that one can import the other."""
    return code.relative_to(_LIBRARY.parent)


def _log_group_name(name: str) -> str:
    return f"/aws/lambda/{stack_path()}/{name}"
