"""A listener on moto with the rules of a service, the target groups behind them, and a clock that takes no time."""

import json
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from fastapi_on_aws.eks.canary_function import Canary, Order
from tests.support.rollouts import Clock

SERVICE: Final = "app-orders"
ALARM: Final = "errors"
PRIORITY: Final = 10000
PATHS: Final = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/orders", "/orders/*"]}}
ATTACHED: Final = {"Field": "host-header", "HostHeaderConfig": {"Values": [f"{SERVICE}.invalid"]}}


class Listener:
    """moto's load balancer, with the health of targets, which moto does not know."""

    def __init__(self) -> None:
        self.client = boto3.client("elbv2")
        ec2 = boto3.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{zone}.0/24", AvailabilityZone=f"eu-west-1{'ab'[zone]}")
            for zone in range(2)
        ]
        balancer = self.client.create_load_balancer(
            Name="lb", Scheme="internal", Subnets=[subnet["Subnet"]["SubnetId"] for subnet in subnets]
        )["LoadBalancers"][0]
        gone: Any = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
        made = self.client.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[gone]
        )
        self.arn = made["Listeners"][0]["ListenerArn"]
        self.stable, self.canary, self.others = (self._group(name, vpc) for name in ("stable", "canary", "others"))
        self._rule(9000, PATHS, [self.others])
        self._rule(35000, ATTACHED, [self.stable, self.canary])
        self.health = ["healthy", "draining"]
        """States of the new pods."""
        self.later: list[list[str]] = []
        """What they are in one look after the other, before that."""
        self.refusals: list[str] = []
        """Error codes that the next changes answer with."""
        self.seen: list[tuple[int, int]] = []
        """What each change gave to the pods that serve, and to the new ones."""

    def serve(self) -> None:
        """The service has had its first rollout: requests come to it by their paths."""
        self.rule = self._rule(PRIORITY, PATHS, [self.stable])

    def describe_rules(self, **request: Any) -> Any:
        if "ListenerArn" in request:  # a page for each rule, for AWS's pages are longer than anybody's rules
            return self.client.describe_rules(**request, PageSize=1)
        return self.client.describe_rules(**request)

    def describe_target_health(self, **request: Any) -> Any:
        assert request == {"TargetGroupArn": self.canary}, "the pods that serve are not judged"
        states = self.later.pop(0) if self.later else self.health
        return {"TargetHealthDescriptions": [{"TargetHealth": {"State": state}} for state in states]}

    def modify_rule(self, **request: Any) -> Any:
        if self.refusals:
            raise ClientError({"Error": {"Code": self.refusals.pop(0)}}, "ModifyRule")
        answer = self.client.modify_rule(**request)
        self.seen.append(self.now)
        return answer

    def leave(self, percent: int, size: int = 1) -> None:
        """Somebody gives this share; weights of another size are those of another run."""
        groups: Any = [
            {"TargetGroupArn": self.stable, "Weight": (100 - percent) * size},
            {"TargetGroupArn": self.canary, "Weight": percent * size},
        ]
        self.point({"Type": "forward", "ForwardConfig": {"TargetGroups": groups}})

    def point(self, *actions: Any) -> None:
        """Somebody changes the rule by hand."""
        self.client.modify_rule(RuleArn=self.rule, Actions=list(actions))

    @property
    def now(self) -> tuple[int, int]:
        """Percent of requests for the pods that serve, and for the new ones."""
        (action,) = self.client.describe_rules(RuleArns=[self.rule])["Rules"][0]["Actions"]
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        weights = {group["TargetGroupArn"]: group["Weight"] for group in groups}
        if not weights:
            weights = {action["TargetGroupArn"]: 100}
        all_ = sum(weights.values())
        return weights.get(self.stable, 0) * 100 // all_, weights.get(self.canary, 0) * 100 // all_

    @property
    def order(self) -> Order:
        """Try the new pods for five minutes."""
        return Order(
            service=SERVICE,
            listener=self.arn,
            priority=PRIORITY,
            stable=self.stable,
            canary=self.canary,
            percent=10,
            interval_seconds=300,
            alarms=[ALARM],
        )

    def _group(self, name: str, vpc: str) -> str:
        made = self.client.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def _rule(self, priority: int, condition: Any, groups: list[str]) -> str:
        action: Any = {"Type": "forward", "TargetGroupArn": groups[0]}
        if len(groups) > 1:
            weighted = [{"TargetGroupArn": group, "Weight": 1} for group in groups]
            action = {"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}
        made = self.client.create_rule(
            ListenerArn=self.arn, Priority=priority, Conditions=[condition], Actions=[action]
        )
        return str(made["Rules"][0]["RuleArn"])


def run(listener: Listener, clock: Clock | None = None, order: Order | None = None) -> str:
    """One run of the function."""
    clock = clock or Clock()
    return Canary(
        order or listener.order,
        balancer=listener,
        cloudwatch=boto3.client("cloudwatch"),
        remaining_seconds=clock.remaining,
        sleep=clock.sleep,
    ).run()


def at_rest(listener: Listener) -> bool:
    """As Pulumi has made it: one group, and no weights, in which a refresh would find a difference."""
    (action,) = listener.client.describe_rules(RuleArns=[listener.rule])["Rules"][0]["Actions"]
    groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
    return listener.canary not in json.dumps(action) and len(groups) <= 1
