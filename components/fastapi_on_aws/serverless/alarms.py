"""Alarms of a function: what its users notice first."""

from collections.abc import Sequence
from typing import Final, Optional

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.naming import logical
from fastapi_on_aws.serverless.alarms_args import AlarmsArgs

_NAMESPACE: Final = "AWS/Lambda"
_MINUTE: Final = 60


class Alarms:
    """Failing, turned away, and too slow. Without requests there is no data, and that is no alarm."""

    def __init__(
        self,
        name: str,
        args: AlarmsArgs,
        *,
        function_name: Input[str],
        alias_name: Input[str],
        timeout_seconds: int,
        opts: ResourceOptions,
    ) -> None:
        self._name, self._args, self._opts = name, args, opts
        # What comes through an alias is counted by it. Source: AWS Lambda developer guide, "Types of metrics".
        resource = Output.concat(function_name, ":", alias_name)
        self._dimensions: dict[str, Input[str]] = {"FunctionName": function_name, "Resource": resource}
        self.errors = self._create_errors()
        self.throttles = self._create_throttles()
        self.duration = self._create_duration(timeout_seconds * 1000 * args.duration_percent / 100)
        self.all = [self.errors, self.throttles, self.duration]

    def _create_errors(self) -> aws.cloudwatch.MetricAlarm:
        failed = "100 * errors / MAX([errors, invocations])"
        return self._alarm(
            "errors",
            f"More than {self._args.errors_percent:g} % of invocations fail",
            threshold=self._args.errors_percent,
            queries=[
                {"id": "errors", "metric": self._metric("Errors")},
                {"id": "invocations", "metric": self._metric("Invocations")},
                {"id": "percent", "expression": failed, "label": "Failed, in percent", "return_data": True},
            ],
        )

    def _create_throttles(self) -> aws.cloudwatch.MetricAlarm:
        return self._alarm(
            "throttles",
            "Invocations are turned away: raise the reserved concurrency, or the account's limit",
            threshold=self._args.throttles,
            comparison="GreaterThanOrEqualToThreshold",
            metric_name="Throttles",
            statistic="Sum",
        )

    def _create_duration(self, threshold_ms: float) -> aws.cloudwatch.MetricAlarm:
        return self._alarm(
            "duration",
            f"The slowest hundredth takes more than {self._args.duration_percent:g} % of the time-out",
            threshold=threshold_ms,
            metric_name="Duration",
            extended_statistic="p99",
        )

    def _metric(self, metric_name: str) -> aws.cloudwatch.MetricAlarmMetricQueryMetricArgsDict:
        return {
            "namespace": _NAMESPACE,
            "metric_name": metric_name,
            "dimensions": self._dimensions,
            "stat": "Sum",
            "period": _MINUTE,
        }

    def _alarm(
        self,
        what: str,
        description: str,
        *,
        threshold: float,
        comparison: str = "GreaterThanThreshold",
        metric_name: Optional[str] = None,
        statistic: Optional[str] = None,
        extended_statistic: Optional[str] = None,
        queries: Optional[Sequence[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]] = None,
    ) -> aws.cloudwatch.MetricAlarm:
        single = metric_name is not None
        return aws.cloudwatch.MetricAlarm(
            logical("alarm", f"{self._name}-{what}"),
            alarm_description=description,
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            namespace=_NAMESPACE if single else None,
            metric_name=metric_name,
            dimensions=self._dimensions if single else None,
            period=_MINUTE if single else None,
            statistic=statistic,
            extended_statistic=extended_statistic,
            metric_queries=queries,
            alarm_actions=self._args.topics,
            ok_actions=self._args.topics,
            opts=self._opts,
        )
