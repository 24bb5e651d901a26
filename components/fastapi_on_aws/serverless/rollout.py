"""Sees each new version through, from `pulumi up` alone: moves an alias to it step by step, or waits for its snapshot.

A small function moves the alias's weights (``rollouts.conductor``). When it fails, the next `pulumi up` tries again,
from the version that serves; with a mended app from that version to the mended one. What the failed one published
stays, and no request reaches it.

**Who moves the alias.** With a rollout that shifts, Pulumi creates the alias and then ignores its version and weights
(`alias_options`); its state may keep the version that it last set. Nothing but these two changes in it, so no update
sends that version. Back at `all_at_once`, Pulumi compares its state with the newest version, which it differs from,
and sets that one, without weights. From `all_at_once` to a shift nothing is sent: the state's version is the one that
serves. `pulumi refresh` writes into the state what serves, which changes none of this.

**Snapshots.** The provider does not wait for that of the first version (hashicorp/terraform-provider-aws#42693), and
nothing answers without it, so whatever leads to the function waits for the invocation. On Python each version is paid
for as long as it is there (AWS Lambda developer guide, "Lambda SnapStart pricing"), so the older ones are deleted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.policy_documents import Statement
from fastapi_on_aws.rollouts.conductor import Conductor, alarm_names, check_conductor_name, watch_alarms
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
        self._args = args
        self._kept_versions = KEPT_SNAPSHOTS if snapshots else 0
        self.conductor = Conductor(
            f"{name}-rollout",
            code=_CODE,
            permissions=Output.all(function_arn, alias.arn, Output.all(*alarms)).apply(
                lambda known: self._permissions(known[0], known[1], known[2])
            ),
            log_retention_days=log_retention_days,
            opts=opts,
        )
        self.invocation = self.conductor.call(
            Output.all(function_name, alias.name, version, Output.all(*alarms)).apply(
                lambda known: self._order(known[0], known[1], known[2], known[3])
            ),
            triggers={"version": version},
        )

    def _permissions(self, function_arn: str, alias_arn: str, alarm_arns: Sequence[str]) -> list[Statement]:
        """Wait for this function's versions, move this alias, look at alarms, ask and delete versions.

        The Service Authorization Reference names the function as the resource of the alias's actions; requests with
        the alias's own ARN are covered, too.
        """
        versions = f"{function_arn}:*"
        statements = [
            Statement(
                sid="MoveAlias", actions=["lambda:GetAlias", "lambda:UpdateAlias"], resources=[function_arn, alias_arn]
            ),
            Statement(
                sid="LookAtVersions",
                actions=["lambda:GetFunctionConfiguration"],
                resources=[function_arn, versions],
            ),
        ]
        if self._args.check is not None:
            statements.append(Statement(sid="AskVersions", actions=["lambda:InvokeFunction"], resources=[versions]))
        if self._kept_versions:
            statements += [
                Statement(sid="ListVersions", actions=["lambda:ListVersionsByFunction"], resources=[function_arn]),
                Statement(sid="DeleteVersions", actions=["lambda:DeleteFunction"], resources=[versions]),
            ]
        return [*statements, watch_alarms(function_arn)] if alarm_arns else statements

    def _order(self, function_name: str, alias: str, version: str, alarm_arns: Sequence[str]) -> str:
        return json.dumps(
            {
                "function_name": function_name,
                "alias": alias,
                "version": version,
                "percents": self._args.steps,
                "interval_seconds": self._args.step_seconds,
                "alarms": alarm_names(alarm_arns),
                "check": self._args.check or "",
                "kept_versions": self._kept_versions,
            }
        )


def alias_options(args: RolloutArgs, opts: ResourceOptions) -> ResourceOptions:
    """Options of the alias: with a rollout that shifts, its version is not Pulumi's to set once it is there."""
    return ResourceOptions.merge(opts, _MOVED_BY_ROLLOUT) if args.shifts else opts


def check_rollout_names(name: str) -> None:
    """Refuse a function's name that leaves no room for its rollout's, before anything is registered."""
    check_conductor_name(f"{name}-rollout")
