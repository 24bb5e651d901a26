"""What may be read to resolve the secrets of a unit, whoever resolves them."""

import json
from collections.abc import Collection, Iterable
from typing import Final

from fastapi_on_aws.errors import UsageError
from fastapi_on_aws.policy_documents import Statement, account_of, policy, region_of

_ROOM_CHARACTERS: Final = 8_700
"""IAM has room for 10,240 characters in the policies of a role, white space not counted, and what else a runtime's role
may do takes up to 1,500. Source: IAM user guide, "IAM and AWS STS quotas"."""


def check_room(secret_arns: Collection[str], path: str) -> None:
    """Refuse more secrets than a role can be let read one by one."""
    document = policy(read_secrets(secret_arns, parameters="ssm:GetParameters", sees_changes=True))
    size = len(json.dumps(json.loads(document), separators=(",", ":")))
    if size > _ROOM_CHARACTERS:
        raise UsageError(
            f"{path} has {len(secret_arns)} ARNs, and to let a role read them takes {size} characters, of which it has"
            f" room for {_ROOM_CHARACTERS}; keep several in one secret of Secrets Manager"
        )


def read_secrets(secret_arns: Iterable[str], *, parameters: str, sees_changes: bool = False) -> list[Statement]:
    """Read these secrets and parameters, and no others; ``parameters`` is the action by which the latter are read.
    With ``sees_changes`` it may also ask which version of a secret is the current one.

    An ARN may go on with a JSON key, stage and version, as ``valueFrom`` of a task definition does.
    """
    arns = set(secret_arns)
    secrets = sorted({_whole_secret(arn) for arn in arns if ":secretsmanager:" in arn})
    of_parameters = sorted(arn for arn in arns if ":ssm:" in arn)
    statements = []
    if secrets:
        actions = ["secretsmanager:GetSecretValue", *(["secretsmanager:DescribeSecret"] if sees_changes else [])]
        statements.append(Statement(sid="ReadSecrets", actions=actions, resources=secrets))
        statements.append(_decrypt("Secrets", "secretsmanager", "SecretARN", secrets))
    if of_parameters:
        statements.append(Statement(sid="ReadParameters", actions=[parameters], resources=of_parameters))
        statements.append(_decrypt("Parameters", "ssm", "PARAMETER_ARN", of_parameters))
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
