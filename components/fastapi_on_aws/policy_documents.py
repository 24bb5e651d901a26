"""IAM policy documents as JSON text, made by pure functions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement: the actions, and the ARNs that they are allowed on, or denied."""

    sid: str
    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, str | Sequence[str]]] = field(default_factory=dict)
    effect: str = "Allow"


def policy(statements: Sequence[Statement]) -> str:
    """An identity policy.

    >>> policy([Statement(sid="Read", actions=["s3:GetObject"], resources=["arn:aws:s3:::bucket/*"])])[:26]
    '{"Version": "2012-10-17", '
    """
    return _document([_rendered(statement) for statement in statements])


def write_logs(log_group_arn: str) -> Statement:
    """Write to one log group; narrower than AWS's managed policies, which allow every one."""
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    return Statement(sid="WriteLogs", actions=actions, resources=[f"{log_group_arn}:*"])


def trust(service: str, account_id: str | None = None, *, tag_session: bool = False) -> str:
    """The trust policy of a role that one AWS service assumes, such as ``ecs-tasks.amazonaws.com``.

    With ``account_id`` only on behalf of that account: the service cannot be talked into it by another one. Source:
    IAM user guide, "The confused deputy problem". With ``tag_session`` the service may tag what it does as that role.
    """
    action = ["sts:AssumeRole", "sts:TagSession"] if tag_session else "sts:AssumeRole"
    condition = {"Condition": {"StringEquals": {"aws:SourceAccount": account_id}}} if account_id else {}
    return _document([{"Effect": "Allow", "Principal": {"Service": service}, "Action": action, **condition}])


def trust_document(
    principal: Mapping[str, str], actions: Sequence[str], conditions: Mapping[str, Mapping[str, str]]
) -> str:
    """The trust policy of a role that one principal takes, under conditions."""
    statement = {
        "Effect": "Allow",
        "Principal": dict(principal),
        "Action": list(actions),
        "Condition": dict(conditions),
    }
    return _document([statement])


def account_of(arn: str) -> str:
    """The account id in an ARN.

    >>> account_of("arn:aws:ecs:eu-west-1:123456789012:cluster/shop")
    '123456789012'
    """
    return arn.split(":")[4]


def region_of(arn: str) -> str:
    """The region in an ARN.

    >>> region_of("arn:aws:ecs:eu-west-1:123456789012:cluster/shop")
    'eu-west-1'
    """
    return arn.split(":")[3]


def _rendered(statement: Statement) -> dict[str, object]:
    rendered: dict[str, object] = {
        "Sid": statement.sid,
        "Effect": statement.effect,
        "Action": list(statement.actions),
        "Resource": list(statement.resources),
    }
    return {**rendered, "Condition": dict(statement.conditions)} if statement.conditions else rendered


def _document(statements: Sequence[Mapping[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
