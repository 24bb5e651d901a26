"""Answers to look-ups (``get_region`` and its like)."""

import base64
import hashlib
import os
from collections.abc import Callable
from typing import Any, Final

from tests.engine.standin.cloud import Cloud, Existing
from tests.engine.standin.outputs import ACCOUNT, Settings

PUSH_TOKEN: Final = "standin-push-token-"
"""How every password of ``getAuthorizationToken`` begins: what a test looks for in state files."""
_SERVICE: Final = "aws:ecs/service:Service"
_TASK_DEFINITION: Final = "aws:ecs/taskDefinition:TaskDefinition"

Arguments = dict[str, Any]
Answer = dict[str, Any]


class NoAnswerError(Exception):
    """The look-up failed, as it would with AWS, or the stand-in does not know it."""


class Invokes:
    """``rolled_back`` is told by a fault: services run the revision before the one they were given."""

    def __init__(self, settings: Settings, cloud: Cloud | None) -> None:
        self.settings = settings
        self.cloud = cloud
        self._answers: dict[str, Callable[[Arguments], Answer]] = {
            "aws:index/getRegion:getRegion": self._region,
            "aws:index/getCallerIdentity:getCallerIdentity": self._caller,
            "aws:index/getPartition:getPartition": self._partition,
            "aws:index/getAvailabilityZones:getAvailabilityZones": self._zones,
            "aws:ec2/getManagedPrefixList:getManagedPrefixList": self._prefix_list,
            "aws:ecr/getAuthorizationToken:getAuthorizationToken": self._push_token,
        }

    def answer(self, token: str, args: Arguments, *, rolled_back: bool = False) -> Answer:
        region = {"region": args.get("region") or self.settings.region}
        if token == "aws:ecs/getService:getService":
            return {**region, **self._service(args, rolled_back=rolled_back)}
        if token not in self._answers:
            raise NoAnswerError(f"the stand-in has no answer for {token}: add one to tests/engine/standin/invokes.py")
        return {**args, **region, **self._answers[token](args)}

    def _region(self, args: Arguments) -> Answer:
        name = self.settings.region
        endpoint = f"ec2.{name}.amazonaws.com"
        return {"id": name, "name": name, "region": name, "description": "stand-in", "endpoint": endpoint}

    def _caller(self, args: Arguments) -> Answer:
        arn = f"arn:aws:iam::{ACCOUNT}:user/standin"
        return {"id": ACCOUNT, "accountId": ACCOUNT, "arn": arn, "userId": "AIDASTANDIN"}

    def _partition(self, args: Arguments) -> Answer:
        return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}

    def _zones(self, args: Arguments) -> Answer:
        region = self.settings.region
        names = [f"{region}{letter}" for letter in "abc"]
        zone_ids = [f"{region}-az{number}" for number in (1, 2, 3)]
        return {"id": region, "names": names, "zoneIds": zone_ids, "groupNames": [region]}

    def _prefix_list(self, args: Arguments) -> Answer:
        name = str(args.get("name") or args.get("id") or "by-filter")
        id_ = str(args.get("id") or f"pl-{hashlib.sha256(name.encode()).hexdigest()[:8]}")
        return {
            "id": id_,
            "name": name,
            "arn": f"arn:aws:ec2:{self.settings.region}:aws:prefix-list/{id_}",
            "addressFamily": "IPv4",
            "entries": [],
            "maxEntries": 55,
            "ownerId": "AWS",
            "tags": {},
            "version": 1,
        }

    def _push_token(self, args: Arguments) -> Answer:
        registry = str(args.get("registryId") or ACCOUNT)
        password = PUSH_TOKEN + os.urandom(12).hex()
        return {
            "id": self.settings.region,
            "userName": "AWS",
            "password": password,
            "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
            "proxyEndpoint": f"https://{registry}.dkr.ecr.{self.settings.region}.amazonaws.com",
            "expiresAt": "2100-01-01T00:00:00Z",
        }

    def _service(self, args: Arguments, *, rolled_back: bool) -> Answer:
        name, cluster = args["serviceName"], args["clusterArn"]
        for service in self.cloud.all(_SERVICE) if self.cloud else ():
            if service.inputs.get("name") == name and service.inputs.get("cluster") == cluster:
                break
        else:
            raise NoAnswerError(f"reading ECS Service ({name}): couldn't find resource")
        running = self._revision(service)
        family, _, revision = running.rpartition(":")
        if rolled_back and revision.isdigit() and int(revision) > 1:
            running = f"{family}:{int(revision) - 1}"
        count = service.inputs.get("desiredCount", 0)
        lists = (
            "capacityProviderStrategies deploymentConfigurations deploymentControllers deployments events "
            "loadBalancers networkConfigurations orderedPlacementStrategies placementConstraints "
            "serviceRegistries taskSets"
        )
        return {
            **{key: [] for key in lists.split()},
            "id": service.id,
            "arn": service.id,
            "serviceName": name,
            "clusterArn": cluster,
            "taskDefinition": running,
            "desiredCount": count,
            "runningCount": count,
            "pendingCount": 0,
            "status": "ACTIVE",
            "launchType": service.inputs.get("launchType", ""),
            "schedulingStrategy": service.inputs.get("schedulingStrategy", "REPLICA"),
            "tags": service.state.get("tagsAll", {}),
        }

    def _revision(self, service: Existing) -> str:
        """The full ARN: ECS turns a family, or a family and revision, into one."""
        given = str(service.inputs.get("taskDefinition", ""))
        if given.startswith("arn:"):
            return given
        family, _, revision = given.partition(":")
        arns = [
            str(definition.state["arn"])
            for definition in (self.cloud.all(_TASK_DEFINITION) if self.cloud else ())
            if definition.id == family and revision in ("", str(definition.state["revision"]))
        ]
        return max(arns, key=lambda arn: int(arn.rsplit(":", 1)[1]), default=given)
