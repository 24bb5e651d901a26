"""An honest end of a deployment: what runs is what was asked for.

When the circuit breaker rolls back, the service becomes steady on the old task definition, and the update would look
like a success (pulumi-aws#4487).
"""

from __future__ import annotations

from importlib.metadata import version

import pulumi
import pulumi_aws as aws
from pulumi.runtime import invoke_async

from fastapi_on_aws.errors import UsageError


def running_task_definition(service: aws.ecs.Service, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of the task definition that a steady service runs; fails when it is not the one that was asked for.

    In a preview, where an existing service is read as it is now, it warns instead.
    """
    return pulumi.Output.all(service.name, service.cluster, service.task_definition).apply(
        lambda known: _read_back(known[0], known[1], known[2], parent)
    )


async def _read_back(service: str, cluster_arn: str, wanted: str, parent: pulumi.Resource) -> str:
    # Not aws.ecs.get_service, which waits in an event loop within the event loop: with many services, too deep.
    opts = pulumi.InvokeOptions(parent=parent, version=version("pulumi-aws"))
    try:
        found = await invoke_async(
            "aws:ecs/getService:getService", {"serviceName": service, "clusterArn": cluster_arn}, opts
        )
    except Exception as error:
        if "couldn't find resource" not in str(error):
            raise
        raise UsageError(
            f"ECS service {service} is not there any more, and Pulumi has not heard of it;"
            " run `pulumi up --refresh`, which makes it again"
        ) from None
    return _compared(service, wanted, str(found["taskDefinition"]), parent)


def _compared(service: str, wanted: str, running: str, parent: pulumi.Resource) -> str:
    if running == wanted:
        return running
    said = (
        f"ECS service {service} runs {running}, not {wanted}: its new tasks did not become healthy and ECS rolled back."
        " Read the service's events and the tasks' logs, mend the app, then run `pulumi up --refresh`"
    )
    if pulumi.runtime.is_dry_run():
        pulumi.log.warn(said, parent)
        return running
    raise UsageError(said)
