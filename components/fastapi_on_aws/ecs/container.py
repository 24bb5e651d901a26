"""The container definition of a task, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from pulumi import Input

from fastapi_on_aws.component import text
from fastapi_on_aws.containers import CONTAINER_NAME, USER_ID, WRITABLE_MIB, WRITABLE_PATH
from fastapi_on_aws.draining import Draining
from fastapi_on_aws.service import HealthArgs


@dataclass(frozen=True, kw_only=True)
class Container:
    """One app container; values may still be unknown."""

    image: Input[str]
    command: Optional[Sequence[Input[str]]]
    env: Mapping[str, Input[str]]
    secrets: Mapping[str, Input[str]]
    port: Optional[Input[int]]
    """None for a worker."""
    health: HealthArgs
    draining: Draining
    log_group_name: Input[str]
    region: Input[str]

    def definition(self) -> dict[str, Any]:
        """What ECS calls a container definition.

        The root filesystem is read-only; `/tmp` is memory of the task (ECS on Fargate has had `tmpfs` since 2026-01).
        An app waits for no log line: when CloudWatch Logs is slow, lines beyond the buffer are lost.
        """
        definition: dict[str, Any] = {
            "name": CONTAINER_NAME,
            "image": self.image,
            "essential": True,
            "user": f"{USER_ID}:{USER_ID}",
            "readonlyRootFilesystem": True,
            "linuxParameters": {
                "initProcessEnabled": True,
                "capabilities": {"drop": ["ALL"]},
                "tmpfs": [{"containerPath": WRITABLE_PATH, "size": WRITABLE_MIB}],
            },
            "environment": [{"name": name, "value": value} for name, value in sorted(self.env.items())],
            "secrets": [{"name": name, "valueFrom": arn} for name, arn in sorted(self.secrets.items())],
            "stopTimeout": self.draining.stop_timeout_seconds,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": self.log_group_name,
                    "awslogs-region": self.region,
                    "awslogs-stream-prefix": CONTAINER_NAME,
                    "mode": "non-blocking",
                    "max-buffer-size": "25m",
                },
            },
        }
        if self.command is not None:
            definition["command"] = list(self.command)
        if self.port is not None:
            definition["portMappings"] = [{"containerPort": self.port, "protocol": "tcp"}]
            definition["healthCheck"] = _health_check(self.port, self.health)
        return definition


def _health_check(port: Input[int], health: HealthArgs) -> dict[str, Any]:
    """Ask the app itself, with the one program that every FastAPI image has."""
    ask = "import sys, urllib.request as r; r.urlopen(f'http://127.0.0.1:{sys.argv[1]}{sys.argv[2]}', timeout=4)"
    return {
        "command": ["CMD", "python3", "-c", ask, text(port), health.live],
        "interval": 15,
        "timeout": 5,
        "retries": 3,
        "startPeriod": health.start_seconds,
    }
