"""The cost of a recording grows with the program, no faster."""

import time

import pulumi
import pulumi_aws as aws

from fastapi_on_aws.recording import record


class Service(pulumi.ComponentResource):
    """Resources that refer to one another, like those of one service."""

    def __init__(self, name: str) -> None:
        super().__init__("lib:x:Service", name)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(f"{name}-role", assume_role_policy="{}", opts=child)
        queue = aws.sqs.Queue(f"{name}-queue", opts=child)
        aws.iam.RolePolicy(f"{name}-policy", role=role.id, policy=queue.arn.apply(str), opts=child)
        self.register_outputs({"arn": queue.arn})


def seconds(services: int) -> float:
    def program() -> None:
        for number in range(services):
            Service(f"s{number}")

    begin = time.thread_time()
    start = time.perf_counter()
    graph = record(program, mode="update")
    assert len(graph) == 4 * services + 1
    assert time.thread_time() - begin < 1, "the work is done in the recording's own thread"
    return time.perf_counter() - start


def test_eight_times_the_services_take_about_eight_times_as_long() -> None:
    seconds(5)
    small, large = min(seconds(20) for _ in range(3)), min(seconds(160) for _ in range(2))
    assert large / small < 16, f"{small:.2f} s for 20 services, {large:.2f} s for 160"
