"""The look-ups that AWS programs make most, answered without an account."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from .answers import InvokeAnswer
from .aws_regions import partition, suffix, zone_ids
from .errors import RecordingError
from .graph import UNKNOWN, Graph, Mode, Secret, plain

_SERVICE = "aws:ecs/service:Service"


def answers(home: str, account_id: str) -> Mapping[str, InvokeAnswer]:
    """Answers by token, for one account and region. ``region`` among the arguments of a look-up wins."""

    def region_of(args: Mapping[str, Any]) -> str:
        region = args.get("region")
        return region if isinstance(region, str) and region else home

    def zones(args: Mapping[str, Any], _graph: Graph) -> dict[str, Any]:
        region = region_of(args)
        return {
            "id": region,
            "region": region,
            "names": [f"{region}{letter}" for letter in "abc"],
            "zoneIds": zone_ids(region),
            "groupNames": [f"{region}-zg-1"],
        }

    def identity(_args: Mapping[str, Any], _graph: Graph) -> dict[str, Any]:
        arn = f"arn:{partition(home)}:iam::{account_id}:user/recorded"
        return {"id": account_id, "accountId": account_id, "arn": arn, "userId": "AIDARECORDED000000000"}

    def region(args: Mapping[str, Any], _graph: Graph) -> dict[str, Any]:
        name = region_of(args)
        endpoint = f"ec2.{name}.{suffix(name)}"
        return {"id": name, "name": name, "region": name, "description": name, "endpoint": endpoint}

    def partition_of(_args: Mapping[str, Any], _graph: Graph) -> dict[str, Any]:
        dns = suffix(home)
        reverse = ".".join(reversed(dns.split(".")))
        return {
            "id": partition(home),
            "partition": partition(home),
            "dnsSuffix": dns,
            "reverseDnsPrefix": reverse,
        }

    def prefix_list(args: Mapping[str, Any], graph: Graph) -> dict[str, Any]:
        name = args.get("name") or "recorded"
        if graph.mode is Mode.PREVIEW and "id" not in args:
            # An id that somebody would look for in the console: better none than an invented one.
            return {"id": UNKNOWN, "name": name, "arn": UNKNOWN, "region": region_of(args)}
        id_ = args.get("id") or f"pl-{_hex(f'{home}|{name}', 8)}"
        arn = f"arn:{partition(home)}:ec2:{home}:aws:prefix-list/{id_}"
        fixed = {"addressFamily": "IPv4", "entries": [], "maxEntries": 55, "ownerId": "AWS", "tags": {}, "version": 1}
        return {"id": id_, "name": name, "arn": arn, "region": region_of(args), **fixed}

    def ecr_token(args: Mapping[str, Any], _graph: Graph) -> dict[str, Any]:
        registry = args.get("registryId") or account_id
        name = region_of(args)
        return {
            "id": name,
            "region": name,
            "userName": "AWS",
            "password": Secret("recorded"),
            "authorizationToken": Secret(base64.b64encode(b"AWS:recorded").decode()),
            "expiresAt": "2030-01-01T00:00:00Z",
            "proxyEndpoint": f"https://{registry}.dkr.ecr.{name}.{suffix(name)}",
        }

    return {
        "aws:index/getAvailabilityZones:getAvailabilityZones": zones,
        "aws:index/getCallerIdentity:getCallerIdentity": identity,
        "aws:index/getRegion:getRegion": region,
        "aws:index/getPartition:getPartition": partition_of,
        "aws:ec2/getManagedPrefixList:getManagedPrefixList": prefix_list,
        "aws:ecr/getAuthorizationToken:getAuthorizationToken": ecr_token,
        "aws:ecs/getService:getService": _service,
    }


def _service(args: Mapping[str, Any], graph: Graph) -> Mapping[str, Any]:
    """The recorded service of that name, as a deployment that went well would show it."""
    wanted = args.get("serviceName")
    for resource in graph.of_type(_SERVICE):
        known = {**resource.outputs, **resource.inputs}
        if wanted in (plain(known.get("name")), resource.id, plain(known.get("arn"))):
            count = known.get("desiredCount", 1)
            return {
                "id": resource.id,
                "arn": known.get("arn", UNKNOWN),
                "serviceName": wanted,
                "clusterArn": args.get("clusterArn"),
                "desiredCount": count,
                "runningCount": count,
                "pendingCount": 0,
                "launchType": known.get("launchType") or "FARGATE",
                "schedulingStrategy": known.get("schedulingStrategy") or "REPLICA",
                "status": "ACTIVE",
                "taskDefinition": known.get("taskDefinition", UNKNOWN),
                "tags": known.get("tags") or {},
            }
    names = sorted(str(plain(r.inputs.get("name", r.name))) for r in graph.of_type(_SERVICE)) or ["none"]
    raise RecordingError(f"the program looks up the ECS service {wanted!r}, but registered only: {', '.join(names)}")


def _hex(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
