"""Alarms of functions and their APIs: what users notice first. Without requests there is no data, and no alarm."""

from __future__ import annotations

from typing import Final

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.rollouts.alarm import Attempts, alarm, failing_alarm, query
from fastapi_on_aws.serverless.alarms_args import AlarmsArgs

_NAMESPACE: Final = "AWS/Lambda"


class Alarms:
    """Failing, turned away, and too slow."""

    def __init__(
        self,
        name: str,
        args: AlarmsArgs,
        *,
        function_name: Input[str],
        alias_name: Input[str],
        timeout_seconds: int,
        has_url: bool,
        opts: ResourceOptions,
    ) -> None:
        self._name, self._args, self._opts = name, args, opts
        # What comes through an alias is counted by it. Source: AWS Lambda developer guide, "Types of metrics".
        resource = Output.concat(function_name, ":", alias_name)
        self._dimensions: dict[str, Input[str]] = {"FunctionName": function_name, "Resource": resource}
        self.errors = self._create_errors()
        self.throttles = self._create_throttles()
        self.duration = self._create_duration(timeout_seconds * 1000 * args.duration_percent / 100)
        self.metric_alarms = [self.errors, self.throttles, self.duration]
        if has_url:
            answers = self._attempts("Url5xxCount", "UrlRequestCount")
            self.metric_alarms.append(server_errors(name, args, answers, opts))

    def _create_errors(self) -> aws.cloudwatch.MetricAlarm:
        invocations = self._attempts("Errors", "Invocations")
        description = f"More than {self._args.errors_percent:g} % of invocations fail"
        return failing_alarm(
            f"{self._name}-errors",
            description,
            percent=self._args.errors_percent,
            attempts=invocations,
            topics=self._args.topics,
            opts=self._opts,
        )

    def _create_throttles(self) -> aws.cloudwatch.MetricAlarm:
        return alarm(
            f"{self._name}-throttles",
            "Invocations are turned away: raise the reserved concurrency, or the account's limit",
            comparison="GreaterThanOrEqualToThreshold",
            threshold=self._args.throttles_per_minute,
            queries=[query("throttles", "Throttles", self._dimensions, _NAMESPACE, return_data=True)],
            topics=self._args.topics,
            opts=self._opts,
        )

    def _create_duration(self, threshold_ms: float) -> aws.cloudwatch.MetricAlarm:
        return alarm(
            f"{self._name}-duration",
            f"The slowest hundredth takes more than {self._args.duration_percent:g} % of the time-out",
            threshold=threshold_ms,
            queries=[query("duration", "Duration", self._dimensions, _NAMESPACE, stat="p99", return_data=True)],
            topics=self._args.topics,
            opts=self._opts,
        )

    def _attempts(self, failed: str, tried: str) -> Attempts:
        return Attempts(failed=failed, tried=tried, dimensions=self._dimensions, namespace=_NAMESPACE)


def server_errors(name: str, args: AlarmsArgs, answers: Attempts, opts: ResourceOptions) -> aws.cloudwatch.MetricAlarm:
    """Answers of 500 and above. To Lambda an app that answers has not failed, whatever it answers."""
    return failing_alarm(
        f"{name}-server-errors",
        f"More than {args.errors_percent:g} % of answers are 5xx",
        percent=args.errors_percent,
        attempts=answers,
        topics=args.topics,
        opts=opts,
    )
