"""Alarms of functions and their APIs: what users notice first. Without requests there is no data, and no alarm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.naming import logical
from fastapi_on_aws.serverless.alarms_args import AlarmsArgs

_MINUTE: Final = 60


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Two metrics of the same thing: how often it was tried, and how often it failed."""

    failed: str
    tried: str
    dimensions: Mapping[str, Input[str]]
    namespace: str = "AWS/Lambda"


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
            answers = Attempts(failed="Url5xxCount", tried="UrlRequestCount", dimensions=self._dimensions)
            self.metric_alarms.append(server_errors(name, args, answers, opts))

    def _create_errors(self) -> aws.cloudwatch.MetricAlarm:
        invocations = Attempts(failed="Errors", tried="Invocations", dimensions=self._dimensions)
        description = f"More than {self._args.errors_percent:g} % of invocations fail"
        return _failing(f"{self._name}-errors", description, self._args, invocations, self._opts)

    def _create_throttles(self) -> aws.cloudwatch.MetricAlarm:
        return _alarm(
            f"{self._name}-throttles",
            "Invocations are turned away: raise the reserved concurrency, or the account's limit",
            self._args,
            self._opts,
            comparison="GreaterThanOrEqualToThreshold",
            threshold=self._args.throttles_per_minute,
            queries=[_query("throttles", "Throttles", self._dimensions, return_data=True)],
        )

    def _create_duration(self, threshold_ms: float) -> aws.cloudwatch.MetricAlarm:
        return _alarm(
            f"{self._name}-duration",
            f"The slowest hundredth takes more than {self._args.duration_percent:g} % of the time-out",
            self._args,
            self._opts,
            threshold=threshold_ms,
            queries=[_query("duration", "Duration", self._dimensions, stat="p99", return_data=True)],
        )


def server_errors(name: str, args: AlarmsArgs, answers: Attempts, opts: ResourceOptions) -> aws.cloudwatch.MetricAlarm:
    """Answers of 500 and above. To Lambda an app that answers has not failed, whatever it answers."""
    description = f"More than {args.errors_percent:g} % of answers are 5xx"
    return _failing(f"{name}-server-errors", description, args, answers, opts)


def _failing(
    name: str, description: str, args: AlarmsArgs, attempts: Attempts, opts: ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    return _alarm(
        name,
        description,
        args,
        opts,
        threshold=args.errors_percent,
        queries=[
            _query("failed", attempts.failed, attempts.dimensions, attempts.namespace),
            _query("tried", attempts.tried, attempts.dimensions, attempts.namespace),
            {
                "id": "percent",
                "expression": "100 * failed / MAX([failed, tried])",
                "label": "Failed, in percent",
                "return_data": True,
            },
        ],
    )


def _query(
    id_: str,
    metric_name: str,
    dimensions: Mapping[str, Input[str]],
    namespace: str = Attempts.namespace,
    *,
    stat: str = "Sum",
    return_data: bool = False,
) -> aws.cloudwatch.MetricAlarmMetricQueryArgsDict:
    return {
        "id": id_,
        "metric": {
            "namespace": namespace,
            "metric_name": metric_name,
            "dimensions": dimensions,
            "stat": stat,
            "period": _MINUTE,
        },
        "return_data": return_data,
    }


def _alarm(
    name: str,
    description: str,
    args: AlarmsArgs,
    opts: ResourceOptions,
    *,
    threshold: float,
    comparison: str = "GreaterThanThreshold",
    queries: Sequence[aws.cloudwatch.MetricAlarmMetricQueryArgsDict],
) -> aws.cloudwatch.MetricAlarm:
    return aws.cloudwatch.MetricAlarm(
        logical("alarm", name),
        alarm_description=description,
        threshold=threshold,
        comparison_operator=comparison,
        evaluation_periods=1,
        treat_missing_data="notBreaching",
        metric_queries=queries,
        alarm_actions=args.topics,
        ok_actions=args.topics,
        opts=opts,
    )
