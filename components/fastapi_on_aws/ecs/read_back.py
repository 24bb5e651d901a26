"""An honest end of a deployment: what runs is what was asked for.

When the circuit breaker rolls back, the service becomes steady on the old task definition, and the update would look
like a success (pulumi-aws#4487).
"""

import pulumi
import pulumi_aws as aws

from fastapi_on_aws.errors import UsageError


def running_task_definition(service: aws.ecs.Service, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of the task definition that a steady service runs; fails when it is not the one that was asked for.

    In a preview, where an existing service is read as it is now, it warns instead.
    """
    live = aws.ecs.get_service_output(
        service_name=service.name,
        cluster_arn=service.cluster,
        opts=pulumi.InvokeOutputOptions(parent=parent, depends_on=[service]),
    )
    return pulumi.Output.all(service.name, service.task_definition, live.task_definition).apply(
        lambda known: _compared(known[0], known[1], known[2], parent)
    )


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
