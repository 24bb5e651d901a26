"""Alarms that a rollout can look at. Without requests there is no data, and no alarm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi_aws as aws
from pulumi import Input, ResourceOptions

from fastapi_on_aws.naming import logical

_MINUTE: Final = 60


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Two metrics of the same thing: how often it was tried, and how often it failed."""

    failed: str
    tried: str
    dimensions: Mapping[str, Input[str]]
    namespace: str


def failing_alarm(
    name: str,
    description: str,
    *,
    percent: float,
    attempts: Attempts,
    topics: Sequence[Input[str]] = (),
    opts: ResourceOptions,
) -> aws.cloudwatch.MetricAlarm:
    """More than so many percent of a minute's attempts fail."""
    return alarm(
        name,
        description,
        threshold=percent,
        queries=[
            query("failed", attempts.failed, attempts.dimensions, attempts.namespace),
            query("tried", attempts.tried, attempts.dimensions, attempts.namespace),
            {
                "id": "percent",
                "expression": "100 * failed / MAX([failed, tried])",
                "label": "Failed, in percent",
                "return_data": True,
            },
        ],
        topics=topics,
        opts=opts,
    )


def alarm(
    name: str,
    description: str,
    *,
    threshold: float,
    comparison: str = "GreaterThanThreshold",
    queries: Sequence[aws.cloudwatch.MetricAlarmMetricQueryArgsDict],
    topics: Sequence[Input[str]] = (),
    opts: ResourceOptions,
) -> aws.cloudwatch.MetricAlarm:
    """Of one minute; it tells its topics when it begins and when it ends."""
    return aws.cloudwatch.MetricAlarm(
        logical("alarm", name),
        alarm_description=description,
        threshold=threshold,
        comparison_operator=comparison,
        evaluation_periods=1,
        treat_missing_data="notBreaching",
        metric_queries=queries,
        alarm_actions=topics,
        ok_actions=topics,
        opts=opts,
    )


def query(
    id_: str,
    metric_name: str,
    dimensions: Mapping[str, Input[str]],
    namespace: str,
    *,
    stat: str = "Sum",
    return_data: bool = False,
) -> aws.cloudwatch.MetricAlarmMetricQueryArgsDict:
    """A metric, a minute at a time."""
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
