"""Shows a new version to some of the requests, before the pods that serve are replaced by it. No controller is needed.

A service has a second, standing Deployment with a target group of its own, which gets no request at rest. With other
pods, `pulumi up` (1) rolls that one, and waits until its pods are ready; (2) calls a small function, which gives them
their share of the requests, looks at what becomes of those, and takes the share back; (3) only then rolls the pods that
serve. If anything is wrong, (2) fails and (3) does not come: those pods have not been touched, and have all requests.
The next `up`, with a mended app, begins with (1) again.

**Who moves the requests.** The rule is Pulumi's, and says that all requests go to the pods that serve. The function
borrows it, and puts back what Pulumi has said. So there is nothing to ignore, a refresh finds no difference, and the
rule names the second group no more when a rolling update is asked for again and the group goes.

**What calls the function** is its one input: a digest of what the pods are made of. Its orders are its environment, so
that another percentage or a new alarm alone try nothing.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, ResourceOptions

from fastapi_on_aws.eks.names import Track
from fastapi_on_aws.eks.rollout_args import EksRolloutArgs
from fastapi_on_aws.ingress.routing import Routing
from fastapi_on_aws.policy_documents import Statement
from fastapi_on_aws.rollouts.alarm import Attempts, alarm, failing_alarm, query
from fastapi_on_aws.rollouts.conductor import Conductor, alarm_names, watch_alarms

SERVICE_TAG: Final = "fastapi-on-aws:service"
"""Of a listener's rule: what says which one a function may change. Also where nothing is tried, so that a rule that is
there already has it when that begins."""
_CODE: Final = Path(__file__).with_name("canary_function.py")
_NAMESPACE: Final = "AWS/ApplicationELB"


class Canary:
    """The function that tries new pods, and the alarms that it looks at; `judge` calls it."""

    def __init__(
        self,
        name: str,
        args: EksRolloutArgs,
        *,
        routing: Routing,
        group: aws.lb.TargetGroup,
        log_retention_days: int,
        opts: ResourceOptions,
    ) -> None:
        self._name, self._args, self._opts = name, args, opts
        self._priority = routing.priority
        # Source: Elastic Load Balancing, "CloudWatch metrics for your Application Load Balancer".
        self._dimensions: dict[str, Input[str]] = {
            "LoadBalancer": routing.load_balancer,
            "TargetGroup": group.arn_suffix,
        }
        self.alarms = [
            self._create_failing("server-errors", "HTTPCode_Target_5XX_Count", "answers are 5xx"),
            self._create_failing("connection-errors", "TargetConnectionErrorCount", "connections fail"),
        ]
        if args.slowest_seconds is not None:
            self.alarms.append(self._create_slow(args.slowest_seconds))
        self._create_conductor(routing, group, log_retention_days)

    def judge(self, pods: kubernetes.core.v1.PodSpecArgsDict, tried: pulumi.Resource) -> aws.lambda_.Invocation:
        """Is there when such pods were tried, and were good; ``tried`` are those that run."""
        digest = Output.json_dumps(pods, sort_keys=True).apply(lambda text: hashlib.sha256(text.encode()).hexdigest())
        return self.conductor.call(Output.json_dumps({"pods": digest}), triggers={"pods": digest}, depends_on=[tried])

    def _create_failing(self, what: str, metric: str, says: str) -> aws.cloudwatch.MetricAlarm:
        attempts = Attempts(failed=metric, tried="RequestCount", dimensions=self._dimensions, namespace=_NAMESPACE)
        return failing_alarm(
            f"{Track.CANARY.named(self._name)}-{what}",
            f"More than {self._args.errors_percent:g} % of the new version's {says}",
            percent=self._args.errors_percent,
            attempts=attempts,
            opts=self._opts,
        )

    def _create_slow(self, seconds: float) -> aws.cloudwatch.MetricAlarm:
        return alarm(
            f"{Track.CANARY.named(self._name)}-slow",
            f"The slowest hundredth of the new version's answers takes more than {seconds:g} s",
            threshold=seconds,
            queries=[query("time", "TargetResponseTime", self._dimensions, _NAMESPACE, stat="p99", return_data=True)],
            opts=self._opts,
        )

    def _create_conductor(self, routing: Routing, group: aws.lb.TargetGroup, log_retention_days: int) -> None:
        alarms = Output.all(*(one.arn for one in self.alarms))
        order = Output.all(routing.listener_arn, routing.target_group.arn, group.arn, alarms)
        self.conductor = Conductor(
            f"{self._name}-rollout",
            code=_CODE,
            permissions=Output.from_input(routing.listener_arn).apply(lambda arn: permissions(arn, self._name)),
            environment={"ORDER": order.apply(lambda known: self._order(known[0], known[1], known[2], known[3]))},
            log_retention_days=log_retention_days,
            opts=self._opts,
        )

    def _order(self, listener: str, stable: str, canary: str, alarms: list[str]) -> str:
        return json.dumps(
            {
                "service": self._name,
                "listener": listener,
                "priority": self._priority,
                "stable": stable,
                "canary": canary,
                "percent": self._args.percent,
                "interval_seconds": self._args.interval_seconds,
                "alarms": alarm_names(alarms),
            }
        )


def permissions(listener_arn: str, service: str) -> list[Statement]:
    """Change this service's rule of this listener, and look at what comes of it.

    The rule's own ARN is not known yet where the function is made first: a rule comes once pods serve. Source of what
    is allowed on everything: Service Authorization Reference, "Elastic Load Balancing V2".
    """
    rules = f"{listener_arn.replace(':listener/', ':listener-rule/')}/*"
    return [
        Statement(
            sid="MoveRequests",
            actions=["elasticloadbalancing:ModifyRule"],
            resources=[rules],
            conditions={"StringEquals": {f"aws:ResourceTag/{SERVICE_TAG}": service}},
        ),
        Statement(
            sid="LookAtTargets",
            actions=["elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetHealth"],
            resources=["*"],
        ),
        watch_alarms(listener_arn),
    ]
