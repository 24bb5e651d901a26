"""ECS services to record: the least there can be, one with everything set, and what comes between."""

import dataclasses
from typing import Any

from fastapi_on_aws import (
    Architecture,
    ClusterRef,
    EcsService,
    EcsServiceArgs,
    HealthArgs,
    ImageRef,
    ListenerRef,
    RouteArgs,
    ScalingArgs,
    SpotArgs,
)
from fastapi_on_aws.recording import Graph, Mode, record
from tests.support.recorded import IMAGE_URI, existing_image, existing_network

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-AbCdEf:password::"
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key"

ROUTE = RouteArgs(
    listener=ListenerRef(
        arn="arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/lb/1/2",
        security_group_id="sg-load-balancer",
        load_balancer_arn_suffix="app/lb/1",
    ),
    path_patterns=["/*"],
)
WORKER = EcsServiceArgs(
    cluster=ClusterRef(arn="arn:aws:ecs:eu-west-1:123456789012:cluster/shop", name="shop"),
    network=existing_network(),
    image=existing_image(),
)
WEB = dataclasses.replace(WORKER, route=ROUTE)
EVERYTHING = dataclasses.replace(
    WEB,
    image=ImageRef(uri=IMAGE_URI, architecture=Architecture.AMD64),
    command=["granian", "shop:app"],
    port=9000,
    health=HealthArgs(live="/alive", ready="/health", start_seconds=120),
    cpu="1 vCPU",
    memory="4 GB",
    scaling=ScalingArgs(min=3, max=12, cpu=50, memory=70),
    drain_seconds=60,
    env={"LOG_LEVEL": "debug"},
    secrets={"DATABASE_PASSWORD": SECRET, "KEY": PARAMETER},
    spot=SpotArgs(base=2, share=75),
    requests=500,
    assign_public_ip=True,
    egress_ports=[443, 5432],
    log_retention_days=90,
)


def service(args: EcsServiceArgs, mode: Mode = Mode.UPDATE, **options: Any) -> Graph:
    """One service alone, in eu-west-1."""
    return record(lambda: EcsService("shop", args), mode=mode, config={"aws:region": "eu-west-1"}, **options)
